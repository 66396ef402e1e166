"""What one step costs the whole program: an update in, a turn, durable on the disk, its messages out. CPU time, all threads.

    python -m tests.benchmarks.steps [--chats 100] [--seconds 5] [--stored 1000000] [--check] [--postgres]

Everything is real but Telegram, which is a function here, so the figure leaves out HTTP: tgbench/README.md measures with it, from
outside. `--stored` measures again with so many cases and planned reminders in the store; `--check` fails when a step then costs more than
1.2 times as much. `--postgres` measures beside it on a PostgreSQL server of its own, whose CPU time is told apart.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import logging
import os
import random
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvloop
from sqlalchemy import text

from bot.app import Careline, build
from bot.clock import Clock
from bot.program import logs, memory
from bot.settings import Settings
from storage.transaction import Transaction
from tests.storage.server import Server

HERE = Path(__file__).parent
RULES = json.loads((HERE / "tgbench" / "intake.json").read_text())
MOST = 1.2  # how many times as much a step may cost with a full store
FIRST = 1_000_000_000  # chats that are measured; those that only lie there have smaller numbers
FILL = (
    """INSERT INTO chats (id, telegram_id, language, talking, state, reminders_on, last_heard_at, created_at)
       SELECT i, i, 'en', 0, 'open', 1, :now, :now FROM n""",
    """INSERT INTO responses (id, chat_id, number, questionnaire, revision, status, body, created_at, updated_at)
       SELECT 'r' || i, i, 1, 'q', 9, 'completed', zeroblob(200), :now, :now FROM n""",
    """INSERT INTO cases (number, chat_id, stage, urgency, reasons, opened_at)
       SELECT 'CL-' || i, i, 'new', 'routine', 'complete', :now FROM n""",
    """INSERT INTO reminders (chat_id, kind, subject, occurrence, due_at, state, created_at)
       SELECT i, 'record-missing', 'pathology', 0, :later, 'planned', :now FROM n""",
)
SERVER: Server | None = None
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) "


@dataclass(frozen=True, kw_only=True)
class Cost:
    """CPU milliseconds a step of the program and of the database server, if it has one; steps a second."""

    program: float
    server: float
    pace: float


async def _end(work: asyncio.Task[None]) -> None:
    work.cancel()
    await asyncio.gather(work, return_exceptions=True)


def server_seconds() -> float:
    """CPU time of the PostgreSQL processes that belong to the server started here."""
    if SERVER is None:
        return 0.0
    parent = (SERVER.folder / "data" / "postmaster.pid").read_text().split()[0]
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            values = stat.read_text().rpartition(")")[2].split()
            if parent in (values[1], stat.parent.name):
                ticks += sum(map(int, values[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


class Telegram:
    """The connection of the bot: every call succeeds at once, and wakes the person whose chat it is."""

    def __init__(self) -> None:
        self.ids = itertools.count(1)
        self.people: dict[int, Person] = {}

    async def call(self, method: str, params: Any, files: object = None) -> Any:
        del files
        if method == "answerCallbackQuery":
            return True
        number = next(self.ids) if method.startswith("send") else params.get("message_id")
        self.people[params["chat_id"]].sees(number, params)
        return {"message_id": number}


@dataclass(kw_only=True)
class Person:
    """Answers what is asked, by the rules of the intake that tgbench walks through."""

    chat: int
    chance: random.Random
    shown: dict[str, Any] = field(default_factory=dict)
    message: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    def sees(self, message: int, params: dict[str, Any]) -> None:
        self.ended |= bool(re.search(RULES["end"], params.get("text", "")))
        if "reply_markup" in params or self.ended:
            self.shown, self.message = params, message
            self.asked.set()

    def answer(self, update_id: int) -> dict[str, Any]:
        if not self.shown:
            return self._says(update_id, RULES["start"])
        for rule in RULES["answers"]:
            if rule.get("typed") and re.search(rule["match"], self.shown["text"]) and self.chance.random() < 0.8:
                return self._says(update_id, self.chance.choice(rule["texts"]))
        keys = [key for row in self.shown["reply_markup"]["inline_keyboard"] for key in row if "callback_data" in key]
        return self._taps(update_id, self.chance.choices(keys, [_weight(key["text"]) for key in keys])[0]["callback_data"])

    @property
    def _from(self) -> dict[str, Any]:
        return {"id": self.chat, "is_bot": False, "first_name": "Pat", "language_code": "en"}

    def _says(self, update_id: int, said: str) -> dict[str, Any]:
        chat = {"id": self.chat, "type": "private", "first_name": "Pat"}
        message = {"message_id": 10**9 + update_id, "from": self._from, "chat": chat, "date": 1790000000, "text": said}
        return {"update_id": update_id, "message": message}

    def _taps(self, update_id: int, data: str) -> dict[str, Any]:
        chat = {"id": self.chat, "type": "private", "first_name": "Pat"}
        shown = {"message_id": self.message, "chat": chat, "date": 1790000000, "text": self.shown["text"]}
        query = {"id": str(update_id), "from": self._from, "message": shown, "chat_instance": "1", "data": data}
        return {"update_id": update_id, "callback_query": query}


def _weight(label: str) -> float:
    return next((rule["weight"] for rule in RULES["buttons"] if re.search(rule["match"], label)), 1.0)


class Bench:
    """One program on one data folder, and a crowd in a closed loop."""

    def __init__(self, program: Careline, chats: int) -> None:
        self.program, self.chats = program, chats
        self.telegram = Telegram()
        program.patient.delivery.channel = self.telegram  # type: ignore[assignment]
        self.updates = itertools.count(1)
        self.numbers = itertools.count(FIRST)
        self.steps = 0

    async def run(self, seconds: float, *, warm: float = 1.0) -> Cost:
        delivering = self._deliver()
        ends = asyncio.Event()
        crowd = [asyncio.create_task(self._live(ends)) for _ in range(self.chats)]
        await asyncio.sleep(warm)
        steps, cpu, server, began = self.steps, time.process_time(), server_seconds(), time.monotonic()
        await asyncio.sleep(seconds)
        done, took = max(1, self.steps - steps), time.monotonic() - began
        cost = Cost(
            program=(time.process_time() - cpu) / done * 1000,
            server=(server_seconds() - server) / done * 1000,
            pace=done / took,
        )
        ends.set()
        await asyncio.gather(*crowd)
        await self.program.patient.receiving.drain()
        await self.program.patient.delivery.drain()
        await _end(delivering)
        return cost

    async def until_somebody_ends(self) -> int:
        """One person from the first word to the last answer; how many steps that took."""
        delivering = self._deliver()
        await self._talk(asyncio.Event())
        await self.program.patient.receiving.drain()
        await self.program.patient.delivery.drain()
        await _end(delivering)
        return self.steps

    def _deliver(self) -> asyncio.Task[None]:
        return asyncio.create_task(self.program.patient.sending.keep(self.program.patient.delivery.run))

    async def _live(self, ends: asyncio.Event) -> None:
        while not ends.is_set():
            await self._talk(ends)

    async def _talk(self, ends: asyncio.Event) -> None:
        chat = next(self.numbers)
        person = self.telegram.people[chat] = Person(chat=chat, chance=random.Random(chat))
        while not (person.ended or ends.is_set()):
            person.asked.clear()
            await self.program.patient.receiving.accept([person.answer(next(self.updates))])
            await asyncio.wait_for(person.asked.wait(), 30)
            self.steps += 1


def fill(tx: Transaction, count: int) -> None:
    """So many cases with a chat, a response and a planned reminder each."""
    for statement in FILL:
        where = statement.index("SELECT")
        tx.execute(
            text(statement[:where] + NUMBERS + statement[where:]),
            {"count": count, "now": "2026-01-01 00:00:00.000000", "later": "2099-01-01 00:00:00.000000"},
        )


async def measure(folder: Path, chats: int, seconds: float, stored: int, url: str = "") -> Cost:
    settings = Settings(
        _env_file=None,
        data_dir=folder,
        patient_token="42:TEST",
        desk_token="43:DESK",
        pace="off",
        desk_chat_id=-1001,
        database_url=url,
    )
    program = await build(settings, Clock())
    if stored:
        await program.database.transact(lambda tx: fill(tx, stored))
    await program.patient_feed.load()  # as some seconds after a start
    memory.at_rest()
    try:
        return await Bench(program, chats).run(seconds)
    finally:
        await program.database.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chats", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--stored", type=int, default=0)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    arguments = parser.parse_args()
    logs.configure("ERROR")
    logging.disable(logging.INFO)
    if arguments.postgres:
        measure_on_server(arguments)
    costs = [_measured(arguments, stored).program for stored in ((0, arguments.stored) if arguments.stored else (0,))]
    return 1 if arguments.check and costs[-1] > MOST * costs[0] else 0


def measure_on_server(arguments: argparse.Namespace) -> None:
    global SERVER  # noqa: PLW0603 - its processes are found by it
    SERVER = Server.start(durable=True)
    try:
        SERVER.create("steps")
        _measured(arguments, 0, SERVER.url("steps"))
    finally:
        SERVER.stop()
        SERVER = None


def _measured(arguments: argparse.Namespace, stored: int, url: str = "") -> Cost:
    on_uvloop = asyncio.Runner(loop_factory=uvloop.new_event_loop)  # as the program runs
    with tempfile.TemporaryDirectory() as folder, on_uvloop as runner:
        cost = runner.run(measure(Path(folder), arguments.chats, arguments.seconds, stored, url))
    where = "PostgreSQL" if url else "SQLite"
    print(
        f"{where:>10}, {stored} stored cases: {cost.program:.3f} ms CPU a step"
        f"{f' + {cost.server:.3f} ms of the server' if url else ''}, {cost.pace:.0f} steps/s"
    )
    return cost


if __name__ == "__main__":
    sys.exit(main())
