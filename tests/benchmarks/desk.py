"""The desk's pages with 100,000 cases and a million messages stored, beside the same pages of an empty store.

    python -m tests.benchmarks.desk --seed FOLDER           # fills a store once; a few minutes
    python -m tests.benchmarks.desk FOLDER                  # the figures
    python -m tests.benchmarks.desk FOLDER --check          # and failure below the goals

The same case is made in both stores by the same conversation. What is measured is the whole request in this process: door, roster, reading,
audit line with its commit, template. SQLite, as it runs by default.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from tests.bot.desk_world import World
from tests.bot.test_desk_pages import Desk

CASES, EACH = 100_000, 10
ROUNDS = 40
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GOALS = {"case page": 0.2, "search": 0.3, "list": 0.3}
RATIO = 1.5
STAGES, URGENCIES = ("contact", "records", "review", "contact"), ("routine", "soon", "routine", "urgent")
SEARCHES = (
    "number=CL-7",
    "stage=records",
    "urgency=soon&holder=7102",
    "view=flagged",
    "view=unclaimed&sort=newest",
    "view=closed",
)


def number(n: int) -> str:
    digits = ""
    for _ in range(5):
        n, rest = divmod(n * 7 + 3, 31) if not digits else divmod(n, 31)
        digits += LETTERS[rest]
    return f"CL-{digits}"


def seed(folder: Path) -> None:
    """Chats, cases and messages as the program writes them, straight into the file; the text of each message is sealed."""
    world = World(folder)
    asyncio.run(world.database.close())
    file = sqlite3.connect(folder / "careline.db")
    file.execute("PRAGMA synchronous=OFF")
    began = world.now - timedelta(days=700)
    for start in range(0, CASES, 5_000):
        _insert(file, "chats", (_chat(n, began) for n in range(start + 1, start + 5_001)))
        _insert(file, "cases", (_case(n, began) for n in range(start + 1, start + 5_001)))
        _insert(file, "case_messages", (line for n in range(start + 1, start + 5_001) for line in _lines(world, n, began)))
        file.commit()
    file.execute("ANALYZE")
    file.commit()
    file.close()


def _insert(file: sqlite3.Connection, table: str, rows: Iterator[dict[str, object]]) -> None:
    first = next(rows)
    statement = f"INSERT INTO {table} ({', '.join(first)}) VALUES ({', '.join('?' * len(first))})"
    file.execute(statement, tuple(first.values()))
    file.executemany(statement, (tuple(row.values()) for row in rows))


def _at(n: int, began: datetime) -> str:
    return (began + timedelta(minutes=10 * n)).replace(tzinfo=None).isoformat(" ", "microseconds")


def _chat(n: int, began: datetime) -> dict[str, object]:
    language = ("en", "ru", "ar")[n % 3]
    at = _at(n, began)
    state = {"talking": 0, "state": "open", "reminders_on": 1}
    return {"id": n, "telegram_id": 1_000_000 + n, "language": language, **state, "last_heard_at": at, "created_at": at}


def _case(n: int, began: datetime) -> dict[str, object]:
    at, closed = _at(n, began), n % 10 >= 3  # of ten, three are open
    return {
        "id": n,
        "number": number(n),
        "chat_id": n,
        "stage": "closed" if closed else STAGES[n % 4],
        "urgency": URGENCIES[n // 10 % 4],
        "reasons": "",
        "holder": None if n % 50 == 0 else 7101 + n % 7,
        "opened_at": at,
        "closed_at": at if closed else None,
        "red_flag_at": at if n % 100 == 0 else None,
    }


def _lines(world: World, n: int, began: datetime) -> Iterator[dict[str, object]]:
    for line in range(EACH):
        direction = ("in", "out")[line % 2]
        body = world.keys.seal(b"Good morning, is there any news about the scan of last week?", f"case_messages.body:{n}")
        author = 1_000_000 + n if direction == "in" else 7101
        yield {"case_id": n, "direction": direction, "author": author, "body": body, "at": _at(n, began)}


async def measured(folder: Path) -> dict[str, float]:
    """Median seconds of each page. Raises AssertionError where a page does not come."""
    world = World(folder)
    desk = Desk(world)
    await world.coordinator("Carla", 7101)
    patient = world.patient(77)
    await patient.begins()
    await patient.asks_for_a_person()
    for n in range(40):
        await patient.says(f"Message {n} of a long conversation")
    await patient.sends()
    case = await world.case(77)
    assert await desk.enters() == 204
    found = {"case page": await _median(desk, f"/desk/cases/{case.number}"), "list": await _median(desk, "/desk/cases")}
    found["search"] = max([await _median(desk, f"/desk/cases?{one}") for one in SEARCHES])
    await desk.http.aclose()
    await world.database.close()
    return found


async def _median(desk: Desk, address: str) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        await desk.sees(address)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", action="store_true")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    if asked.seed:
        asked.folder.mkdir(parents=True)
        seed(asked.folder)
        return 0
    with tempfile.TemporaryDirectory() as empty:
        small = asyncio.run(measured(Path(empty)))
        copied = Path(empty) / "full"
        shutil.copytree(asked.folder, copied)
        full = asyncio.run(measured(copied))
    ratio = full["case page"] / small["case page"]
    for name, seconds in full.items():
        print(f"{name:10} {seconds * 1000:7.1f} ms full, {small[name] * 1000:7.1f} ms empty, goal {GOALS[name] * 1000:.0f}")
    print(f"ratio of the case page {ratio:.2f}, goal {RATIO}")
    good = ratio <= RATIO and all(full[name] < goal for name, goal in GOALS.items())
    return 0 if good or not asked.check else 1


if __name__ == "__main__":
    sys.exit(main())
