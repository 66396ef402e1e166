"""Two stages for the same transcripts: the seam (engine, effects and real SQLite, no network) and both bots over HTTP."""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from copy import copy, deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from bot.arrivals import Arrival, Upload
from bot.buttons import Buttons
from bot.clock import Clock
from bot.conversation import Conversation
from bot.effects.scene import PATIENT, House
from bot.inspection import InMemory, Inspector
from bot.inspection.sniffing import Reason
from bot.wire import Wire
from flows.inputs import Command, Edited, Input, Press, Unsupported, Words
from storage import documents, inbox, outbox, reminders
from storage.database import Database
from storage.records import fetching
from storage.rows import OutboxRow
from storage.transaction import Transaction
from tests import made_files, template
from tests.actors import ISOLATES, NotSeen, World, fits
from tests.loaded import CATALOGUES, DEFINITION
from tests.steps import Play
from tests.template import DATABASE, sqlite_at

GROUP = -1001000000001
TAGS = re.compile(r"<[^>]+>")
NOON = 12  # hour in UTC at which every play begins: day in all three languages' usual zones, so no quiet hours
_ALBUM = timedelta(seconds=2)  # longer than an album is waited for


def until_noon() -> timedelta:
    now = datetime.now(UTC)
    return (now.replace(hour=NOON, minute=0) - now) % timedelta(days=1)


# ---- over HTTP


@dataclass(kw_only=True)
class HttpStage:
    """The whole program in its own process, as `python -m bot sandbox` runs it."""

    folder: Path
    desk: bool = True
    port: int = field(default_factory=lambda: free_port())  # noqa: PLW0108 - defined below
    process: subprocess.Popen[str] | None = None
    world: World = field(init=False)

    def start(self) -> HttpStage:
        command = [sys.executable, "-m", "bot", "sandbox", "--port", str(self.port), "--data", str(self.folder / "data")]
        log = (self.folder / "log.jsonl").open("a")
        at_once = os.environ | {"CARELINE_UNDO_SECONDS": "0"}  # replies that wait to be taken back have tests of their own
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=at_once)
        assert self.process.stdout
        url = self.process.stdout.readline().strip()
        assert url.startswith("http"), (self.folder / "log.jsonl").read_text()[-2000:]
        if not hasattr(self, "world"):
            self.world = World(url=url, database=self.folder / "data" / "careline.db")
        return self

    def at_noon(self) -> HttpStage:
        """The sandbox's clock goes on to the next noon."""
        self.world.later(seconds=until_noon().total_seconds())
        return self

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(15)

    def restart(self) -> None:
        """Killed without warning, and started again."""
        assert self.process
        assert self.world.rest
        self.world.rest.close()
        self.process.kill()
        self.process.wait()
        self.start()

    def patient(self, name: str, language: str) -> Any:
        return self.world.patient(name, language)

    def coordinator(self, name: str) -> Any:
        return self.world.coordinator(name)

    def stranger(self, _: str) -> Any:
        return self.world.stranger("Stranger")

    def later(self, **span: float) -> None:
        self.world.settle()
        self.world.later(**span)
        self.world.settle()

    def file(self, name: str) -> Path:
        return made_files.make(self.folder, name)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


# ---- at the seam


@dataclass(kw_only=True)
class SeamStage:
    """Conversation and storage without Telegram: what is in the outbox is what the patient sees. The desk is not on this stage."""

    folder: Path
    loop: asyncio.AbstractEventLoop
    desk: bool = False
    people: list[SeamPatient] = field(default_factory=list)
    updates: int = 0
    clock: Clock = field(default_factory=lambda: _from_noon())  # noqa: PLW0108 - defined below

    def __post_init__(self) -> None:
        self.keys = template.keys()
        self.buttons = Buttons(self.keys.sign)
        self.house = House(
            definition=DEFINITION,
            catalogues=CATALOGUES,
            wire=Wire(self.buttons),
            desk_chat=GROUP,
            desk_language="en",
            second_thoughts=timedelta(0),
        )
        self.inspector = Inspector()
        self.url = sqlite_at(self.folder) if (self.folder / DATABASE).exists() else template.copy_to(self.folder)
        self._open()

    def _open(self) -> None:
        self.database = Database.open(self.url, keys=self.keys, clock=self.clock.now)
        self.conversation = Conversation(database=self.database, house=self.house, wake=lambda: None)

    def stop(self) -> None:
        self.run(self.database.close())

    def copied(self, folder: Path, loop: asyncio.AbstractEventLoop) -> SeamStage:
        """What happened on this stage, which has stopped, has happened on another one too."""
        shutil.copy(self.folder / DATABASE, folder)
        made = SeamStage(folder=folder, loop=loop, updates=self.updates, clock=copy(self.clock))
        made.people += [
            replace(one, stage=made, shown=deepcopy(one.shown), fresh=[*one.fresh], toasts=[], files={**one.files})
            for one in self.people
        ]
        return made

    def restart(self) -> None:
        self.stop()
        self._open()

    def run(self, work: Any) -> Any:
        return self.loop.run_until_complete(work)

    def patient(self, name: str, language: str) -> SeamPatient:
        person = SeamPatient(stage=self, telegram_id=7001 + len(self.people), name=name, language=language)
        self.people.append(person)
        return person

    def coordinator(self, name: str) -> Any:
        raise AssertionError(f"{name} is not on this stage")

    stranger = coordinator

    def later(self, **span: float) -> None:
        self.clock.shift(timedelta(**span))
        for reminder in self.run(self.database.transact(lambda tx: reminders.due(tx, 1000))):
            self.run(self.conversation.remind(reminder))
        for person in self.people:
            person.look()

    def file(self, name: str) -> Path:
        return made_files.make(self.folder, name)

    def next_update(self) -> int:
        self.updates += 1
        return self.updates


