"""A small world for the desk's tests: real rows on SQLite, real use cases, and a Telegram that only remembers what it was told."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.arrivals import Arrival, Upload
from bot.buttons import Buttons
from bot.casework import Casework, DeskArrival
from bot.channel import Rejected, Unreachable
from bot.conversation import Conversation
from bot.delivery.general import placed
from bot.effects import desk
from bot.effects.scene import House
from bot.wire import Wire
from flows.fhir.launch import NOBODY, Writer
from flows.inputs import Command, Control, Edited, Input, Press, Words
from storage import cases, chats, coordinators, documents, outbox
from storage.database import Database
from storage.records import fetching
from storage.sealed.keyring import Keyring
from tests import template
from tests.loaded import CATALOGUES, DEFINITION

GROUP = -1001
TAGS = re.compile(r"<[^>]+>")


async def everybody_is_here(_: int) -> bool:
    return True


@dataclass
class Shown:
    """One message as it stands in a chat."""

    id: int
    chat: int
    thread: int | None
    text: str
    buttons: dict[str, str]
    reply_to: int | None = None
    method: str = "sendMessage"


@dataclass
class World:
    folder: Path
    now: datetime = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    messages: list[Shown] = field(default_factory=list)
    calls: list[tuple[str, int, dict[str, Any]]] = field(default_factory=list)
    topics: dict[int, str] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    url: str = ""  # of a database that is there and migrated; "": a file of its own
    _ids: Any = field(default_factory=lambda: itertools.count(1))
    _in_group: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        own = self.folder / "careline.key"
        keys = Keyring.open(own) if own.exists() else template.keys()
        self.database = Database.open(self.url or template.copy_to(self.folder), keys=keys, clock=lambda: self.now)
        self.keys, self.buttons = keys, Buttons(keys.sign)
        self.house = House(
            definition=DEFINITION, catalogues=CATALOGUES, wire=Wire(self.buttons), desk_chat=GROUP, desk_language="en"
        )
        self.casework = Casework(database=self.database, house=self.house, wake=lambda: None, sure=everybody_is_here)
        self.conversation = Conversation(database=self.database, house=self.house, wake=lambda: None)

    def id(self, chat: int = 0) -> int:
        """The staff group counts its messages apart from everything else."""
        return next(self._in_group if chat == GROUP else self._ids)

    async def group_moves(self) -> None:
        """It gets another id, under which it counts anew; here it is called GROUP for as long as the test goes on."""
        moved = DeskArrival(update_id=self.id(), chat_id=GROUP, moved_to=-1009)
        await self.casework.migrated(moved)
        self.messages = [one for one in self.messages if one.chat != GROUP]
        self.topics, self._in_group = {}, itertools.count(1)
        await self.deliver()

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def patient(self, number: int = 501, language: str = "en") -> Patient:
        return Patient(world=self, number=number, language=language)

    async def coordinator(self, name: str, number: int) -> Person:
        await self.database.transact(lambda tx: coordinators.put(tx, number, name=str(number), language="en"))
        return Person(world=self, number=number, name=name)

    async def case(self, number: int = 501) -> Any:
        def newest(tx: Any) -> Any:
            chat = chats.of_telegram(tx, number)
            return cases.of_chat(tx, chat.id)[-1]

        return await self.database.read(newest)

    async def deliver(self) -> None:
        """Everything that waits goes out, in order, as far as Telegram takes it."""
        while True:
            rows = await self.database.transact(self._next)
            if not rows:
                return
            for row in rows:
                await self._deliver(row)

    @staticmethod
    def _next(tx: Any) -> list[Any]:
        return [row for bot in ("patient", "desk") for row in outbox.claim(tx, bot, limit=50, lease=60)]

    async def _deliver(self, row: Any) -> None:
        params = dict(row.payload)
        if row.target_message_id is not None:
            params["message_id"] = row.target_message_id
        try:
            params = placed(row, params)
            self.calls.append((row.method, row.chat_id, params))
            result = self._call(row.method, row.chat_id, params)
        except (Rejected, Unreachable) as error:
            refused = error

            def give_up(tx: Any) -> None:
                if outbox.failed(tx, row.id, type(refused).__name__):
                    desk.after_failed(tx, self.house, row, refused)

            await self.database.transact(give_up)
            return

        def sent(tx: Any) -> None:
            if outbox.sent(tx, row.id, result.get("message_id") if isinstance(result, dict) else None):
                desk.after_sent(tx, self.house, row, result)

        await self.database.transact(sent)

    def _call(self, method: str, chat: int, params: dict[str, Any]) -> Any:
        thread = params.get("message_thread_id")
        if chat in self.blocked:
            raise Unreachable("Forbidden: bot was blocked by the user")
        if method == "createForumTopic":
            self.topics[thread := self.id(GROUP)] = params["name"]
            return {"message_thread_id": thread}
        if thread is not None and thread not in self.topics:
            raise Rejected("Bad Request: message thread not found")
        if method == "deleteForumTopic":
            self.delete_topic(thread)
        if method == "deleteMessage":
            self.messages = [one for one in self.messages if (one.chat, one.id) != (chat, params["message_id"])]
        if method == "deleteMessages":
            self.messages = [one for one in self.messages if one.chat != chat or one.id not in params["message_ids"]]
        if method == "editForumTopic":
            self.topics[thread] = params["name"]
        if method.startswith("edit") and method != "editForumTopic":
            return self._edit(method, chat, params)
        if method.startswith("send"):
            return self._show(method, chat, thread, params)
        return True

    def _show(self, method: str, chat: int, thread: int | None, params: dict[str, Any]) -> dict[str, int]:
        text = params.get("text") or params.get("caption") or ""
        assert len(TAGS.sub("", text)) <= 4096, "too long for Telegram"
        shown = Shown(self.id(chat), chat, thread, plain(text), _buttons(params), method=method)
        shown.reply_to = params.get("reply_parameters", {}).get("message_id")
        self.messages.append(shown)
        return {"message_id": shown.id}

    def _edit(self, method: str, chat: int, params: dict[str, Any]) -> dict[str, int]:
        found = [one for one in self.messages if one.id == params["message_id"] and one.chat == chat]
        if not found:
            raise Rejected("Bad Request: message to edit not found")
        found[0].buttons = _buttons(params)
        if method == "editMessageText":
            found[0].text = plain(params["text"])
        return {"message_id": found[0].id}

    def delete_topic(self, thread: int) -> None:
        del self.topics[thread]
        self.messages = [one for one in self.messages if one.thread != thread]

    def read(self, chat: int, thread: int | None = None) -> str:
        return "\n".join(one.text for one in self.messages if one.chat == chat and one.thread == thread)

    def find(self, text: str, chat: int = GROUP, thread: int | None = None) -> Shown:
        """The newest message with these words."""
        found = [one for one in self.messages if one.chat == chat and one.thread == thread and text in one.text]
        assert found, f"not seen: {text!r}\n--- there is:\n{self.read(chat, thread)}"
        return found[-1]


@dataclass
class Patient:
    world: World
    number: int
    language: str
    writer: Writer = NOBODY

    async def asks_for_a_person(self) -> None:
        def known(tx: Any) -> None:
            chat = chats.lock(tx, self.number)
            chats.update(tx, chat.id, language=self.language, zone="Asia/Almaty")

        await self.world.database.transact(known)
        await self.does(Command(name="human"))

    async def begins(self) -> None:
        """Language, the three cards, and yes to each permission."""
        await self.does(Press(control=Control.LANGUAGE, number=0))
        for words in ("OK", "OK", "OK", "yes", "yes", "yes"):
            await self.says(words)

    async def says(self, text: str) -> int:
        return await self.does(Words(text=text))

    async def edits(self, message: int, text: str) -> None:
        await self.does(Edited(text=text), message=message)

    async def does(
        self,
        said: Input | None,
        *,
        message: int | None = None,
        upload: Upload | None = None,
        reply_to: int | None = None,
        query: str | None = None,
        forwarded: bool = False,
    ) -> int:
        message = message or self.world.id()
        await self.world.conversation.receive(
            Arrival(
                update_id=self.world.id(),
                telegram_id=self.number,
                message_id=message,
                said=said,
                upload=upload,
                reply_to=reply_to,
                query=query,
                forwarded=forwarded,
                writer=self.writer,
            )
        )
        await self.world.deliver()
        return message

    async def taps(self, label: str) -> None:
        """The newest button with this label."""
        mine = (one for one in reversed(self.world.messages) if one.chat == self.number)
        shown = next((one for one in mine if label in one.buttons), None)
        assert shown, f"no button {label!r} in:\n{self.sees}"
        pressed = self.world.buttons.decode(shown.buttons[label], self.number)
        await self.does(pressed, message=shown.id, query=f"q{self.world.id()}")

    async def sends(self, *, kind: Any = "document", caption: str = "") -> None:
        """A file, stored by the time this returns."""
        upload = Upload(kind=kind, file_id=f"p{self.world.id()}", file_unique_id="u", declared_size=9, caption=caption)
        await self.does(None, upload=upload)
        await store(self.world)

    @property
    def sees(self) -> str:
        return self.world.read(self.number)


@dataclass
class Person:
    """Somebody in the staff group; whether they are on the roster is the roster's to say."""

    world: World
    number: int | None
    name: str
    thread: int | None = None

    async def at(self, patient: int = 501) -> Person:
        case = await self.world.case(patient)
        return Person(self.world, self.number, self.name, case.topic_id)

    async def claims(self) -> Person:
        """Presses the newest alert, and goes into the topic of the case."""
        await self.presses("Claim")
        return await self.at()

    async def presses(self, label: str, *, on: str = "", update: int | None = None) -> str:
        """The newest button with this label; returns what stood over it."""
        mine = (
            one for one in reversed(self.world.messages) if (one.chat, one.thread) == (GROUP, self.thread) and on in one.text
        )
        message = next((one for one in mine if label in one.buttons), None)
        assert message, (
            f"no button {label!r}: {[list(one.buttons) for one in self.world.messages if one.thread == self.thread]}"
        )
        return await self.presses_data(message.buttons[label], message.id, update=update)

    async def presses_data(self, data: str, message: int, *, chat: int = GROUP, update: int | None = None) -> str:
        before = len(self.world.calls)
        arrival = self._arrival(chat_id=chat, message_id=message, query=f"q{self.world.id()}", update_id=update)
        await self.world.casework.pressed(_with(arrival, press=self.world.buttons.decode_desk(data)))
        await self.world.deliver()
        answers = [params for method, _, params in self.world.calls[before:] if method == "answerCallbackQuery"]
        assert len(answers) == 1 or update is not None, "every press is answered once"
        return answers[0].get("text", "") if answers else ""

    async def says(self, text: str, *, reply_to: str | int | None = None, **more: Any) -> int:
        message = self.world.id(GROUP)
        target = self.world.find(reply_to, thread=self.thread).id if isinstance(reply_to, str) else reply_to
        arrival = self._arrival(message_id=message, text=text, reply_to=target, **_command(text), **more)
        commanded = arrival.command and not arrival.upload and not arrival.forwarded
        await (self.world.casework.commanded if commanded else self.world.casework.heard)(arrival)
        await self.world.deliver()
        return message

    async def edits(self, message: int, text: str) -> None:
        await self.world.casework.edited(self._arrival(message_id=message, text=text, **_command(text)))
        await self.world.deliver()

    async def sends(
        self, *, caption: str = "", reply_to: str | None = None, kind: Any = "photo", album: str | None = None, size: int = 9
    ) -> int:
        upload = Upload(
            kind=kind, file_id=f"f{self.world.id()}", file_unique_id="u", declared_size=size, album=album, caption=caption
        )
        return await self.says(caption, reply_to=reply_to, upload=upload)

    def in_private(self) -> PrivatePerson:
        return PrivatePerson(self.world, self.number, self.name)

    @property
    def sees(self) -> str:
        return self.world.read(GROUP, self.thread)

    def _arrival(self, **values: Any) -> DeskArrival:
        update = values.pop("update_id", None) or self.world.id()
        place = {"chat_id": GROUP, "thread_id": self.thread, "sender": self.number, "name": self.name if self.number else ""}
        return DeskArrival(**{**place, "update_id": update, **values})


