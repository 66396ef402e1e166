"""Updates come in: stored first, answered after.

Telegram forgets an update as soon as it is told that it arrived, so the inbox row is committed before that. Then every chat's updates
are handled in their order, chats beside each other, each update on its own: one that cannot be handled is set aside after a few
tries and holds up nobody but its own chat, for seconds.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, count, repeat
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import OperationalError

from bot.channel import ChannelError, RetryLater
from bot.probe import passes
from storage import inbox

if TYPE_CHECKING:
    from bot.channel import Channel
    from storage.database import Database
    from storage.rows import Bot
    from storage.transaction import Transaction

Update = dict[str, Any]
Handle = Callable[[Update], Awaitable[object]]

log = structlog.get_logger("bot.receiving")

POLL_SECONDS = 25
RETRY_SECONDS = (0.2, 0.8)  # between the tries of one update
STORE_SECONDS = 1.0  # between tries while the store cannot be written
STORE_TRIES = 300  # before an update is blamed after all
MAX_PAUSE = 30.0  # seconds between polls while Telegram cannot be reached
RESUMED = 50_000
ADOPTED = 1_000
ADOPT_SECONDS = 5.0
LEFT = timedelta(seconds=10)  # an update that waits for so long was left by its program
FLUSHED = 200
BIG = 1 << 63


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where an update belongs. `chat` orders it; `message_id` only for a new message."""

    chat: int
    message_id: int | None