@dataclass(kw_only=True)
class SeamPatient:
    stage: SeamStage
    telegram_id: int
    name: str
    language: str
    shown: dict[int, dict[str, Any]] = field(default_factory=dict)
    fresh: list[int] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    files: dict[str, Path] = field(default_factory=dict)
    last_id: int = 0

    def starts(self) -> None:
        self.does(Command(name="start"))

    def says(self, text: str, *, reply_to: int | None = None) -> None:
        name, _, argument = text[1:].partition(" ")
        self.does(Command(name=name, argument=argument) if text.startswith("/") else Words(text=text))

    def edits(self, _before: str, text: str) -> None:
        self.does(Edited(text=text))

    def sends_sticker(self) -> None:
        self.does(Unsupported(kind="sticker"))

    def sends_nothing_of(self, size: int) -> None:
        self.does(None, upload=_upload("document", size, None, "big"))

    def sends(self, *files: Path, kind: str = "document") -> None:
        self._act()
        album = f"album-{self.last_id}" if len(files) > 1 else None
        for number, file in enumerate(files):
            upload = _upload(kind, file.stat().st_size, album, f"{self.last_id}-{number}")
            self.files[upload.file_id] = file
            self._receive(
                Arrival(update_id=self.stage.next_update(), message_id=self._id(), said=None, upload=upload, **self._who())
            )
        self.look()

    def taps(self, label: str) -> None:
        for message_id in sorted(self.shown, reverse=True):
            for row in self.shown[message_id]["rows"]:
                for button in row:
                    if fits(button["text"], label):
                        self._press(message_id, button["callback_data"])
                        return
        raise NotSeen(f"no button {label!r}\n--- in the chat:\n{self.read(everything=True)}")

    def answers(self, answer: str) -> None:
        newest = next((one for one in sorted(self.shown, reverse=True) if self.shown[one]["rows"]), None)
        rows = self.shown[newest]["rows"] if newest else []
        found = next((button for row in rows for button in row if fits(button["text"], answer)), None)
        if found and newest:
            self._press(newest, found["callback_data"])
        else:
            self.says(answer)

    def passes(self, choose: Callable[[str, list[str]], str | None]) -> str | None:
        """As tests/actors.py has it."""
        message_id = max(one for one in self.shown if self.shown[one]["rows"])
        message = self.shown[message_id]
        buttons = [button for row in message["rows"] for button in row]
        label = choose(_words(message), [button["text"].translate(ISOLATES) for button in buttons])
        if label is not None:
            self._press(message_id, next(button["callback_data"] for button in buttons if fits(button["text"], label)))
        return label

    def blocks(self, *, blocked: bool) -> None:
        self._receive(
            Arrival(update_id=self.stage.next_update(), message_id=None, said=None, reachable=not blocked, **self._who())
        )

    def sees(self, *texts: str, since_act: bool = True) -> str:
        shown = self.read(everything=not since_act)
        missing = [text for text in texts if text not in shown]
        if missing:
            raise NotSeen(f"not seen: {missing}\n--- in the chat:\n{shown}")
        return shown

    def sees_nothing(self) -> None:
        shown = self.read()
        if shown:
            raise NotSeen(f"seen although nothing must come:\n{shown}")

    def does_not_see(self, *texts: str) -> None:
        shown = self.read()
        seen = [text for text in texts if text in shown]
        if seen:
            raise NotSeen(f"seen although it must not be: {seen}\n--- in the chat:\n{shown}")

    def read(self, *, everything: bool = False) -> str:
        ids = sorted(self.shown) if everything else self.fresh
        return "\n".join([*(_words(self.shown[one]) for one in ids if one in self.shown), *self.toasts])

    def does(self, said: Input | None, *, upload: Upload | None = None) -> None:
        self._act()
        self._receive(
            Arrival(update_id=self.stage.next_update(), message_id=self._id(), said=said, upload=upload, **self._who())
        )
        self.look()

    def _press(self, message_id: int, data: str) -> None:
        self._act()
        press: Press | None = self.stage.buttons.decode(data, self.telegram_id)
        update = self.stage.next_update()
        self._receive(Arrival(update_id=update, message_id=message_id, said=press, query=f"q{update}", **self._who()))
        self.look()

    def _who(self) -> dict[str, Any]:
        return {"telegram_id": self.telegram_id, "hint": self.language}

    def _act(self) -> None:
        self.fresh.clear()
        self.toasts.clear()

    def _id(self) -> int:
        self.last_id += 1
        return self.last_id

    def _receive(self, arrival: Arrival) -> None:
        stage = self.stage
        stage.run(stage.database.transact(lambda tx: inbox.store(tx, PATIENT, arrival.update_id, {})))
        stage.run(stage.conversation.receive(arrival))
        stage.run(stage.conversation.receive(arrival))  # every update may come twice

    def _store(self) -> None:
        stage = self.stage
        if not self.files:
            return
        stage.clock.offset += _ALBUM
        for part in stage.run(stage.database.transact(lambda tx: fetching.claim(tx, 100))):
            data = self.files[part.file_id].read_bytes()
            found = stage.run(stage.inspector.look(InMemory(data)))
            if isinstance(found, Reason):
                stage.run(stage.database.transact(lambda tx, id_=part.id, why=found: fetching.refused(tx, id_, why.value)))
                continue
            stored = {
                "content_type": found.content_type,
                "size": len(data),
                "hmac": sha256(data).hexdigest(),
                "blob": f"b{part.id}",
            }
            stored |= {"pages": found.pages, "readable": found.readable, "flags": found.flags}
            stage.run(stage.database.transact(lambda tx, id_=part.id, how=stored: fetching.stored(tx, id_, **how)))
        for document in stage.run(stage.database.transact(documents.closable)):
            stage.run(stage.conversation.document_closed(document.id))

    def look(self) -> None:
        """Files are fetched; then take what was sent, in the order of delivery."""
        self._store()
        self.stage.run(self.stage.database.transact(self._deliver))

    def _deliver(self, tx: Transaction) -> None:
        while rows := outbox.claim(tx, PATIENT, limit=100, lease=60):
            for row in rows:
                outbox.sent(tx, row.id, self._reader(row)._take(row))

    def _reader(self, row: OutboxRow) -> SeamPatient:
        return next((one for one in self.stage.people if one.telegram_id == row.chat_id), self)

    def _take(self, row: Any) -> int | None:
        payload = row.payload
        if row.method == "answerCallbackQuery":
            self.toasts.append(payload.get("text", ""))
            return None
        if row.method == "editMessageReplyMarkup" and (shown := self.shown.get(row.target_message_id or payload["message_id"])):
            shown["rows"] = []
        if row.method not in {"sendMessage", "editMessageText"}:
            return None
        message_id = row.target_message_id or payload.get("message_id") or self._id()
        rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
        self.shown[message_id] = {"text": payload["text"], "rows": rows}
        if message_id not in self.fresh:
            self.fresh.append(message_id)
        return message_id


def played(folder: Path, *lines: str) -> SeamStage:
    """A stage on which this happened, and which has stopped: tests go on with copies of it."""
    with asyncio.Runner() as runner:
        stage = SeamStage(folder=folder, loop=runner.get_loop())
        play = Play(stage=stage)
        for line in lines:
            play.step(line)
        stage.stop()
    return stage


def _from_noon() -> Clock:
    made = Clock()
    made.shift(until_noon())
    return made


def _upload(kind: str, size: int, album: str | None, unique: str) -> Upload:
    return Upload(kind=kind, file_id=f"file-{unique}", file_unique_id=unique, declared_size=size, album=album)


def _words(message: dict[str, Any]) -> str:
    text = html.unescape(TAGS.sub("", message["text"]))
    labels = " ".join(f"[{button['text']}]" for row in message["rows"] for button in row)
    return f"{text} {labels}".translate(ISOLATES)
