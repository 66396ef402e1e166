"""The whole state of the sandbox, and the few ways in which it changes. Everything else goes through here."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any

from bot.sandbox import files, schema, tokens
from bot.sandbox.clock import Clock
from bot.sandbox.errors import Unable
from bot.sandbox.faults import Faults
from bot.sandbox.feed import Feed
from bot.sandbox.files import Files
from bot.sandbox.journal import Journal
from bot.sandbox.limits import Limits
from bot.sandbox.rest import Rest
from bot.sandbox.trail import Trace, Trail, shown
from bot.sandbox.updates import Pending, Queue, wanted
from bot.sandbox.world import Bot, Chat, Draft, Entry, Person, Press, Settings, Typing, Upload

KEPT_MESSAGES = 10000  # of one chat; older ones are forgotten
KEPT_CALLS = 2000
KEPT_VIOLATIONS = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Violation:
    id: int
    bot: int
    method: str
    where: str
    problem: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CallRecord:
    """One Bot API call as it went. `response` is the body as sent (empty when the connection was cut before)."""

    id: int
    at: float
    bot: int
    method: str
    params: dict[str, Any]
    files: tuple[tuple[str, str, int], ...]
    code: int
    response: bytes
    milliseconds: float
    via: str
    fault: int = 0


class State:
    """`messages` by chat key, then message id. `names` are the groups' and persons' public names."""

    def __init__(self, *, clock: Clock, journal: Journal, store: Files) -> None:
        self.clock, self.journal, self.files = clock, journal, store
        self.feed = Feed()
        self.loading = False  # bots that run in the same process are still on their way: nothing is idle before they can answer
        self.settings = Settings()
        self.faults = Faults()
        self.limits = Limits()
        self.people: dict[int, Person] = {}
        self.bots: dict[int, Bot] = {}
        self.chats: dict[str, Chat] = {}
        self.messages: dict[str, dict[int, Entry]] = {}
        self.queues: dict[int, Queue] = {}
        self.presses: dict[str, Press] = {}
        self.typing: dict[str, dict[int, Typing]] = {}
        self.drafts: dict[str, dict[tuple[int, int], Draft]] = {}
        self.calls: deque[CallRecord] = deque(maxlen=KEPT_CALLS)
        self.violations: deque[Violation] = deque(maxlen=KEPT_VIOLATIONS)
        self.queries: dict[str, tuple[int, str]] = {}
        self.rest = Rest()
        self.trail = Trail(journal)
        self.webhook_changed: Callable[[Bot], None] = lambda _bot: None
        self._chores: set[asyncio.Task[None]] = set()
        self._violation_number = 0

    def beside(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs it beside all requests, until it ends or the sandbox closes."""
        chore = asyncio.get_running_loop().create_task(work)
        self._chores.add(chore)
        chore.add_done_callback(self._chores.discard)

    def close(self) -> None:
        for chore in self._chores:
            chore.cancel()
        self.journal.close()

    # who

    def add_person(self, person: Person) -> Person:
        self.people[person.id] = person
        for bot in self.bots.values():
            self.private(person, bot)
        self.save_person(person)
        return person

    def add_bot(self, token: str, username: str, name: str) -> Bot:
        number = tokens.bot_id(token)
        bot = Bot(
            id=number, token=token, username=username, name=name, next_update=100_000_000 + secrets.randbelow(500_000_000)
        )
        self.bots[number] = bot
        self.queues[number] = Queue()
        for person in self.people.values():
            self.private(person, bot)
        self.save_bot(bot)
        return bot

    def private(self, person: Person, bot: Bot) -> Chat:
        key = f"{person.id}:{bot.id}"
        if key not in self.chats:
            self.add_chat(Chat(key=key, id=person.id, type="private", person=person.id, bot=bot.id))
        return self.chats[key]

    def add_chat(self, chat: Chat) -> Chat:
        self.chats[chat.key] = chat
        self.messages[chat.key] = {}
        self.save_chat(chat)
        return chat

    def chat(self, key: str) -> Chat:
        if (chat := self.chats.get(key)) is None:
            message = f"no chat {key}"
            raise Unable(message, 404)
        return chat

    def person(self, number: int) -> Person:
        if (person := self.people.get(number)) is None:
            message = f"no person {number}"
            raise Unable(message, 404)
        return person

    def user(self, kind: str, number: int) -> dict[str, Any]:
        """As Telegram's type User."""
        holder: Person | Bot = self.bots[number] if kind == "bot" else self.people[number]
        return holder.as_user()

    def save_person(self, person: Person) -> None:
        self.journal.mark("person", str(person.id), person)
        self.feed.emit("person", lambda: {"person": person})

    def save_bot(self, bot: Bot) -> None:
        self.journal.mark("bot", str(bot.id), bot)
        self.feed.emit("bot", lambda: {"bot": bot})

    def save_chat(self, chat: Chat) -> None:
        self.journal.mark("chat", chat.key, chat)
        self.feed.emit("chat", lambda: {"chat": chat}, chat.key)

    def save_settings(self) -> None:
        self.journal.mark("meta", "settings", self.settings)
        self.feed.emit("settings", lambda: {"settings": self.settings})

    # what was said

    def store(self, entry: Entry) -> Entry:
        """A new message, or a new version of an old one."""
        messages = self.messages[entry.chat]
        known = messages.get(entry.message_id)
        messages[entry.message_id] = entry
        if known is None or known.message is not entry.message:
            self.trail.add(shown(entry, "message" if known is None else "edit"))
        if len(messages) > KEPT_MESSAGES:
            self._forget_oldest(entry.chat)
        self.journal.mark("message", f"{entry.chat}/{entry.message_id}", entry)
        self.feed.emit("message" if known is None else "edited", lambda: {"message": entry}, entry.chat)
        return entry

    def change(self, entry: Entry, **changes: Any) -> Entry:
        return self.store(replace(entry, **changes))

    def remove(self, chat: Chat, entries: Iterable[Entry]) -> None:
        """Deleted messages are kept, marked, so that the page can say so; bots no longer find them."""
        gone = [replace(entry, deleted=True) for entry in entries]
        for entry in gone:
            self.messages[chat.key][entry.message_id] = entry
            self.journal.mark("message", f"{chat.key}/{entry.message_id}", entry)
            self.trail.add(Trace(kind="gone", chat=chat.key, thread=entry.thread, message_id=entry.message_id))
            if entry.message_id in chat.pinned:
                chat.pinned.remove(entry.message_id)
                self.save_chat(chat)
        numbers = [entry.message_id for entry in gone]
        self.feed.emit("deleted", lambda: {"message_ids": numbers}, chat.key)

    def entry(self, chat: Chat, number: object) -> Entry | None:
        """The message if it is there for all to see (not deleted, not ephemeral)."""
        entry = self.messages[chat.key].get(number) if isinstance(number, int) else None
        return entry if entry is not None and not entry.deleted and not entry.ephemeral_for else None

    def _forget_oldest(self, key: str) -> None:
        oldest = next(iter(self.messages[key]))
        del self.messages[key][oldest]
        self.journal.erase("message", f"{key}/{oldest}")

    def keep(self, upload: Upload) -> Upload:
        self.journal.mark("file", upload.unique, upload)
        return upload

    # what bots hear

    def tell(self, bot: Bot, kind: str, body: dict[str, Any], lane: str) -> None:
        """Queues an update for one bot, unless it did not ask for such."""
        if not wanted(kind, bot.allowed) or bot.logged_out:
            return
        spelt = files.addressed(body, bot.id)
        if self.settings.strict and (problem := schema.problem("Update", {"update_id": 1, kind: spelt})):
            self.violate(bot.id, kind, "update", problem)
        self.enqueue(bot, kind, spelt, lane)

    def enqueue(self, bot: Bot, kind: str, body: dict[str, Any], lane: str, number: int = 0) -> int:
        bot.next_update = max(bot.next_update + 1, number + 1)
        update = Pending(id=number or bot.next_update - 1, kind=kind, body=body, date=self.clock.now(), lane=lane)
        self.journal.mark("update", f"{bot.id}/{update.id}", update)
        self.journal.mark("bot", str(bot.id), bot)
        self.queues[bot.id].put(update)
        self.rest.stir()
        return update.id

    def settle(self, bot: Bot, numbers: Iterable[int]) -> None:
        """These updates have reached the bot, or nobody will ever fetch them."""
        for number in numbers:
            self.queues[bot.id].drop(number)
            self.journal.erase("update", f"{bot.id}/{number}")
            self.rest.stir()

    def violate(self, bot: int, method: str, where: str, problem: str) -> None:
        self._violation_number += 1
        violation = Violation(id=self._violation_number, bot=bot, method=method, where=where, problem=problem)
        self.violations.append(violation)
        self.feed.emit("violation", lambda: {"violation": violation})

    def reset(self, *, keep_people: bool) -> None:
        """Forgets what was said, queued, logged and switched on; bots stay, and ids go on growing."""
        for bot in self.bots.values():
            self.queues[bot.id].waiting.clear()
        self.journal.clear(("message", "update", "file"))
        for kept in (self.presses, self.typing, self.drafts, self.queries, self.calls, self.violations, self.faults.active):
            kept.clear()
        self.files.forget()
        self.limits.forget()
        self.trail.forget()
        if not keep_people:
            self.journal.clear(("person", "chat"))
            self.people.clear()
            self.chats.clear()
            self.messages.clear()
        for chat in self.chats.values():
            self.messages[chat.key] = {}
            chat.pinned, chat.keyboards, chat.topics, chat.started, chat.blocked = [], {}, {}, False, False
            self.save_chat(chat)
        self.feed.emit("reset", dict)
