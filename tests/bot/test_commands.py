"""`python -m bot ...` as a person types it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.whole

ROOT = Path(__file__).parents[2]


def bot(*words: str, folder: Path) -> subprocess.Popen[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CARELINE_")}
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.Popen(
        command, cwd=folder, env=clean | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_the_bare_sandbox_prints_its_address_first_and_ends_on_a_signal(tmp_path: Path) -> None:
    program = bot("sandbox", "--port", "0", "--bare", folder=tmp_path)
    assert program.stdout is not None
    address = program.stdout.readline().strip()
    try:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        assert httpx.get(f"{address}bot77:any-token-of-the-right-shape/getMe").json()["result"]["id"] == 77
        assert httpx.get(address).status_code == 200
    finally:
        program.send_signal(signal.SIGTERM)
    _, errors = program.communicate(timeout=30)
    assert program.returncode == 0, errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["run", "check"])
def test_without_settings_it_says_what_is_missing(tmp_path: Path, command: str) -> None:
    program = bot(command, folder=tmp_path)
    said, errors = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "CARELINE_PATIENT_TOKEN is missing" in said + errors
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_named_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("CARELINE_PATIENT_TOKEN=1:canary\nCARELINE_DESK_CHAT_ID=canary\n")
    program = bot("run", folder=tmp_path)
    said, errors = program.communicate(timeout=60)
    assert program.returncode == 1
    assert "CARELINE_DESK_CHAT_ID" in errors
    assert "canary" not in said + errors


def test_help_names_the_commands(tmp_path: Path) -> None:
    said, _ = bot("--help", folder=tmp_path).communicate(timeout=30)
    assert all(command in said for command in ("sandbox", "run", "check"))