class Receiving:
    """One bot's way in. `handle` gets the raw update and raises when it could not be handled.

    `shared`: other programs work on the same store. An update of one chat may come here while the one before it waits in a program
    that is slow, or dead: whoever gets a chat's update first answers what came before it. Being answered once is the store's matter.
    """

    def __init__(
        self,
        *,
        bot: Bot,
        channel: Channel,
        database: Database,
        handle: Handle,
        allowed: Sequence[str],
        shared: bool = False,
    ) -> None:
        self._bot = bot
        self._channel = channel
        self._database = database
        self._handle = handle
        self._allowed = allowed
        self._shared = shared
        self._known: set[int] = set()
        self._queues: dict[int, deque[Update]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled: list[int] = []

    async def resume(self) -> None:
        """Takes up what was stored and not answered before the last end. Call before anything new is accepted."""
        for _, update in await self._database.read(lambda tx: inbox.pending(tx, self._bot, RESUMED)):
            self._enqueue(update)

    async def adopt(self) -> None:
        """Takes up what other programs left lying, until cancelled."""
        while True:
            await asyncio.sleep(ADOPT_SECONDS)
            try:
                for update in await self._database.read(self._left_lying):
                    self._enqueue(update)
            except Exception:
                log.exception("store_unavailable", bot=self._bot)

    def _left_lying(self, tx: Transaction) -> list[Update]:
        return [update for _, update in inbox.pending(tx, self._bot, ADOPTED, before=tx.now - LEFT)]

    async def poll(self) -> None:
        """Asks Telegram for updates until cancelled. The next offset, which makes Telegram forget, is sent after the commit."""
        offset: int | None = None
        failures = 0
        while True:
            try:
                updates = await self._channel.updates(offset, POLL_SECONDS, self._allowed)
                failures = 0
            except ChannelError as error:
                failures += 1
                await self._pause(error, failures)
                continue
            if updates:
                await self._store_until_done(updates)
                offset = _last_id(updates, offset)

    async def accept(self, updates: Sequence[Update]) -> None:
        """Returns when the updates are durable; they are answered after that."""
        known = [update for update in updates if _update_id(update) is not None]
        if len(known) < len(updates):
            log.warning("update_without_id", bot=self._bot, count=len(updates) - len(known))
        settled, self._settled = self._settled, []
        for update in await self._database.transact(lambda tx: self._store(tx, known, settled)):
            self._enqueue(update)

    async def drain(self) -> None:
        """Waits until everything that was accepted is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._flush()

    def _store(self, tx: Transaction, updates: Iterable[Update], settled: Iterable[int]) -> list[Update]:
        for update_id in settled:
            inbox.done(tx, self._bot, update_id)
        new = [update for update in updates if self._is_new(tx, update)]
        if not self._shared or not new:
            return new
        waiting = inbox.pending(tx, self._bot, ADOPTED, chats={place_of(update).chat for update in new})
        return [update for _, update in waiting]

    def _is_new(self, tx: Transaction, update: Update) -> bool:
        where = place_of(update)
        return inbox.store(tx, self._bot, update["update_id"], update, chat_id=where.chat, message_id=where.message_id)

    async def _store_until_done(self, updates: Sequence[Update]) -> None:
        """While the disk is full or the database locked, Telegram keeps the updates for us."""
        while True:
            try:
                return await self.accept(updates)
            except OperationalError:
                log.exception("store_unavailable", bot=self._bot)
                await asyncio.sleep(STORE_SECONDS)

    async def _pause(self, error: ChannelError, failures: int) -> None:
        if failures == 1:
            log.warning("telegram_unreachable", bot=self._bot, method="getUpdates", error=type(error).__name__)
        asked = error.seconds if isinstance(error, RetryLater) and error.seconds else 0.0
        await asyncio.sleep(max(asked, min(0.5 * 2.0 ** min(failures, 10), MAX_PAUSE)))

    def _enqueue(self, update: Update) -> None:
        if update["update_id"] in self._known:
            return
        self._known.add(update["update_id"])
        chat = place_of(update).chat
        if chat in self._queues:
            self._queues[chat].append(update)
            return
        self._queues[chat] = deque([update])
        task = asyncio.create_task(self._work(chat))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, chat: int) -> None:
        """One chat's updates, one after the other."""
        queue = self._queues[chat]
        try:
            while queue:
                await self._answer(queue[0])
                self._known.discard(queue.popleft()["update_id"])
        finally:
            del self._queues[chat]
        if not self._queues or len(self._settled) > FLUSHED:
            await self._flush()

    async def _answer(self, update: Update) -> None:
        """Until it is handled, or set aside. While the store is out of order, that is not the update's fault."""
        update_id = update["update_id"]
        waits = chain(RETRY_SECONDS, repeat(STORE_SECONDS))
        for tries in count(1):
            try:
                await self._handle(update)
                return self._settled.append(update_id)
            except Exception as error:
                if isinstance(error, OperationalError) and passes(error) and tries < STORE_TRIES:
                    log.exception("store_unavailable", bot=self._bot, update_id=update_id)
                    await asyncio.sleep(STORE_SECONDS)
                elif await self._fail(update_id, error) != "new":
                    return None
                else:
                    await asyncio.sleep(next(waits))
        return None

    async def _fail(self, update_id: int, error: Exception) -> str:
        """Counts a try that failed: new, or poison after the last one."""
        name = type(error).__name__
        try:
            state = await self._database.transact(lambda tx: inbox.fail(tx, self._bot, update_id, name))
        except OperationalError:
            state = "new"
        event = "update_poisoned" if state == "poison" else "update_failed"
        log.error(event, bot=self._bot, update_id=update_id, exc_info=error)
        return state

    async def _flush(self) -> None:
        """Marks updates done that had no effect (those with an effect were marked together with it)."""
        settled, self._settled = self._settled, []
        if settled:
            await self._database.transact(lambda tx: self._store(tx, (), settled))


def place_of(update: Update) -> Place:
    """The chat of an update, or who sent it, or 0. Anything may be missing or of any type: a stranger can send everything."""
    for kind, content in update.items():
        if not isinstance(content, dict):
            continue
        message = content.get("message") if kind == "callback_query" else content
        chat = _id(_inside(message, "chat")) or _id(_inside(content, "from")) or 0
        message_id = content.get("message_id") if kind == "message" else None
        return Place(chat=chat, message_id=message_id if _is_id(message_id) else None)
    return Place(chat=0, message_id=None)


def _inside(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _id(value: object) -> int | None:
    found = _inside(value, "id")
    return found if _is_id(found) else None  # type: ignore[return-value]


def _is_id(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -BIG <= value < BIG


def _update_id(update: object) -> int | None:
    found = _inside(update, "update_id")
    return found if _is_id(found) else None  # type: ignore[return-value]


def _last_id(updates: Sequence[Update], offset: int | None) -> int | None:
    """One past the last of the batch; ids may start anywhere again after a quiet week, so they are not compared."""
    ids = [found for update in updates if (found := _update_id(update)) is not None]
    return ids[-1] + 1 if ids else offset
