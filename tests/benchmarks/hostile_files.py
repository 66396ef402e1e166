"""Hostile files against the whole program: `python -m tests.benchmarks.hostile_files FOLDER` (files and manifest.jsonl in it).

Each goes in by chat and by the upload page. ACCEPT must come back byte-identical, REFUSE must never be stored, the patient must hear
something within ten seconds, and the program's memory with its children must stay within 300 MB of where it was.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import hashlib
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from storage import documents
from storage.database import Database
from storage.keyring import Keyring
from storage.vault import Vault
from tests.stages import HttpStage
from tests.steps import Play

PATIENT_HEARS = 10.0  # seconds
ROOM = 300 << 20  # bytes above idle
TUS = {"Tus-Resumable": "1.0.0"}


def memory(pid: int) -> int:
    """Resident bytes of a process and everything below it, shared pages counted once where the kernel tells."""
    children = [int(one) for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()]
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        own = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except (OSError, StopIteration):
        own = 0
    return own + sum(map(memory, children))


def link(play: Play) -> str:
    play.step("Maria says: /upload")
    play.stage.world.settle()  # type: ignore[attr-defined]
    rows = [
        row
        for one in reversed(play.person("Maria").messages())
        for row in one["message"].get("reply_markup", {}).get("inline_keyboard", [])
    ]
    return next(str(button["url"]) for row in rows for button in row if "url" in button)


def by_chat(play: Play, path: Path, name: str) -> float:
    """Seconds until the patient hears of it."""
    world, maria = play.stage.world, play.person("Maria")  # type: ignore[attr-defined]
    maria._mark()
    begun = time.monotonic()
    parts = [("file", (name or "file", path.read_bytes()))]
    world.ask("POST", f"chats/{maria.chat}/files", data={"kind": "document", "from": str(maria.person)}, files=parts)
    return _heard(maria, begun)


def by_page(play: Play, url: str, path: Path, name: str) -> float:
    maria, data = play.person("Maria"), path.read_bytes()
    maria._mark()
    begun = time.monotonic()
    with httpx.Client() as http:
        begin = http.post(
            f"{url}/files",
            headers=TUS
            | {"Upload-Length": str(len(data)), "Upload-Metadata": f"filename {base64.b64encode(name.encode()).decode()}"},
        )
        if begin.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return 0.0  # the page says so itself
        headers = TUS | {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        base = url.partition("/upload/")[0]
        assert http.patch(base + begin.headers["location"], headers=headers, content=data).status_code == httpx.codes.NO_CONTENT
    return _heard(maria, begun)


def _heard(maria: Any, begun: float) -> float:
    while not maria.read():
        if time.monotonic() - begun > 3 * PATIENT_HEARS:
            return 3 * PATIENT_HEARS
        time.sleep(0.02)
    return time.monotonic() - begun


async def stored(folder: Path) -> list[str]:
    """SHA-256 of everything that is kept, as it comes out again."""
    keys = Keyring.open(folder / "careline.key")
    database, vault = Database.open(f"sqlite:///{folder / 'careline.db'}", keys=keys), Vault(folder / "vault", keys)
    parts = await database.read(documents.all_stored)
    await database.close()
    return [hashlib.sha256(vault.open(one.blob or "", documents.blob_context(one))).hexdigest() for one in parts]


def run(folder: Path, data: Path) -> list[str]:
    """What was wrong."""
    stage, wrong, peak = HttpStage(folder=data).start(), [], 0
    try:
        play = Play(stage=stage)
        for one in ("starts", "taps: English", "comes to: Please check your answers", "taps: Everything is right"):
            play.step(f"Maria {one}")
        play.step("Maria taps: I will send everything later")
        url, program = link(play), stage.process
        assert program is not None
        idle, slowest = memory(program.pid), 0.0
        for line in (folder / "manifest.jsonl").read_text().splitlines():
            entry = json.loads(line)
            path, known = folder / entry["file"], entry["sha256"]
            for way in ("chat", "page"):
                took = by_chat(play, path, entry["send_as"]) if way == "chat" else by_page(play, url, path, entry["send_as"])
                peak = max(peak, memory(program.pid) - idle)
                slowest = max(slowest, took)
                if took > PATIENT_HEARS:
                    wrong.append(f"{entry['file']} by {way}: the patient waited {took:.1f} s")
            stage.world.settle()
            kept = asyncio.run(stored(data / "data"))
            if entry["verdict"] == "ACCEPT" and known not in kept:
                wrong.append(f"{entry['file']}: not kept as it was")
            if entry["verdict"] == "REFUSE" and known in kept:
                wrong.append(f"{entry['file']}: kept although it must not be")
        print(f"slowest answer {slowest:.2f} s, memory at most {peak / 2**20:.0f} MB above {idle / 2**20:.0f} MB")
        if peak > ROOM:
            wrong.append(f"memory rose by {peak / 2**20:.0f} MB")
    finally:
        stage.stop()
    return wrong


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
