"""How fast a large file comes by the upload page, and how soon the desk hears of it: `python -m tests.benchmarks.uploads`.

The ratio is to reading the same file, encrypting it (AES-256-GCM, chunks of 64 KB) and writing it with an fsync in one plain loop: what a
`cp` that encrypts would take. The file goes through the whole program, over HTTP, in the page's pieces of 8 MB. Medians of some rounds.
"""

from __future__ import annotations

import argparse
import base64
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.benchmarks.hostile_files import TUS, Family
from tests.stages import HttpStage
from tests.steps import Play

PIECE, CHUNK = 8 << 20, 64 << 10
MOVING = TUS | {"Content-Type": "application/offset+octet-stream"}
PATIENCE = 60.0  # seconds


def copied(source: Path, target: Path) -> float:
    """Seconds of a plain copy that encrypts."""
    key, begun = AESGCM(AESGCM.generate_key(256)), time.monotonic()
    with source.open("rb") as file, target.open("wb") as out:
        while chunk := file.read(CHUNK):
            nonce = os.urandom(12)
            out.write(nonce + key.encrypt(nonce, chunk, None))
        out.flush()
        os.fsync(out.fileno())
    took = time.monotonic() - begun
    target.unlink()
    return took


def uploaded(url: str, source: Path) -> float:
    """Seconds from the first byte to the answer to the last one."""
    named = {"Upload-Metadata": f"filename {base64.b64encode(source.name.encode()).decode()}"}
    size = source.stat().st_size
    with httpx.Client(timeout=120) as http, source.open("rb") as file:
        begun = time.monotonic()
        answer = http.post(f"{url}/files", headers=TUS | named | {"Upload-Length": str(size)})
        place = url.partition("/upload/")[0] + answer.headers["location"]
        for offset in range(0, size, PIECE):
            sent = http.patch(place, headers=MOVING | {"Upload-Offset": str(offset)}, content=file.read(PIECE))
            assert sent.status_code == httpx.codes.NO_CONTENT, sent.status_code
        return time.monotonic() - begun


def scan(path: Path, megabytes: int) -> Path:
    """One image of that size, unlike any other."""
    with path.open("wb") as file:
        file.write(bytes(128) + b"DICM" + bytes(12))
        for _ in range(megabytes):
            file.write(os.urandom(1 << 20))
    return path


def run(megabytes: int, rounds: int, folder: Path) -> None:
    stage = HttpStage(folder=folder).start().at_noon()
    try:
        play = Play(stage=stage)
        family = Family(play, "Maria").begin()
        for one in ("says: /human", "says: /status", "remembers her case"):
            play.step(f"Maria {one}")
        play.step("Carla opens the case")
        stage.world.settle()
        carla, plain, page, alert = play.person("Carla"), [], [], []
        for number in range(rounds):
            source = scan(folder / f"scan-{number}.dcm", megabytes)
            plain.append(copied(source, folder / "copy"))
            carla._mark()
            page.append(uploaded(family.url, source))
            begun = time.monotonic()
            while not carla.read() and time.monotonic() - begun < PATIENCE:
                time.sleep(0.02)
            alert.append(time.monotonic() - begun)
            stage.world.settle()
            source.unlink()
        middle = statistics.median
        print(f"{rounds} rounds of {megabytes} MB")
        print(f"plain copy with encryption  {middle(plain):6.2f} s  {megabytes / middle(plain):6.0f} MB/s")
        print(
            f"by the page                 {middle(page):6.2f} s  {megabytes / middle(page):6.0f} MB/s  {middle(page) / middle(plain):.1f} times"
        )
        print(f"last byte to the desk       {middle(alert):6.2f} s, at most {max(alert):.2f} s")
    finally:
        stage.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(chosen.megabytes, chosen.rounds, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
