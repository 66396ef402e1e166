"""The kill loop: people answer, talk and send files; programs are killed at random moments; a ledger outside them says what must be there.

    python -m tests.endurance                 # 500 kills, about an hour
    python -m tests.endurance --kills 40      # so many for each of the four ways

The ledger: every answer that the bot took up by asking on, every word and every file that was given to Telegram. In the end each must
have arrived, in its order; twice only what a kill left in doubt, and each kill leaves one at most. What lies on the disk in the end is
looked at in tests/endurance/left.py.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import os
import random
import re
import signal
import socket
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flows.response import QuestionnaireResponse
from storage import chats, responses
from storage.database import Database
from storage.sealed.keyring import Keyring
from storage.transaction import Transaction
from tests.endurance.left import Left, look, sample
from tests.endurance.telegram import Call, Telegram
from tests.made_files import pdf
from tests.one_intake import INTAKE

ROOT = Path(__file__).parents[2]
TOKENS = {"PATIENT_TOKEN": "1001:ENDURANCE-aaaaaaaaaaaaaaaaaaaa", "DESK_TOKEN": "1002:ENDURANCE-bbbbbbbbbbbbbbbbbbbb"}
GROUP, CARLA = -1002000000001, 7101
FIRST = 50_000  # people's numbers begin here
SPEECH = (0.2, 0.8)  # seconds between two messages of one person at the desk, whose group takes one after the other
PATIENCE = 180.0  # seconds after which what did not come is lost; a busy machine spends most of them on starts
DOUBT = 1.0  # seconds within which a message is written down as sent, also on a busy machine
SHORTEN = 6.0  # another program takes over after 8/6 seconds here; the time itself has a test of its own
TALK = INTAKE[:7]
ISOLATES = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069"))


class Lost(AssertionError):
    """Something that a person gave did not arrive."""


@dataclass(kw_only=True)
class Programs:
    """As many as there are addresses, forked from one nursery; each is killed and started again."""

    folder: Path
    settings: dict[str, str]
    ports: list[int]
    shorten: float
    nursery: Any = None
    running: list[int] = field(default_factory=list)

    async def open(self) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CARELINE_")}
        self.nursery = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.endurance.nursery"),
            cwd=ROOT,
            env=clean | {"TMPDIR": str(self.folder / "tmp")},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert await self.nursery.stdout.readline() == b"ready\n"
        for number in range(len(self.ports)):
            self.running.append(await self._start(number))

    async def close(self) -> None:
        for pid in self.running:
            _signal(pid, signal.SIGTERM)
        for pid in self.running:
            await _gone(pid, 15)
        self.nursery.stdin.close()
        await self.nursery.wait()

    async def kill(self, number: int) -> None:
        """As a power cut does it; and another one in its place."""
        _signal(self.running[number], signal.SIGKILL)
        await _gone(self.running[number], 15)
        self.running[number] = await self._start(number)

    async def _start(self, number: int) -> int:
        settings = self.settings | {"PORT": str(self.ports[number]), "DATA_DIR": str(self.folder / "data")}
        order = {"start": {f"CARELINE_{name}": value for name, value in settings.items()}, "folder": str(self.folder)}
        self.nursery.stdin.write(json.dumps(order | {"shorten": self.shorten}).encode() + b"\n")
        return int(await self.nursery.stdout.readline())

    def freeze(self, number: int) -> None:
        _signal(self.running[number], signal.SIGSTOP)

    def thaw(self, number: int) -> None:
        _signal(self.running[number], signal.SIGCONT)

    async def ready(self, number: int) -> None:
        """It listens, or it has ended, which is an error."""
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.ports[number])
            except OSError:
                if not _alive(self.running[number]):
                    raise Lost(f"the program does not start:\n{(self.folder / 'log.jsonl').read_text()[-2000:]}") from None
                await asyncio.sleep(0.01)
            else:
                return writer.close()


@dataclass(kw_only=True)
class Patient:
    """Somebody who answers the questions. `given`: what this person said so far, in order."""

    telegram: Telegram
    number: int
    given: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # each question as it stood when it was answered

    async def answers(self, script: Sequence[str], expected: Sequence[str] = ()) -> None:
        """Each answer when its question stands there: any other one than before, or the one that is expected.

        After a kill a question may come again, below the one that was answered already: people answer the one that they await.
        """
        self.telegram.message(1001, self.number, text="/start")
        for place, said in enumerate(script):
            shown = await self._stands(place, expected)
            data = next((one["callback_data"] for one in buttons(shown) if fits(one["text"], said)), None)
            self.given.append(said)
            if data:
                self.telegram.press(self.number, shown, data)
            else:
                self.telegram.message(1001, self.number, text=said)
        await self._stands(len(script), expected)

    async def _stands(self, place: int, expected: Sequence[str]) -> Call:
        """The question to be answered next, once it stands there."""
        before = self.asked[-1] if self.asked else ""

        def wanted() -> Call | None:
            shown = [call for call in reversed(self.telegram.screens[self.number].values()) if buttons(call)]
            fitting = (call for call in shown if not expected or face(call) == expected[place])
            found = next(fitting, None)
            return found if found and face(found) != before else None

        if not await self.telegram.until(wanted, PATIENCE):
            seen = [face(call)[:200] for call in self.telegram.screens[self.number].values()][-3:]
            raise Lost(f"{self.number} said {self.given[-3:]}, awaits {expected[place : place + 1]}, sees {seen}")
        found = wanted()
        assert found
        self.asked.append(face(found))
        return found

    def heard(self) -> dict[str, list[Call]]:
        """The messages that came, by what they look like."""
        by_face = defaultdict(list)
        for call in self.telegram.sent[self.number]:
            by_face[face(call)].append(call)
        return by_face

    def twice(self, model: Patient) -> list[Call]:
        """What came more often than to somebody whom nothing disturbed, as it came before."""
        wanted = model.heard()
        return [call for one, calls in self.heard().items() for call in calls[max(1, len(wanted[one])) - 1 : -1]]


@dataclass(kw_only=True)
class Talker:
    """Somebody whose words and files go to the desk, and who is answered from there."""

    telegram: Telegram
    number: int
    thread: int = 0
    said: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)  # SHA-256 of files

    async def opens(self, faces: Sequence[str]) -> None:
        """A case with a topic of its own."""
        await Patient(telegram=self.telegram, number=self.number).answers(TALK, faces)
        self.telegram.message(1001, self.number, text="/human")
        self.says()
        if not await self.telegram.until(lambda: self.relayed(self.said[0]), PATIENCE):
            raise Lost(f"the first words of {self.number} never come to the desk")
        self.thread = int(self.relayed(self.said[0])[0].params["message_thread_id"])

    def says(self) -> None:
        self.said.append(f"said {self.number}.{len(self.said)} end")
        self.telegram.message(1001, self.number, text=self.said[-1])

    def is_told(self) -> None:
        self.told.append(f"told {self.number}.{len(self.told)} end")
        where = {"chat": {"id": GROUP, "type": "supergroup", "title": "Desk", "is_forum": True}, "is_topic_message": True}
        self.telegram.message(1002, CARLA, **where, message_thread_id=self.thread, text=f"/r {self.told[-1]}")

    def sends(self, chance: random.Random) -> None:
        data = pdf(1, chance.randbytes(10_000))
        name = f"file{self.number}x{len(self.sent)}"
        self.telegram.files[name] = data
        self.sent.append(hashlib.sha256(data).hexdigest())
        described = {
            "file_id": name,
            "file_unique_id": name,
            "file_name": f"letter{self.number}x{len(self.sent)}.pdf",
            "mime_type": "application/pdf",
        }
        self.telegram.message(1001, self.number, document=described | {"file_size": len(data)})

    def relayed(self, token: str) -> list[Call]:
        return self.telegram.by_token[token]

    def missing(self) -> list[str]:
        files = [f"a file of {self.number}" for one in self.sent if not self.telegram.by_token[one]]
        return [token for token in (*self.said, *self.told) if not self.telegram.by_token[token]] + files

    def twice(self) -> list[Call]:
        """What came again, as it came before."""
        return [call for token in (*self.said, *self.told, *self.sent) for call in self.telegram.by_token[token][:-1]]

    def disorder(self) -> list[str]:
        """Tokens that came before the one said before them."""
        wrong = []
        for tokens in (self.said, self.told):
            firsts = [self.telegram.by_token[token][0].order for token in tokens]
            wrong += [token for token, one, next_ in zip(tokens, firsts, firsts[1:], strict=False) if one > next_]
        return wrong


@dataclass(kw_only=True)
class Ledger:
    """What one run came to."""

    kills: int = 0
    answers: int = 0
    talked: int = 0
    files: int = 0
    duplicates: int = 0
    worst: int = 0  # duplicates of one kill
    unprovoked: int = 0  # duplicates that no kill explains
    seconds: float = 0.0
    left: Left | None = None


@dataclass(kw_only=True)
class Run:
    """One of the four ways. `url`: of a PostgreSQL database, with two programs; empty: SQLite, with one."""

    folder: Path
    mode: str
    url: str = ""
    kills: int = 25
    seed: int = 1
    people: int = 3
    talkers: int = 2
    shorten: float = SHORTEN
    calm: float = 0.9  # seconds at most from a start to the next kill
    places: Sequence[Path] = ()  # what else is to be looked at for plain words
    ledger: Ledger = field(default_factory=Ledger)
    ends: list[float] = field(default_factory=list)  # when a program was killed

    async def play(self) -> Ledger:
        """Raises Lost."""
        began = time.monotonic()
        self.chance = random.Random(self.seed)
        for name in ("data", "tmp"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        ports = [free_port() for _ in range(2 if self.url else 1)]
        self.telegram = Telegram(group=GROUP)
        await self.telegram.open()
        self.programs = Programs(folder=self.folder, settings=self._settings(ports), ports=ports, shorten=self.shorten)
        try:
            await self.programs.open()
            await self._under_fire()
        finally:
            await self.programs.close()
            await self.telegram.close()
        self.ledger.left = await self._look()
        self.ledger.seconds = round(time.monotonic() - began, 1)
        return self.ledger

    async def _look(self) -> Left:
        data, given = self.folder / "data", self.telegram.files.values()
        sent = {hashlib.sha256(one).hexdigest() for one in given}
        return await look(
            data, self.url or f"sqlite:///{data / 'careline.db'}", sent, sample(self.chance, given), [self.folder, *self.places]
        )

    def _settings(self, ports: list[int]) -> dict[str, str]:
        if self.mode == "webhook":
            self.telegram.hooks = [f"http://127.0.0.1:{port}" for port in ports]
        return TOKENS | {
            "BOT_API_URL": self.telegram.url,
            "MODE": self.mode,
            "PUBLIC_URL": f"http://127.0.0.1:{ports[0]}",
            "DATABASE_URL": self.url,
            "DESK_CHAT_ID": str(GROUP),
            "COORDINATORS": str(CARLA),
            "UNDO_SECONDS": "0",
        }

    async def _under_fire(self) -> None:
        for number in range(len(self.programs.ports)):
            await self.programs.ready(number)
        model = Patient(telegram=self.telegram, number=FIRST)
        await model.answers(INTAKE)
        self.stop = asyncio.Event()
        talkers = [Talker(telegram=self.telegram, number=FIRST + 1 + number) for number in range(self.talkers)]
        for one in talkers:
            await one.opens(model.asked)
        self.done: list[Patient] = []
        lives = [asyncio.create_task(self._answer_on(number, model.asked)) for number in range(self.people)]
        lives += [asyncio.create_task(self._talk_on(one)) for one in talkers]
        await self._disturb(lives)
        self.stop.set()
        await asyncio.gather(*lives)
        await self._reckon(model, talkers)

    async def _disturb(self, lives: list[asyncio.Task[None]]) -> None:
        """Kills, each at a random moment after the start of the program before."""
        while self.ledger.kills < self.kills:
            await asyncio.sleep(self.chance.uniform(0.05, self.calm))
            for one in lives:
                if one.done():
                    one.result()
            number = self.chance.randrange(len(self.programs.ports))
            self.ends.append(time.time())
            await self.programs.kill(number)
            self.ledger.kills += 1
            await self.programs.ready(number)

    async def _answer_on(self, line: int, faces: Sequence[str]) -> None:
        for turn in itertools.count():
            if self.stop.is_set():
                return
            patient = Patient(telegram=self.telegram, number=FIRST + 1000 * (line + 1) + turn)
            self.done.append(patient)
            await patient.answers(INTAKE, faces)

    async def _talk_on(self, one: Talker) -> None:
        while not self.stop.is_set():
            await asyncio.sleep(self.chance.uniform(*SPEECH))
            self.chance.choice([one.says, one.says, one.is_told, lambda: one.sends(self.chance)])()

    async def _reckon(self, model: Patient, talkers: list[Talker]) -> None:
        """Everything arrived, in order; each answer is in the store as it was given; and so much came twice."""
        while left := [token for one in talkers for token in one.missing()]:
            fewer = len(left)
            if not await self.telegram.until(lambda most=fewer: sum(len(one.missing()) for one in talkers) < most, PATIENCE):
                raise Lost(f"never came: {left[:5]}")
        if wrong := [token for one in talkers for token in one.disorder()]:
            raise Lost(f"out of order: {wrong[:5]}")
        await asyncio.sleep(1.0)  # whatever is sent once more would come now
        self.ledger.answers = sum(len(one.given) for one in self.done)
        self.ledger.talked = sum(len(one.said) + len(one.told) for one in talkers)
        self.ledger.files = sum(len(one.sent) for one in talkers)
        self._blame(
            [call for one in talkers for call in one.twice()] + [call for one in self.done for call in one.twice(model)]
        )
        await self._compare(model)

    def _blame(self, doubled: Sequence[Call]) -> None:
        """Each on the kill nearest to its first arrival: before it, or just after, when Telegram still had the call in its hands."""
        kills = [min(self.ends, key=lambda end, at=call.at: abs(end - at), default=0.0) for call in doubled]
        explained = [end for end, call in zip(kills, doubled, strict=True) if abs(end - call.at) < DOUBT]
        self.ledger.duplicates = len(doubled)
        self.ledger.unprovoked = len(doubled) - len(explained)
        self.ledger.worst = max(Counter(explained).values(), default=0)

    async def _compare(self, model: Patient) -> None:
        """The answers in the store are those of somebody whom nothing disturbed."""
        keys = Keyring.open(self.folder / "data" / "careline.key")
        database = Database.open(self.url or f"sqlite:///{self.folder / 'data' / 'careline.db'}", keys=keys)
        wanted = await database.read(lambda tx: stored(tx, model.number))
        for one in self.done:
            kept = await database.read(lambda tx, number=one.number: stored(tx, number))  # type: ignore[misc]
            if kept != wanted:
                raise Lost(f"the store has other answers of {one.number}: {kept} instead of {wanted}")
        await database.close()


def stored(tx: Transaction, person: int) -> dict[str, str]:
    chat = chats.of_telegram(tx, person)
    found = responses.current(tx, chat.id) if chat else None
    body = QuestionnaireResponse.loads(found.body) if found else None
    return {key: repr(values) for key, values in body.answers.items()} if body else {}


def face(call: Call) -> str:
    """A question with its buttons, as it stands there."""
    return f"{words(call)} {[one['text'] for one in buttons(call)]}"


def words(call: Call) -> str:
    return re.sub(r"<[^>]+>", "", str(call.params.get("text") or "")).translate(ISOLATES)


def buttons(call: Call) -> list[dict[str, Any]]:
    rows = (call.params.get("reply_markup") or {}).get("inline_keyboard", [])
    return [one for row in rows for one in row if "callback_data" in one]


def fits(text: str, label: str) -> bool:
    return bool(re.match(rf"{re.escape(label)}\b|{re.escape(label)}$", text.translate(ISOLATES)))


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def _gone(pid: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while _alive(pid):
        if time.monotonic() > end:
            raise Lost(f"the program {pid} does not end")
        await asyncio.sleep(0.005)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
