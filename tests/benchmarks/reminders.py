"""Ten thousand reminders due within one minute, through the whole program, while twenty people type.

    python -m tests.benchmarks.reminders                    # the figures; seven minutes
    python -m tests.benchmarks.reminders --count 500        # a shorter look
    python -m tests.benchmarks.reminders --kills 5          # killed five times meanwhile
    python -m tests.benchmarks.reminders --check            # and failure below the goals
    python -m tests.benchmarks.job_store --count 500        # the same given to APScheduler's own store

Three processes, as in life: the stand-in for Telegram with its limits on (30 a second per bot, one a second per chat), the program as
`python -m bot run` starts it, and this one, which fills the store, types, and counts what the stand-in was asked to send.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from flows.response import QuestionnaireResponse
from storage import chats, consents, reminders, responses
from storage.database import Database
from storage.sealed.keyring import Keyring
from storage.transaction import Transaction
from tests.stages import SeamStage
from tests.steps import Play

ROOT = Path(__file__).parents[2]
PATIENT, DESK = "1001:SANDBOX-patient-benchmark", "1002:SANDBOX-desk-benchmark"
CARLA, GROUP = 7101, -1002000000001
FIRST, FIRST_TYPIST = 100_000, 900_000
TYPISTS = 20
PAUSE = (4.0, 8.0)  # seconds between two messages of one person
WINDOW = 60.0  # seconds within which all reminders become due
LEAD = 25.0  # seconds from the start of the program to the first one
GIVE_UP = 660.0
SAID = "Your answers are saved"
WAITING = ("seconds", "p50", "p99", "longest")
GOALS = {"seconds": 420.0, "rate": 30, "p50": 0.5, "p99": 2.0, "longest": 5.0}
STAND_IN = """
import asyncio, json, sys
from collections import deque
from dataclasses import replace
from bot.sandbox import Sandbox
patient, desk, carla, group, first, count, typist, typists, out = json.loads(sys.argv[1])
sandbox = Sandbox()
sandbox.state.calls = deque()
sandbox.add_bot(patient, "careline_intake_bot", "Careline")
sandbox.add_bot(desk, "careline_desk_bot", "Careline desk")
sandbox.add_person(carla, "Carla", "en", "coordinator")
sandbox.add_forum(group, "Careline desk", [carla], [1002])
for number in (*range(first, first + count), *range(typist, typist + typists)):
    sandbox.add_person(number, f"P{number}")
    sandbox.state.chats[f"{number}:1001"].started = True
sandbox.state.settings.limits = True
async def listen():
    await asyncio.to_thread(sys.stdin.readline)
    calls = [
        (call.at, call.code, call.method, call.params.get("chat_id"), str(call.params.get("text", ""))[:80])
        for call in sandbox.state.calls if call.bot == 1001 and call.method.lower() == "sendmessage"
    ]
    open(out, "w").write(json.dumps(calls))
    print("written", flush=True)
async def main():
    asyncio.create_task(listen())
    await sandbox.serve("127.0.0.1", 0, lambda port: print(port, flush=True))
try:
    import uvloop
    uvloop.run(main())
except ImportError:
    asyncio.run(main())
