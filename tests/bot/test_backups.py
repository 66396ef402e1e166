"""`python -m bot backup` and `restore`, as an operator runs them."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.program.folder import alone_in
from bot.settings import Settings
from storage.keeping.ledger import Ledger
from storage.sealed.keyring import Keyring, Tampered
from tests import template
from tests.stages import SeamStage
from tests.steps import Play

pytestmark = pytest.mark.whole

HOUSE = Path(__file__).parents[2]


def bot(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"CARELINE_DATA_DIR": str(data), "PYTHONPATH": str(HOUSE)} | more
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(command, env=environment, cwd=data, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder as it is after a first start."""
    folder = tmp_path / "data"
    folder.mkdir()
    template.copy_to(folder)
    return folder


def test_a_backup_and_its_way_back(data: Path, tmp_path: Path) -> None:
    made = bot(data, "backup", str(tmp_path / "one.backup"))
    assert made.returncode == 0, made.stderr
    assert "The key file" in made.stdout
    assert "NOT in it" in made.stdout

    assert bot(data, "restore", str(tmp_path / "one.backup")).returncode == 1
    again = bot(data, "restore", str(tmp_path / "one.backup"), "--replace")
    assert again.returncode == 0, again.stderr
    assert "Restored and checked" in again.stdout
    assert "replaced-" in again.stdout

    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(data / "careline.key", other)
    assert bot(other, "restore", str(tmp_path / "one.backup")).returncode == 0
    assert (other / "careline.db").exists()


def test_what_cannot_be_done_is_said_in_words(data: Path, tmp_path: Path) -> None:
    assert bot(data, "backup", str(tmp_path / "one.backup")).returncode == 0
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments, words in (
        (("backup", str(tmp_path / "two.backup")), "no key file"),
        (("restore", str(tmp_path / "one.backup")), "no key file"),
    ):
        said = bot(empty, *arguments)
        assert (said.returncode, list(empty.iterdir())) == (1, [])
        assert words in said.stderr
    Keyring.open(empty / "careline.key")
    assert "another key" in bot(empty, "restore", str(tmp_path / "one.backup")).stderr
    (tmp_path / "one.backup").write_bytes(b"PK")
    assert "cannot be read" in bot(data, "restore", str(tmp_path / "one.backup")).stderr


async def test_beside_a_server_the_words_name_pg_dump_and_no_password(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.operator import backups
    from storage.keeping import backup

    async def made(_target: Path, **_: object) -> backup.Made:
        return backup.Made(database=False, documents=3, gone=0, size=9)

    monkeypatch.setattr(backup, "make", made)
    settings = Settings(_env_file=None, data_dir=data, database_url="postgresql+psycopg://anna:secret@db/careline")
    told = "\n".join(await backups.make(settings, tmp_path / "one.backup"))
    assert "pg_dump --format=custom" in told
    assert "anna@db/careline" in told
    assert "secret" not in told


def test_who_deletes_everything_is_in_the_ledger(tmp_path: Path) -> None:
    ledger = Ledger(path=tmp_path / "erasures.txt", keys=Keyring.open(tmp_path / "key"))
    with asyncio.Runner() as runner:
        stage = SeamStage(folder=tmp_path, loop=runner.get_loop())
        stage.house = replace(stage.house, erased=ledger.add)
        stage.restart()
        play = Play(stage=stage)
        for line in ("Maria starts", "Maria taps: English", "Maria says: /delete"):
            play.step(line)
        assert ledger.read() == {}
        play.step("Maria taps: Yes, delete everything")
        stage.stop()
    assert ledger.covers(ledger.read(), 7001, datetime(2026, 1, 1, tzinfo=UTC))


def test_a_new_key_opens_what_the_old_one_sealed(data: Path, tmp_path: Path) -> None:
    before = Keyring.open(data / "careline.key")
    sealed = before.seal(b"said before", "chat:1")
    assert bot(data, "backup", str(tmp_path / "one.backup")).returncode == 0
    with alone_in(data):
        refused = bot(data, "rotate")
    assert (refused.returncode, "Stop that one first" in refused.stderr) == (1, True)

    said = bot(data, "rotate")
    assert (said.returncode, "new key" in said.stdout) == (0, True), said.stderr
    after = Keyring.open(data / "careline.key")
    assert after.unseal(sealed, "chat:1") == b"said before"
    with pytest.raises(Tampered):
        before.unseal(after.seal(b"said after", "chat:1"), "chat:1")
    assert bot(data, "restore", str(tmp_path / "one.backup"), "--replace").returncode == 0

    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no key file" in bot(empty, "rotate").stderr
