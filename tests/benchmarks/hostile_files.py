"""Hostile files against the whole program: `python -m tests.benchmarks.hostile_files FOLDER` (files and manifest.jsonl in it).

Each goes in by chat and by the upload page, one family for each way, then all of them twenty at once, then a report under every name of
`filenames.jsonl` beside the folder. ACCEPT must come back byte-identical, REFUSE must never be stored and must be refused in words, the
patient must hear within ten seconds, and the program's memory with its children must stay within 300 MB of where it was.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import func, select

from storage import documents
from storage.database import Database
from storage.schema.document_tables import DocumentParts
from storage.sealed.keyring import Keyring
from storage.tables import table
from storage.vault import Vault
from tests.made_files import pdf
from tests.stages import HttpStage
from tests.steps import Play

PATIENT_HEARS = 10.0  # seconds
ROOM = 300 << 20  # bytes above idle
AT_ONCE = 20
TUS = {"Tus-Resumable": "1.0.0"}
CONSENTED = ("starts", "taps: English", "comes to: Please check your answers", "taps: Everything is right")
SAVED, TWIN = "Saved: ", "I have this very file already"


def memory(pid: int) -> int:
    """Resident bytes of a process and everything below it, shared pages counted once where the kernel tells."""
    children = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children += [int(one) for one in path.read_text().split()]
        except OSError:
            continue  # a thread that ended meanwhile
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        own = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        own = 0
    return own + sum(map(memory, children))


@dataclass
class Watch:
    """How much memory the program takes beyond what it took at first, looked at twenty times a second."""

    pid: int
    idle: int = 0
    peak: int = 0

    @contextmanager
    def watching(self) -> Iterator[Watch]:
        self.idle, over = memory(self.pid), threading.Event()

        def look() -> None:
            while not over.wait(0.05):
                self.peak = max(self.peak, memory(self.pid) - self.idle)

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield self
        finally:
            over.set()
            thread.join()


@dataclass
class Family:
    """Somebody who sends. `heard` is what they read since the last time it was asked."""

    play: Play
    name: str
    url: str = ""

    def begin(self) -> Family:
        for one in (*CONSENTED, "taps: I will send everything later", "says: /upload"):
            self.play.step(f"{self.name} {one}")
        self.play.stage.world.settle()  # type: ignore[attr-defined]
        shown = reversed(self.person.messages())
        rows = [row for one in shown for row in one["message"].get("reply_markup", {}).get("inline_keyboard", [])]
        self.url = next(str(button["url"]) for row in rows for button in row if "url" in button)
        self.person._mark()
        return self

    @property
    def person(self) -> Any:
        return self.play.person(self.name)

    def by_chat(self, name: str, data: bytes) -> None:
        ask = {"kind": "document", "from": str(self.person.person)}
        world = self.play.stage.world  # type: ignore[attr-defined]
        world.ask("POST", f"chats/{self.person.chat}/files", data=ask, files=[("file", (name or "file", data))])

    def by_page(self, name: str, data: bytes) -> bool:
        """Whether the page took it: a file without bytes it refuses itself, in words of its own."""
        named = {"Upload-Metadata": f"filename {base64.b64encode(name.encode(errors='replace')).decode()}".strip()}
        with httpx.Client(timeout=60) as http:
            begin = http.post(f"{self.url}/files", headers=TUS | named | {"Upload-Length": str(len(data))})
            if begin.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
                return False
            headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
            address = self.url.partition("/upload/")[0] + begin.headers["location"]
            assert http.patch(address, headers=headers, content=data).status_code == httpx.codes.NO_CONTENT
        return True

    def hears(self) -> tuple[float, str]:
        """Seconds until something is read, and what."""
        begun = time.monotonic()
        while not (said := self.person.read()):
            if time.monotonic() - begun > 3 * PATIENT_HEARS:
                break
            time.sleep(0.02)
        return time.monotonic() - begun, said


@dataclass
class Attack:
    """One run against one program."""

    files: Path
    data: Path
    stage: HttpStage
    play: Play
    wrong: list[str] = field(default_factory=list)
    slowest: float = 0.0

    @property
    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.files / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]

    def one_by_one(self) -> None:
        chat, page = Family(self.play, "Maria").begin(), Family(self.play, "Asha").begin()
        for entry in self.entries:
            self._sent(chat, chat.by_chat, entry)
            self._sent(page, page.by_page, entry)
            self.stage.world.settle()
            self._kept(entry)

    def _sent(self, family: Family, send: Callable[[str, bytes], object], entry: dict[str, Any]) -> None:
        """Whoever sends it is told; that it was refused, where it must be."""
        family.person._mark()
        if send(entry["send_as"], (self.files / entry["file"]).read_bytes()) is False:
            return
        took, said = family.hears()
        self.slowest = max(self.slowest, took)
        if took > PATIENT_HEARS:
            self.wrong.append(f"{entry['file']} of {family.name}: waited {took:.1f} s")
        self.stage.world.settle()
        said += family.person.read()
        wanted = {"ACCEPT": True, "REFUSE": False}.get(entry["verdict"])
        if wanted not in (None, SAVED in said or TWIN in said):
            self.wrong.append(f"{entry['file']} of {family.name}: {said!r}")

    def _kept(self, entry: dict[str, Any]) -> None:
        kept = asyncio.run(stored(self.data / "data"))
        if entry["verdict"] == "ACCEPT" and entry["sha256"] not in kept:
            self.wrong.append(f"{entry['file']}: not kept as it was")
        if entry["verdict"] == "REFUSE" and entry["sha256"] in kept:
            self.wrong.append(f"{entry['file']}: kept although it must not be")

    def together(self) -> None:
        """All of them again, twenty at once, half by chat and half by the page; the last word comes ten seconds after the last byte."""
        chat, page = Family(self.play, "Olga").begin(), Family(self.play, "Nora").begin()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number, entry in enumerate(self.entries):
                send = chat.by_chat if number % 2 else page.by_page
                pool.submit(send, entry["send_as"], (self.files / entry["file"]).read_bytes())
        begun = time.monotonic()
        while asyncio.run(unsettled(self.data / "data")):
            if time.monotonic() - begun > 3 * PATIENT_HEARS:
                break
            time.sleep(0.05)
        took = time.monotonic() - begun
        if took > PATIENT_HEARS:
            self.wrong.append(f"{AT_ONCE} at once: the last one was looked at after {took:.1f} s")
        self.stage.world.settle()
        print(f"{AT_ONCE} at once: all looked at {took:.2f} s after the last byte")
        for entry in self.entries:
            self._kept(entry)

    def names(self) -> None:
        """A report under each of the names, by both ways: kept with every byte, and called nothing of the kind anywhere."""
        list_ = self.files.parent / "filenames.jsonl"
        lines = list_.read_text(encoding="utf-8").splitlines() if list_.exists() else []
        chat, page = Family(self.play, "Lena").begin(), Family(self.play, "Vera").begin()
        for number, line in enumerate(lines):
            name = json.loads(line)["filename"]
            for family, send in ((chat, chat.by_chat), (page, page.by_page)):
                report = pdf(1, f"{family.name} {number}".encode())
                send(name, report)
                self.stage.world.settle()
                if hashlib.sha256(report).hexdigest() not in asyncio.run(stored(self.data / "data")):
                    self.wrong.append(f"{name!r} of {family.name}: not kept")
        strange = [
            path for path in (self.data / "data").rglob("*") if any(part in path.name for part in ("passwd", ".exe", "\\"))
        ]
        self.wrong += [f"a file is called {path.name!r}" for path in strange]
        print(f"{len(lines)} names by both ways")


async def _opened(folder: Path, wanted: Callable[[Any, Vault], Any]) -> Any:
    keys = Keyring.open(folder / "careline.key")
    database, vault = Database.open(f"sqlite:///{folder / 'careline.db'}", keys=keys), Vault(folder / "vault", keys)
    try:
        return await database.read(lambda tx: wanted(tx, vault))
    finally:
        await database.close()


async def stored(folder: Path) -> list[str]:
    """SHA-256 of everything that is kept, as it comes out again."""

    def digests(tx: Any, vault: Vault) -> list[str]:
        parts = documents.all_stored(tx)
        return [hashlib.sha256(vault.open(one.blob or "", documents.blob_context(one))).hexdigest() for one in parts]

    found: list[str] = await _opened(folder, digests)
    return found


async def unsettled(folder: Path) -> int:
    """Files that came and were not looked at yet."""
    parts = table(DocumentParts)
    waiting = select(func.count()).where(parts.c.state.in_(("announced", "uploading")))
    count: int = await _opened(folder, lambda tx, _: tx.execute(waiting).scalar_one())
    return count


def run(folder: Path, data: Path) -> list[str]:
    """What was wrong."""
    stage = HttpStage(folder=data).start()
    try:
        attack = Attack(files=folder, data=data, stage=stage, play=Play(stage=stage))
        assert stage.process
        Family(attack.play, "Ida").begin()  # so that everything is loaded that an idle program has
        with Watch(pid=stage.process.pid).watching() as watch:
            attack.one_by_one()
            attack.together()
            attack.names()
        print(f"slowest answer {attack.slowest:.2f} s; memory at most {watch.peak >> 20} MB above {watch.idle >> 20} MB")
        if watch.peak > ROOM:
            attack.wrong.append(f"memory rose by {watch.peak >> 20} MB")
    finally:
        stage.stop()
    return attack.wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as data:
        wrong = run(chosen.folder, Path(data))
    print("\n".join(wrong) or "nothing was wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