"""


# ---- the store before the minute


def begun(folder: Path) -> QuestionnaireResponse:
    """The answers of somebody who stopped in the middle, as the program itself wrote them."""
    with asyncio.Runner() as runner:
        stage = SeamStage(folder=folder, loop=runner.get_loop())
        play = Play(stage=stage)
        for line in (
            "Ana starts",
            "Ana taps: English",
            "Ana comes to: May we remind you",
            "Ana taps: Yes",
            "Ana comes to: How old",
        ):
            play.step(line)
        stored = stage.run(stage.database.read(lambda tx: responses.current(tx, 1)))
        stage.stop()
    return QuestionnaireResponse.loads(stored.body)


async def fill(data: Path, answers: QuestionnaireResponse, count: int) -> None:
    database = Database.open(f"sqlite:///{data / 'careline.db'}", keys=Keyring.open(data / "careline.key"))
    database.migrate()
    batch = 500
    for start in range(0, count, batch):
        numbers = range(start, min(start + batch, count))
        await database.transact(lambda tx, numbers=numbers: [person(tx, answers, FIRST + number) for number in numbers])
    await database.close()


def person(tx: Transaction, answers: QuestionnaireResponse, telegram_id: int) -> None:
    chat = chats.lock(tx, telegram_id, hint="en")
    chats.update(tx, chat.id, language="en", zone=day_zone(), last_heard_at=tx.now)
    mine = replace(answers, id=str(uuid.uuid4()))
    responses.save(tx, chat.id, mine.id, mine.questionnaire, mine.revision, mine.status, mine.dumps())
    for consent in ("keep", "reminders"):
        consents.add(tx, chat.id, consent, given=True, text_version="1", text_hash="", language="en")
    reminders.replace(tx, chat.id, [("unfinished-intake", "response", 0, tx.now + timedelta(days=1))])


def schedule(data: Path, start: float) -> None:
    """The reminders become due within a minute from `start` on: everybody was last heard a day before."""
    database = sqlite3.connect(data / "careline.db")
    rows = [row for (row,) in database.execute("SELECT chat_id FROM reminders ORDER BY chat_id")]
    for place, chat in enumerate(rows):
        due = datetime.fromtimestamp(start + WINDOW * place / len(rows), UTC).replace(tzinfo=None)
        database.execute("UPDATE reminders SET due_at = ? WHERE chat_id = ?", (due.isoformat(" "), chat))
        database.execute("UPDATE chats SET last_heard_at = ? WHERE id = ?", ((due - timedelta(days=1)).isoformat(" "), chat))
    database.commit()
    database.close()


def day_zone() -> str:
    """A zone without changes of the clocks in which it is about noon now."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


# ---- the three processes


