"""`python -m bot check` says in words what is missing, and never says a token."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.operator import check as checking
from bot.operator.check import check, needed, seen
from bot.settings import Settings
from tests.bot.stand_in import DESK_BOT, PATIENT_BOT, StandIn

pytestmark = pytest.mark.whole

GROUP = -1001000000001
Run = Callable[..., Any]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs the check in an empty folder with these settings; (exit code, everything it said)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(checking, "LOCALES", tmp_path / "locales")

    async def ask(**names: object) -> tuple[int, str]:
        for name, value in names.items():
            monkeypatch.setenv(f"CARELINE_{name}", str(value))
        lines: list[str] = []
        code = await check(lines.append)
        return code, "\n".join(lines)

    return ask


async def group(stand_in: StandIn, **more: Any) -> int:
    carla = await stand_in.post("people", {"first_name": "Carla"})
    made = await stand_in.post("groups", {"title": "Desk", "members": [carla["id"]], "bots": [1002], **more})
    return int(made["id"])


def ready(stand_in: StandIn, desk: int) -> dict[str, object]:
    return {
        "PATIENT_TOKEN": PATIENT_BOT,
        "DESK_TOKEN": DESK_BOT,
        "BOT_API_URL": stand_in.url,
        "DESK_CHAT_ID": desk,
        "COORDINATORS": "7101",
    }


async def test_everything_is_ready(run: Run, stand_in: StandIn) -> None:
    code, said = await run(**ready(stand_in, await group(stand_in)))
    assert code == 0, said
    assert "wrong" not in said
    assert PATIENT_BOT not in said


async def test_nothing_is_set(run: Run) -> None:
    code, said = await run()
    assert code == 1
    for name in ("PATIENT_TOKEN", "DESK_TOKEN", "DESK_CHAT_ID", "COORDINATORS"):
        assert f"CARELINE_{name}" in said


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ({"PATIENT_TOKEN": "canary"}, "does not look like a token"),
        ({"PATIENT_TOKEN": DESK_BOT}, "are the same"),
        ({"PATIENT_TOKEN": "12345678:AAcanarycanarycanarycanarycanarycana"}, "does not know this token"),
        ({"BOT_API_URL": "http://127.0.0.1:9"}, "cannot be reached"),
        ({"DESK_CHAT_ID": 7001}, "not a group"),
        ({"DESK_CHAT_ID": -1009}, "does not know this group"),
        ({"COORDINATORS": "-5"}, "holds a group"),
        ({"COORDINATORS": "Carla"}, "CARELINE_COORDINATORS"),
        ({"PORT": "99999"}, "CARELINE_PORT"),
        ({"MODE": "webhook", "PUBLIC_URL": "http://careline.example"}, "PUBLIC_URL must be"),
        ({"MODE": "webhook", "PUBLIC_URL": "https://careline.example", "WEBHOOK_SECRET": "пароль"}, "WEBHOOK_SECRET may hold"),
        ({"DATABASE_URL": "mysql://canary:canary@db/x"}, "DATABASE_URL must begin"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL must begin"),
        ({"DATABASE_URL": "postgresql://canary:canary@127.0.0.1:9/x"}, "does not answer"),
        ({"DESK_LANGUAGE": "xx"}, "no catalogue"),
    ],
)
async def test_one_thing_is_wrong(run: Run, stand_in: StandIn, names: dict[str, object], words: str) -> None:
    code, said = await run(**(ready(stand_in, await group(stand_in)) | names))
    assert code == 1
    assert words in said
    assert "canary" not in said
    assert "Traceback" not in said


async def test_the_staff_group_needs_topics(run: Run, stand_in: StandIn) -> None:
    code, said = await run(**ready(stand_in, await group(stand_in, forum=False)))
    assert code == 1
    assert "no topics" in said


async def test_the_desk_bot_must_be_an_administrator(run: Run, stand_in: StandIn) -> None:
    code, said = await run(**ready(stand_in, await group(stand_in, bot_status="member")))
    assert code == 1
    assert "not an administrator" in said


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
async def test_a_key_that_others_can_read(run: Run, stand_in: StandIn, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/careline.key").write_text("x")
    (tmp_path / "data/careline.key").chmod(0o644)
    code, said = await run(**ready(stand_in, await group(stand_in)))
    assert code == 1
    assert "chmod 600" in said


async def test_the_data_directory_is_a_file(run: Run, stand_in: StandIn, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("x")
    code, said = await run(**ready(stand_in, await group(stand_in)))
    assert code == 1
    assert "cannot be written to" in said


async def test_a_database_that_is_none(run: Run, stand_in: StandIn, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/careline.db").write_bytes(b"this is no database at all, whatever its name says" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "data/careline.db").execute("SELECT * FROM sqlite_master")
    code, said = await run(**ready(stand_in, await group(stand_in)))
    assert code == 1
    assert "does not answer" in said


async def test_a_sentence_without_translation(run: Run, stand_in: StandIn, tmp_path: Path) -> None:
    file = tmp_path / "locales/ru/LC_MESSAGES/messages.po"
    file.parent.mkdir(parents=True)
    file.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Yes"\nmsgstr "Да"\n\n'
        'msgid "No"\nmsgstr ""\n\n#, fuzzy\nmsgid "Back"\nmsgstr "Назад"\n'
    )
    code, said = await run(**ready(stand_in, await group(stand_in)))
    assert code == 1
    assert "locales/ru: 2 sentences" in said


def test_run_starts_only_with_both_bots_and_a_desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(needed(Settings())) == 4


def test_numbers_are_read_from_what_was_written_to_the_desk_bot() -> None:
    person = {"id": 7101, "first_name": "Carla"}
    updates = [
        {"update_id": 1, "message": {"chat": {"id": -100123, "title": "Desk"}, "from": person}},
        {"update_id": 2, "message": {"chat": {"id": 7101}, "from": person}},
        {"update_id": 3, "my_chat_member": {}},
    ]
    assert seen(updates) == [
        "CARELINE_DESK_CHAT_ID=-100123 would be the group “Desk”.",
        "CARELINE_COORDINATORS: Carla is 7101.",
    ]
