"""Settings come from the environment, have defaults that start without a token, and never show a secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bot.settings import Settings


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def settings(monkeypatch: pytest.MonkeyPatch, **names: str) -> Settings:
    for name, value in names.items():
        monkeypatch.setenv(f"CARELINE_{name}", value)
    return Settings()


def test_starts_without_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(monkeypatch)
    assert made.mode == "polling"
    assert made.database == "sqlite:///data/careline.db"
    assert made.token("patient") == ""
    assert made.desk_chat_id is None


def test_reads_every_name_of_the_readme(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(
        monkeypatch,
        PATIENT_TOKEN="1:a",
        DESK_TOKEN="2:b",
        BOT_API_URL="http://127.0.0.1:9/",
        MODE="webhook",
        PUBLIC_URL="https://careline.example/",
        HOST="0.0.0.0",
        PORT="9000",
        WEBHOOK_SECRET="quiet",
        DATABASE_URL="postgresql://db/careline",
        DATA_DIR="/var/careline",
        DESK_CHAT_ID="-1001",
        COORDINATORS="7101, 7102;7103 7104",
        LOG_LEVEL="WARNING",
        DESK_LANGUAGE="ru",
    )
    assert (made.token("patient"), made.token("desk")) == ("1:a", "2:b")
    assert made.api_url == "http://127.0.0.1:9"
    assert made.webhook_url("desk") == "https://careline.example/webhook/desk"
    assert made.secret("patient") == "quiet"
    assert made.database == "postgresql://db/careline"
    assert made.key_file == Path("/var/careline/careline.key")
    assert made.coordinators == (7101, 7102, 7103, 7104)
    assert (made.desk_chat_id, made.desk_language, made.port) == (-1001, "ru", 9000)


def test_an_empty_line_in_env_means_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    made = settings(monkeypatch, PATIENT_TOKEN="", DESK_CHAT_ID="", COORDINATORS="")
    assert made.patient_token is None
    assert made.desk_chat_id is None
    assert made.coordinators == ()


def test_reads_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("CARELINE_PATIENT_TOKEN=1:from-file\nUNRELATED=1\n")
    assert settings(monkeypatch).token("patient") == "1:from-file"


def test_the_webhook_secret_is_the_same_after_a_restart_and_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings(monkeypatch, PATIENT_TOKEN="1:a", DESK_TOKEN="2:b")
    assert first.secret("patient") == Settings().secret("patient")
    assert first.secret("patient") != first.secret("desk")
    assert "1:a" not in first.secret("patient")


@pytest.mark.parametrize("show", [repr, str, lambda made: made.model_dump_json()])
def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch, show: Any) -> None:
    made = settings(monkeypatch, PATIENT_TOKEN="1:canary", WEBHOOK_SECRET="canary-too")
    assert "canary" not in show(made)


def test_an_error_does_not_show_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(monkeypatch, COORDINATORS="1:canary")
    assert "canary" not in str(raised.value)
