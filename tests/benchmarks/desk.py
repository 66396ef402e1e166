"""The desk's pages with 100,000 cases and a million messages stored, beside the same pages of an empty store.

    python -m tests.benchmarks.desk --seed FOLDER           # fills a store once; a few minutes
    python -m tests.benchmarks.desk FOLDER                  # the figures
    python -m tests.benchmarks.desk FOLDER --check          # and failure below the goals
    python -m tests.benchmarks.desk --postgres              # the same on a PostgreSQL server of its own, filled for this run

The same case is made in both stores by the same conversation. What is measured is the whole request in this process: door, roster, reading,
audit line with its commit, template. On SQLite, as it runs by default, or on PostgreSQL with commits that wait for the disk.
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
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg

from bot.rounds.tallying import LOOKED_BACK, Tallying
from flows.response import QuestionnaireResponse, Values
from tests import template
from tests.bot.desk_world import World
from tests.bot.web_desk import Desk
from tests.storage.server import Server, migrate

CASES, EACH = 100_000, 10
AT = object()  # stands for the time of a row
ROUNDS = 40
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
GOALS = {"case page": 0.2, "search": 0.3, "list": 0.3}
RATIO = 1.5
STAGES, URGENCIES = ("inquiry", "records", "review", "inquiry"), ("routine", "soon", "routine", "urgent")
SEARCHES = (
    "number=CL-7",
    "stage=records",
    "urgency=soon&holder=7102",
    "view=flagged",
    "view=unclaimed&sort=newest",
    "view=closed",
    "view=waiting",
    "view=waiting&holder=7102",
)


def number(n: int) -> str:
    digits = ""
    for _ in range(5):
        n, rest = divmod(n * 7 + 3, 31) if not digits else divmod(n, 31)
        digits += LETTERS[rest]
    return f"CL-{digits}"


Put = Callable[[str, list[dict[str, object]]], None]


def seed(folder: Path) -> None:
    """Into a new file."""
    world = World(folder)
    asyncio.run(world.database.close())
    file = sqlite3.connect(folder / "careline.db")
    file.execute("PRAGMA synchronous=OFF")

    def put(table: str, rows: list[dict[str, object]]) -> None:
        names, places = ", ".join(rows[0]), ", ".join(f":{name}" for name in rows[0])
        file.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)

    fill(world, put, lambda at: at.replace(tzinfo=None).isoformat(" ", "microseconds"))
    file.execute("ANALYZE")
    file.commit()
    file.close()


def seed_server(server: Server, name: str) -> None:
    """Into a database that was just made."""
    world = World(Path(tempfile.mkdtemp()), url=server.url(name))
    asyncio.run(world.database.close())
    with psycopg.connect(server.url(name), autocommit=True) as connection:

        def put(table: str, rows: list[dict[str, object]]) -> None:
            names = ", ".join(rows[0])
            with connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(tuple(row.values()))

        fill(world, put, lambda at: at)
        for table in ("chats", "cases", "case_messages"):
            connection.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
        connection.execute("VACUUM ANALYZE")


def fill(world: World, put: Put, written: Callable[[datetime], object]) -> None:
    """Chats, cases, responses and messages as the program writes them; every text and response is sealed."""
    began = world.now - timedelta(days=700)
    for start in range(0, CASES, 5_000):
        numbers = range(start + 1, start + 5_001)
        for table, made in (("chats", _chat), ("cases", _case)):
            put(table, [_row(made(n), written(_at(n, began))) for n in numbers])
        put("responses", [_row(_response(world, n), written(_at(n, began))) for n in numbers])
        put("case_messages", [_row(line, written(_at(n, began))) for n in numbers for line in _lines(world, n)])


def _row(values: dict[str, object], at: object) -> dict[str, object]:
    return {name: at if value is AT else value for name, value in values.items()}


def _at(n: int, began: datetime) -> datetime:
    return began + timedelta(minutes=10 * n)


def _chat(n: int) -> dict[str, object]:
    language = ("en", "ru", "ar")[n % 3]
    state = {"talking": False, "state": "open", "reminders_on": True}
    return {"id": n, "telegram_id": 1_000_000 + n, "language": language, **state, "last_heard_at": AT, "created_at": AT}


def _response(world: World, n: int) -> dict[str, object]:
    """A few coded answers; every second one is finished."""
    form, id_ = world.house.definition.questionnaire, f"00000000-0000-4000-8000-{n:012}"
    answers: dict[str, Values] = dict.fromkeys(("keep", "share", "reminders"), (True,)) | {
        "age": (20 + n % 60,),
        "lines": (n % 5,),
    }
    status = "completed" if n % 2 else "in-progress"
    made = QuestionnaireResponse(
        id=id_, questionnaire=f"{form.url}|{form.version}", status=status, answers=answers, authored=world.now
    )  # type: ignore[arg-type]
    body = world.keys.seal(made.dumps().encode(), f"responses.body:{id_}")
    known = {"id": id_, "chat_id": n, "number": 1, "questionnaire": made.questionnaire, "revision": 5, "status": status}
    return {**known, "body": body, "created_at": AT, "updated_at": AT}


def _case(n: int) -> dict[str, object]:
    closed = n % 10 >= 3  # of ten, three are open
    return {
        "id": n,
        "number": number(n),
        "chat_id": n,
        "stage": "closed" if closed else STAGES[n % 4],
        "urgency": URGENCIES[n // 10 % 4],
        "reasons": "",
        "holder": None if n % 50 == 0 else 7101 + n % 7,
        "opened_at": AT,
        "closed_at": AT if closed else None,
        "red_flag_at": AT if n % 100 == 0 else None,
    }


def _lines(world: World, n: int) -> Iterator[dict[str, object]]:
    for line in range(EACH):
        direction = ("in", "out")[line % 2]
        body = world.keys.seal(b"Good morning, is there any news about the scan of last week?", f"case_messages.body:{n}")
        author = 1_000_000 + n if direction == "in" else 7101
        yield {"case_id": n, "direction": direction, "author": author, "body": body, "at": AT}


async def measured(world: World) -> dict[str, float]:
    """Median seconds of each page. Raises AssertionError where a page does not come."""
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
    tallying = Tallying(database=world.database, house=world.house)
    behind = await tallying.catch_up(world.now - LOOKED_BACK, most=0)
    began = time.perf_counter()
    await tallying.run()
    print(f"counting {behind} responses for the figures the first time: {time.perf_counter() - began:.1f} s")
    found = {"case page": await _median(desk, f"/desk/cases/{case.number}"), "list": await _median(desk, "/desk/cases")}
    found["timeline"] = await _median(desk, f"/desk/cases/{case.number}/timeline")
    found["figures"] = await _median(desk, "/desk/figures?days=365", rounds=7)
    each = {one: await _median(desk, f"/desk/cases?{one}", rounds=11) for one in SEARCHES}
    print(", ".join(f"{one} {seconds * 1000:.0f} ms" for one, seconds in each.items()))
    found["search"] = max(each.values())
    await desk.http.aclose()
    await world.database.close()
    return found


async def _median(desk: Desk, address: str, *, rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        await desk.sees(address)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def on_files(folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    with tempfile.TemporaryDirectory() as empty:
        small = asyncio.run(measured(World(Path(empty))))
        copied = Path(empty) / "full"
        shutil.copytree(folder, copied)
        return small, asyncio.run(measured(World(copied, url=f"sqlite:///{copied / 'careline.db'}")))


def on_server() -> tuple[dict[str, float], dict[str, float]]:
    keys, server = template.keys(), Server.start(durable=True)
    try:
        for name in ("empty", "full"):
            server.create(name)
            migrate(server.url(name), keys)
        began = time.perf_counter()
        seed_server(server, "full")
        print(f"filling took {time.perf_counter() - began:.0f} s")
        small, full = (
            asyncio.run(measured(World(Path(tempfile.mkdtemp()), url=server.url(name)))) for name in ("empty", "full")
        )
        return small, full
    finally:
        server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--seed", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    if asked.seed:
        asked.folder.mkdir(parents=True)
        seed(asked.folder)
        return 0
    small, full = on_server() if asked.postgres else on_files(asked.folder)
    ratio = full["case page"] / small["case page"]
    for name, seconds in full.items():
        goal = f", goal {GOALS[name] * 1000:.0f}" if name in GOALS else ""
        print(f"{name:10} {seconds * 1000:7.1f} ms full, {small[name] * 1000:7.1f} ms empty{goal}")
    print(f"ratio of the case page {ratio:.2f}, goal {RATIO}")
    good = ratio <= RATIO and all(full[name] < goal for name, goal in GOALS.items())
    return 0 if good or not asked.check else 1


if __name__ == "__main__":
    sys.exit(main())
