"""A full disk, and a disk that keeps nothing: nothing is told to be received, and all of it is there once the disk works again.

The program is a real one on real files; what stands between it and the disk is tests/broken_disk.c.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.endurance.loop import free_port
from tests.endurance.telegram import Telegram
from tests.made_files import pdf
from tests.test_starts import PATIENCE, House, house

COMPILER = shutil.which("cc")
SOURCE = Path(__file__).parent / "broken_disk.c"
pytestmark = [
    pytest.mark.kill,
    pytest.mark.timeout(300),
    pytest.mark.skipif(COMPILER is None, reason="no C compiler"),
]
BEFORE, WRITERS, SENDER = 1, range(2, 7), 8
BROKEN = 4.0  # seconds
RECOVERED = 60.0


@pytest.fixture(scope="module")
def preloaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("preloaded") / "broken_disk.so"
    subprocess.run([str(COMPILER), "-shared", "-fPIC", "-o", str(made), str(SOURCE), "-ldl"], check=True)
    return made


@pytest.mark.parametrize("mode", ["polling", "webhook"])
@pytest.mark.parametrize("trouble", ["full", "fsync"])
async def test_nothing_is_lost_and_nothing_is_falsely_received(
    tmp_path: Path, preloaded: Path, monkeypatch: pytest.MonkeyPatch, trouble: str, mode: str
) -> None:
    monkeypatch.setenv("LD_PRELOAD", str(preloaded))
    monkeypatch.setenv("BROKEN_DISK", str(tmp_path))
    (tmp_path / "disk").mkdir()
    async with house(tmp_path / "disk", mode=mode) as here:
        port = free_port()
        here.telegram.hooks = [f"http://127.0.0.1:{port}"] if mode == "webhook" else []
        program = await here.start(port=port)
        await here.answers(BEFORE)
        await talks(here)
        (tmp_path / trouble).touch()
        sent = {person: here.telegram.message(1001, person, text="/start") for person in WRITERS}
        document = file_of(here.telegram)
        await asyncio.sleep(BROKEN)
        assert set(WRITERS) <= kept_by(here.telegram, sent), here.log()
        assert not any(here.telegram.sent[person] for person in WRITERS)
        assert program.returncode is None
        (tmp_path / trouble).unlink()
        assert await here.telegram.until(lambda: all(here.telegram.sent[person] for person in WRITERS), RECOVERED), here.log()
        assert await here.telegram.until(lambda: here.telegram.by_token[document], RECOVERED), here.log()
        assert await here.telegram.until(here.telegram.idle, RECOVERED), here.log()
        assert await here.stop(program) < PATIENCE
        assert [len(here.telegram.sent[person]) for person in WRITERS] == [1] * len(WRITERS)
        assert len(here.telegram.by_token[document]) == 1
    assert whole(tmp_path / "disk" / "data" / "careline.db")


async def talks(here: House) -> None:
    """Somebody who has a coordinator to send files to."""
    here.telegram.message(1001, SENDER, text="/human")
    here.telegram.message(1001, SENDER, text="said 8.0 end")
    assert await here.telegram.until(lambda: here.telegram.by_token["said 8.0 end"], PATIENCE), here.log()


def file_of(telegram: Telegram) -> str:
    """Sent by the one who talks; its SHA-256."""
    data = pdf(1, os.urandom(1000))
    telegram.files["file"] = data
    described = {"file_id": "file", "file_unique_id": "file", "file_name": "report.pdf", "mime_type": "application/pdf"}
    telegram.message(1001, SENDER, document=described | {"file_size": len(data)})
    return hashlib.sha256(data).hexdigest()


def kept_by(telegram: Telegram, sent: dict[int, int]) -> set[int]:
    """Whose messages Telegram still holds, because nobody said that they were received."""
    waiting = [update for queue in (*telegram._updates.values(), *telegram._lines.values()) for update in queue]
    numbers = {update["message"]["message_id"] for update in waiting if "message" in update}
    return {person for person, number in sent.items() if number in numbers}


def whole(file: Path) -> bool:
    with contextlib.closing(sqlite3.connect(file)) as database:
        return database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