class PrivatePerson(Person):
    def _arrival(self, **values: Any) -> DeskArrival:
        update = values.pop("update_id", None) or self.world.id()
        place = {"chat_id": self.number, "private": True, "sender": self.number, "name": self.name}
        return DeskArrival(**{**place, "update_id": update, **values})

    @property
    def sees(self) -> str:
        return self.world.read(self.number or 0)


async def store(world: World, *, refused: str = "") -> None:
    """The uploads worker: everything announced is fetched, kept and closed."""

    def fetch(tx: Any) -> list[str]:
        for part in fetching.claim(tx, 50):
            if refused:
                fetching.refused(tx, part.id, refused)
            else:
                fetching.stored(tx, part.id, content_type="image/jpeg", size=9, hmac="h", blob=f"b{part.id}")
        return [(one.id, one.origin) for one in documents.closable(tx)]

    world.later(seconds=5)
    for id_, origin in await world.database.transact(fetch):
        closed = {"patient": world.conversation.document_closed, "coordinator": world.casework.document_closed}
        await closed[origin](id_)
    await world.deliver()


def plain(text: str) -> str:
    text = TAGS.sub("", text)
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return re.sub("[\u2068\u2069]", "", text)


def _buttons(params: dict[str, Any]) -> dict[str, str]:
    rows = params.get("reply_markup", {}).get("inline_keyboard", [])
    return {button["text"]: button.get("callback_data", "") for row in rows for button in row}


def _command(text: str) -> dict[str, str]:
    match = re.fullmatch(r"/(\w+)(?:\s+(.*))?", text, re.DOTALL)
    return {"command": match[1].lower(), "argument": (match[2] or "").strip()} if match else {}


def _with(arrival: DeskArrival, **changes: Any) -> DeskArrival:
    return replace(arrival, **changes)
