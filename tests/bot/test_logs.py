"""Logs hold ids and event names. A canary goes in by every door; it must not come out."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.program import logs
from tests.bot.conftest import quiet

CANARY = "лихорадка-canary"
TOKEN = "123456789:AAF-canary_token_canary_token_canary00"


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root, hook = logging.getLogger(), sys.excepthook
    handlers, level = root.handlers, root.level
    yield
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    quiet()
    root.handlers = handlers


@pytest.fixture
def lines() -> Any:
    stream = io.StringIO()
    logs.configure("DEBUG", secrets=["short"], stream=stream, console=False)

    def read() -> list[dict[str, Any]]:
        assert CANARY not in stream.getvalue()
        assert TOKEN not in stream.getvalue()
        return [json.loads(line) for line in stream.getvalue().splitlines()]

    return read


def raising() -> None:
    raise ValueError(CANARY)


def test_an_event_with_its_ids(lines: Any) -> None:
    structlog.get_logger("bot.delivery").info("not_sent", outbox_id=7, kind="question_asked", bot="patient")
    (line,) = lines()
    assert line["event"] == "not_sent"
    assert (line["outbox_id"], line["kind"], line["bot"], line["level"]) == (7, "question_asked", "patient", "info")
    assert line["logger"] == "bot.delivery"
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize(
    "key", ["text", "caption", "name", "first_name", "payload", "answer", "values", "anything_new", "file_name"]
)
@pytest.mark.parametrize("value", [CANARY, [CANARY], {"a": CANARY}, CANARY.encode()])
def test_words_do_not_pass_under_other_names(lines: Any, key: str, value: object) -> None:
    structlog.get_logger().warning("document_stored", **{key: value})
    (line,) = lines()
    assert key not in line


def test_an_event_made_of_words_loses_them(lines: Any) -> None:
    structlog.get_logger().warning(f"patient said {CANARY}")
    (line,) = lines()
    assert line["event"] == "unnamed_event"


def test_a_crash_is_told_by_type_and_place(lines: Any) -> None:
    try:
        raising()
    except ValueError:
        structlog.get_logger("bot").exception("update_failed", update_id=3)
    (line,) = lines()
    assert (line["event"], line["error"], line["update_id"]) == ("update_failed", "ValueError", 3)
    assert line["place"].startswith("bot/test_logs.py:")
    assert line["place"].endswith(" raising")


@pytest.mark.parametrize(
    "name", ["aiogram.event", "telegram.ext.Application", "httpx", "asyncio", "apscheduler", "someone.else"]
)
def test_a_library_is_cut_to_its_template(lines: Any, name: str) -> None:
    logger = logging.getLogger(name)
    logger.warning("cannot parse %s", {"text": CANARY})
    filled_in = f"cannot parse {CANARY} {TOKEN}"
    logger.error(filled_in)
    try:
        raising()
    except ValueError:
        logger.exception("failed with %s", CANARY)
    first, second, third = lines()
    assert first["event"] == "cannot parse %s"
    assert second["event"] == "library_record"
    assert (third["event"], third["error"]) == ("failed with %s", "ValueError")


@pytest.mark.parametrize("name", ["aiogram.event", "telegram.request", "httpx", "httpcore.http11", "apscheduler.scheduler"])
def test_talkative_libraries_are_quiet(lines: Any, name: str) -> None:
    logging.getLogger(name).info('HTTP Request: POST https://api.telegram.org/bot%s/getMe "200"', TOKEN)
    assert lines() == []


def test_a_warning_does_not_quote_what_caused_it(lines: Any) -> None:
    warnings.warn(f"unknown update {CANARY}", RuntimeWarning, stacklevel=1)
    assert [line["logger"] for line in lines()] == ["py.warnings"]


def test_tokens_are_hidden_where_words_may_stand(lines: Any) -> None:
    spoken = f"no route /bot{TOKEN}/x and short"
    logging.getLogger("uvicorn.error").error(spoken)
    structlog.get_logger().warning("telegram_unreachable", address=f"https://api.telegram.org/bot{TOKEN}/getMe")
    first, second = lines()
    assert first["event"] == "no route /bot[token]/x and [token]"
    assert second["address"] == "https://api.telegram.org/bot[token]/getMe"


def test_the_end_of_the_program_is_no_leak() -> None:
    script = f"from bot.program import logs; logs.configure('INFO', console=False); raise ValueError({CANARY!r})"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert CANARY not in ended.stderr
    assert json.loads(ended.stderr)["error"] == "ValueError"


def test_on_a_terminal_the_same_rules_hold() -> None:
    stream = io.StringIO()
    logs.configure("INFO", stream=stream, console=True)
    structlog.get_logger("bot").warning("document_stored", text=CANARY, part_id=9)
    assert CANARY not in stream.getvalue()
    assert "document_stored" in stream.getvalue()
    assert "part_id" in stream.getvalue()


def test_a_line_that_cannot_be_written_is_not_printed_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    closed = io.StringIO()
    closed.close()
    logs.configure("INFO", stream=closed, console=False)
    structlog.get_logger("bot").warning("document_stored", text=CANARY)
    logging.getLogger("aiogram").error("cannot parse %s", CANARY)
    assert CANARY not in capsys.readouterr().err
