"""What a start costs: from the program's first line to the first answer to somebody who waits, again after each kill.

    python -m tests.benchmarks.start                  # nine starts, in polling mode
    python -m tests.benchmarks.start --mode webhook
    python -m tests.benchmarks.start --check          # and failure above the goal

Seconds of the processor are the figure; those on the clock say more about the machine. What loads later, for files and for the desk,
is in the last line: somebody sends a photo at once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.endurance.loop import CARLA, GROUP, ROOT, TOKENS, free_port
from tests.endurance.telegram import Telegram
from tests.made_files import pdf

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 120.0
GOAL = 2.0  # seconds of the processor until the first answer
Cost = tuple[float, float]


def used(pid: int) -> float:
    """Seconds of the processor that a process took so far, its threads included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def start(telegram: Telegram, folder: Path, mode: str, person: int) -> tuple[Cost, Cost]:
    """Processor and clock until words are answered, and until a file is."""
    port = free_port()
    telegram.hooks = [f"http://127.0.0.1:{port}"] if mode == "webhook" else []
    settings = TOKENS | {
        "BOT_API_URL": telegram.url,
        "MODE": mode,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "DATA_DIR": str(folder / "data"),
        "DESK_CHAT_ID": str(GROUP),
        "COORDINATORS": str(CARLA),
    }
    telegram.message(1001, person, text="/start")
    telegram.message(1001, person + 1, document=file(telegram))
    began = time.monotonic()
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | {f"CARELINE_{name}": value for name, value in settings.items()},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    costs = []
    try:
        for one in (person, person + 1):
            if not await telegram.until(lambda one=one: telegram.sent[one], PATIENCE):
                raise TimeoutError(f"{one} was not answered")
            costs.append((used(program.pid), time.monotonic() - began))
    finally:
        program.kill()
        await program.wait()
    return costs[0], costs[1]


def file(telegram: Telegram) -> dict[str, Any]:
    data = pdf(1, b"x")
    telegram.files["file"] = data
    return {
        "file_id": "file",
        "file_unique_id": "file",
        "file_name": "a.pdf",
        "mime_type": "application/pdf",
        "file_size": len(data),
    }


async def measure(starts: int, mode: str) -> list[tuple[Cost, Cost]]:
    """The first start, which makes the tables, is not counted."""
    telegram = Telegram(group=GROUP)
    await telegram.open()
    try:
        with tempfile.TemporaryDirectory() as folder:
            return [await start(telegram, Path(folder), mode, 1000 + 10 * number) for number in range(starts + 1)][1:]
    finally:
        await telegram.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--mode", choices=("polling", "webhook"), default="polling")
    parser.add_argument("--check", action="store_true", help="end with an error above the goal")
    chosen = parser.parse_args()
    found = asyncio.run(measure(chosen.starts, chosen.mode))
    medians = [[statistics.median(one[place][kind] for one in found) for kind in (0, 1)] for place in (0, 1)]
    for name, (processor, clock) in zip(("words answered", "a file answered"), medians, strict=True):
        print(f"{name:<16} {processor:5.2f} s processor  {clock:5.2f} s clock   (median of {len(found)})")
    if chosen.check and medians[0][0] > GOAL:
        sys.exit(f"above the goal of {GOAL} s of the processor")


if __name__ == "__main__":
    main()