@contextlib.contextmanager
def stand_in(count: int, out: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    told = json.dumps([PATIENT, DESK, CARLA, GROUP, FIRST, count, FIRST_TYPIST, TYPISTS, str(out)])
    with subprocess.Popen(
        [sys.executable, "-c", STAND_IN, told], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as program:
        try:
            assert program.stdout
            yield f"http://127.0.0.1:{int(program.stdout.readline())}", program
        finally:
            program.terminate()


@dataclass(kw_only=True)
class Program:
    """`python -m bot run`, which can be killed and started again."""

    url: str
    data: Path
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> Program:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        settings = {
            "PATIENT_TOKEN": PATIENT,
            "DESK_TOKEN": DESK,
            "BOT_API_URL": self.url,
            "DATA_DIR": str(self.data),
            "DESK_CHAT_ID": str(GROUP),
            "COORDINATORS": str(CARLA),
            "PORT": str(port),
            "LOG_LEVEL": "WARNING",
        }
        environment = os.environ | {f"CARELINE_{name}": value for name, value in settings.items()} | {"PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "bot", "run"]
        with (self.data / "log.jsonl").open("a") as log:
            self.running = subprocess.Popen(command, env=environment, cwd=self.data, stdout=log, stderr=log)
        return self

    def kill(self) -> None:
        assert self.running
        self.running.kill()
        self.running.wait()

    def stop(self) -> None:
        assert self.running
        self.running.terminate()
        self.running.wait(30)


# ---- the minute


@dataclass(kw_only=True)
class Typists:
    """`waits`: seconds from a message to the bot's first answer, as the person sees it."""

    url: str
    waits: list[float] = field(default_factory=list)
    unanswered: int = 0

    async def type(self, until: asyncio.Event) -> None:
        async with httpx.AsyncClient(base_url=self.url, timeout=60, limits=httpx.Limits(max_connections=2 * TYPISTS)) as http:
            await asyncio.gather(*(self._one(http, FIRST_TYPIST + number, until) for number in range(TYPISTS)))

    async def _one(self, http: httpx.AsyncClient, number: int, until: asyncio.Event) -> None:
        chat = f"{number}:1001"
        await asyncio.sleep(random.uniform(0, PAUSE[1]))
        while not until.is_set():
            seq = (await http.get("/sandbox/wait", params={"timeout": 0})).json()["seq"]
            began = time.perf_counter()
            await http.post(f"/sandbox/chats/{chat}/messages", json={"text": "/help"})
            if await self._answered(http, chat, seq):
                self.waits.append(time.perf_counter() - began)
            else:
                self.unanswered += 1
            await asyncio.sleep(random.uniform(*PAUSE))

    async def _answered(self, http: httpx.AsyncClient, chat: str, seq: int) -> bool:
        ends = time.monotonic() + 30
        while time.monotonic() < ends:
            params = {"after": seq, "kinds": "message,reset", "chat": chat, "timeout": 5}
            news = (await http.get("/sandbox/wait", params=params)).json()
            seq = news["seq"]
            if any(one.get("message", {}).get("sender", {}).get("kind") == "bot" for one in news["events"]):
                return True
        return False


async def minute(program: Program, count: int, kills: int, start: float) -> Typists:
    """Until all are sent; the program is killed `kills` times, each after as many reminders."""
    typists, done, killed = Typists(url=program.url), asyncio.Event(), 0
    await asyncio.sleep(max(0.0, start - time.time()))
    typing = asyncio.create_task(typists.type(done))
    ends = time.monotonic() + GIVE_UP
    while time.monotonic() < ends and (far := sent(program.data)) < count:
        if killed < kills and far > (killed + 1) * count / (kills + 1):
            killed += 1
            program.kill()
            program.start()
        await asyncio.sleep(1)
    done.set()
    await typing
    return typists


def sent(data: Path) -> int:
    with contextlib.closing(sqlite3.connect(f"file:{data / 'careline.db'}?mode=ro", uri=True, timeout=10)) as database:
        found: int = database.execute("SELECT count(*) FROM outbox WHERE kind = 'reminder' AND state = 'sent'").fetchone()[0]
        return found


# ---- the figures


def figures(calls: list[Any], typists: Typists, count: int, start: float) -> dict[str, float]:
    good = [(at, chat) for at, code, _, chat, text in calls if code == 200 and SAID in text]
    per_chat = Counter(int(chat) for _, chat in good)
    times = sorted(at for at, code, *_ in calls if code == 200)
    waits = sorted(typists.waits)
    return {
        "reminders": count,
        "lost": count - len(per_chat),
        "duplicates": sum(many - 1 for many in per_chat.values()),
        "seconds": round(max((at for at, _ in good), default=start) - start, 1),
        "rate": busiest_second(times),
        "429": sum(code == 429 for _, code, *_ in calls),
        "typed": len(waits),
        "unanswered": typists.unanswered,
        "p50": round(statistics.median(waits), 3) if waits else -1,
        "p99": round(waits[int(len(waits) * 0.99)], 3) if waits else -1,
        "longest": round(waits[-1], 3) if waits else -1,
    }


def busiest_second(times: list[float]) -> int:
    most = first = 0
    for last, at in enumerate(times):
        while times[first] <= at - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most


def missed(found: dict[str, float], kills: int) -> list[str]:
    """With kills only what must hold all the same: people wait while the program starts, and each kill may cost a duplicate."""
    wrong = [name for name in ("lost", "429", "unanswered") if found[name]]
    wrong += ["duplicates"] if found["duplicates"] > kills else []
    return wrong + [name for name, most in GOALS.items() if found[name] > most and not (kills and name in WAITING)]


def measure(count: int, kills: int, folder: Path) -> dict[str, float]:
    data, seam, out = folder / "data", folder / "seam", folder / "calls.json"
    for one in (data, seam):
        one.mkdir()
    asyncio.run(fill(data, begun(seam), count))
    with stand_in(count, out) as (url, server):
        start = time.time() + LEAD
        schedule(data, start)
        program = Program(url=url, data=data).start()
        typists = asyncio.run(minute(program, count, kills, start))
        program.stop()
        assert server.stdin and server.stdout
        server.stdin.write("\n")
        server.stdin.flush()
        server.stdout.readline()
    return figures(json.loads(out.read_text()), typists, count, start)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=0, help="SIGKILLs in the middle of it")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = measure(chosen.count, chosen.kills, Path(folder))
    for name, value in found.items():
        print(f"{name:<12} {value}")
    if chosen.check and (wrong := missed(found, chosen.kills)):
        sys.exit(f"below the goals: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
