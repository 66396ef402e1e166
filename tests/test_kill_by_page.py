"""kill -9 while a file comes by the upload page: it goes on where it was, arrives with every byte, and nothing readable was ever on the disk."""

from __future__ import annotations

import base64
import os
import random
import threading
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.actors import Coordinator, Patient
from tests.apart import Apart
from tests.made_files import pdf
from tests.stages import free_port
from tests.test_kill import arrived, in_talk, until

pytestmark = [pytest.mark.kill, pytest.mark.timeout(900)]
CHANCE = random.Random(20261129)
KILLS = 24 if os.environ.get("CARELINE_ENDURANCE") else 4
CANARY = b"Zanzibar-Lymphoma-4711"
COPIES = 120_000  # of it in one file: about five megabytes
PIECE, PAUSE = 32 << 10, 0.005  # bytes that a slow line carries at once, seconds between
TUS = {"Tus-Resumable": "1.0.0"}
MOVING = TUS | {"Content-Type": "application/offset+octet-stream"}


@pytest.fixture
def apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Apart]:
    """A program with an address of its own, whose temporary files lie in this folder too."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    port = free_port()
    made = Apart(folder=tmp_path, port=port, settings={"PUBLIC_URL": f"http://127.0.0.1:{port}"})
    try:
        yield made.open()
    finally:
        made.close()


class Sender:
    """A page on a slow line: it sends, loses the line, asks how far it came, and goes on."""

    def __init__(self, apart: Apart, patient: Patient, data: bytes) -> None:
        patient.says("/upload")
        apart.world.settle()
        shown = reversed(patient.messages())
        rows = [row for one in shown for row in one["message"].get("reply_markup", {}).get("inline_keyboard", [])]
        link = next(str(button["url"]) for row in rows for button in row if "url" in button)
        named = f"filename {base64.b64encode(CANARY + b'.pdf').decode()}"
        self.http, self.data = httpx.Client(base_url=link.partition("/upload/")[0], timeout=30), data
        begun = self.http.post(f"{link}/files", headers=TUS | {"Upload-Length": str(len(data)), "Upload-Metadata": named})
        self.place = begun.headers["location"]

    def offset(self) -> int:
        answer = self.http.head(self.place, headers=TUS)
        assert answer.status_code == 200
        return int(answer.headers["upload-offset"])

    def goes_on(self) -> None:
        """Until the last byte, or until the line breaks."""
        offset = self.offset()
        try:
            self.http.patch(self.place, headers=MOVING | {"Upload-Offset": str(offset)}, content=self._slowly(offset))
        except httpx.HTTPError:
            return

    def _slowly(self, offset: int) -> Iterator[bytes]:
        for at in range(offset, len(self.data), PIECE):
            time.sleep(PAUSE)
            yield self.data[at : at + PIECE]


def readable(folder: Path) -> list[Path]:
    """Files in which the words of the document, or its name, can be read."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in found if _holds(path)]


def _holds(path: Path) -> bool:
    try:
        data = path.read_bytes()
    except OSError:  # it went away meanwhile
        return False
    return CANARY in data or CANARY.hex().encode() in data


def test_an_upload_by_the_page_survives_every_death(apart: Apart, tmp_path: Path) -> None:
    patient, case = in_talk(apart)
    broken = 0
    for number, kills in enumerate(split(KILLS)):
        data = pdf(1, str(number).encode() + CANARY * COPIES)
        sender = Sender(apart, patient, data)
        came: list[int] = []
        for _ in range(kills):
            line = threading.Thread(target=sender.goes_on)
            line.start()
            time.sleep(CHANCE.uniform(0.0, 1.4 * len(data) / PIECE * PAUSE / kills))
            apart.kill()
            line.join()
            assert readable(tmp_path) == []
            apart.start()
            came.append(until_up(sender))
        assert came == sorted(came), "what was kept is kept"
        broken += sum(0 < one < len(data) for one in came)
        sender.goes_on()
        assert sender.offset() == len(data)
        apart.world.settle()
        wanted = sha256(data).hexdigest()
        until(lambda wanted=wanted: wanted in arrived(case))
        assert readable(tmp_path) == []
    assert broken
    assert "Saved: " in "\n".join(shown(patient))


def split(kills: int) -> list[int]:
    """So many deaths for each file."""
    return [4] * (kills // 4)


def until_up(sender: Sender) -> int:
    """How far the file is, once the program answers again."""
    found: list[int] = []

    def up() -> bool:
        try:
            found.append(sender.offset())
        except httpx.HTTPError:
            return False
        return True

    until(up)
    return found[-1]


def shown(person: Patient | Coordinator) -> list[Any]:
    return [one["message"].get("text", "") for one in person.messages()]
