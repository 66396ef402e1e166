"""Updates come in: durable first, told to Telegram after.

Telegram forgets an update as soon as it is told that it arrived. So before that it is either handled, which writes its inbox row and
its effects in one transaction (`straight`), or stored in the inbox and handled after: when its chat is busy here or has updates that
another program stored and did not finish, or when the first try failed. Every chat's updates are handled in their order, chats beside
each other, each update on its own: one that cannot be handled is set aside after a few tries and holds up nobody but its own chat, for
seconds.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, count, repeat
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import OperationalError

from bot.channel import ChannelError, asked
from bot.probe import passes
from bot.repeats import Repeats
from storage import inbox

if TYPE_CHECKING:
    from bot.channel import Channel
    from bot.wire import Call
    from storage.database import Database
    from storage.rows import Bot
    from storage.transaction import Transaction

Update = dict[str, Any]
Handle = Callable[[Update], Awaitable["Call | None"]]
Read = Callable[[Update], Any]
First = Callable[[Any], Awaitable["Call | None"]]

log = structlog.get_logger("bot.receiving")

POLL_SECONDS = 25
RETRY_SECONDS = (0.2, 0.8)  # between the tries of one update
STORE_SECONDS = 1.0  # between tries while the store cannot be written
STORE_TRIES = 300  # before an update is blamed after all
MAX_PAUSE = 30.0  # seconds between polls while Telegram cannot be reached
SHORTEST = 0.2  # seconds of a poll that brings nothing: some servers do not wait
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


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class _Held:
    """One update in its chat's line. `kept` is there while it is not stored: its caller waits for it to be durable, and it is `read`."""

    update: Update
    chat: int
    read: Any = None
    kept: asyncio.Future[Call | None] | None = None


class Receiving:
    """One bot's way in. `handle` gets the raw update, gives a call to be made at once, and raises when it could not be handled.

    `read`: what can be done with an update at once, without storing it before; None where it is stored first. `first` does that, and
    takes the update itself (storage.inbox.take), but not one that was stored all the same.

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
        read: Read = lambda _: None,
        first: First | None = None,
    ) -> None:
        self._bot = bot
        self._channel = channel
        self._database = database
        self._handle = handle
        self._allowed = allowed
        self._shared = shared
        self._read = read
        self._first = first or handle
        self._known: dict[int, asyncio.Future[Call | None] | None] = {}
        self._queues: dict[int, deque[_Held]] = {}
        self._storing: Counter[int] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._settled: list[int] = []
        self._repeats = Repeats()

    async def resume(self) -> None:
        """Takes up what was stored and not answered before the last end. Call before anything new is accepted."""
        for _, update in await self._database.read(lambda tx: inbox.pending(tx, self._bot, RESUMED)):
            self._enqueue(_stored(update))

    async def adopt(self) -> None:
        """Takes up what other programs left lying, until cancelled."""
        while True:
            await asyncio.sleep(ADOPT_SECONDS)
            try:
                for update in await self._database.read(self._left_lying):
                    self._enqueue(_stored(update))
            except Exception:
                log.exception("store_unavailable", bot=self._bot)

    def _left_lying(self, tx: Transaction) -> list[Update]:
        return [update for _, update in inbox.pending(tx, self._bot, ADOPTED, before=tx.now - LEFT)]

    async def poll(self) -> None:
        """Asks Telegram for updates until cancelled. The next offset, which makes Telegram forget, is sent after the commit."""
        offset: int | None = None
        failures = 0
        while True:
            began, before = monotonic(), offset
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
            else:
                offset = None  # nothing is left to be confirmed, and what comes next may have a lower number
            if not updates or offset == before:
                await asyncio.sleep(max(0.0, SHORTEST - (monotonic() - began)))

    async def accept(self, updates: Sequence[Update]) -> list[Call]:
        """Returns when the updates are durable, with the calls that are to be made at once; the rest is answered after that."""
        known = [update for update in updates if _update_id(update) is not None]
        if len(known) < len(updates):
            log.warning("update_without_id", bot=self._bot, count=len(updates) - len(known))
        for update in filter(self._repeats.differs, known):
            log.error("update_changed", bot=self._bot, update_id=update["update_id"])
        stored, chats = [], [place_of(update).chat for update in known]
        for update, chat in zip(known, chats, strict=True):
            # Two of one chat: were the later one stored before the earlier one is done, a crash in between would turn them round.
            read = None if self._is_busy(update, chat) or chats.count(chat) > 1 else self._read(update)
            if read is None:
                stored.append(update)
            elif update["update_id"] not in self._known:
                self._enqueue(_Held(update=update, chat=chat, read=read, kept=asyncio.get_running_loop().create_future()))
        waiting = [kept for update in known if (kept := self._known.get(update["update_id"])) is not None]
        await self._keep(stored)
        return await _all_of(waiting)

    def _is_busy(self, update: Update, chat: int) -> bool:
        """Whether anything of its chat is under way, except the very same update."""
        return (chat in self._queues or chat in self._storing) and self._known.get(update["update_id"]) is None

    async def _keep(self, updates: Sequence[Update]) -> None:
        """Stores updates and puts them into line, in this order whatever comes meanwhile. Marks done what had no effect."""
        settled, self._settled = self._settled, []
        if not updates and not settled:
            return
        chats = [place_of(update).chat for update in updates]
        self._storing.update(chats)
        try:
            for update in await self._database.transact(lambda tx: self._store(tx, updates, settled)):
                self._enqueue(_stored(update))
        finally:
            self._storing -= Counter(chats)

    async def drain(self) -> None:
        """Waits until everything that was accepted is answered."""
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self._keep(())

    def _store(self, tx: Transaction, updates: Iterable[Update], settled: Iterable[int]) -> list[Update]:
        for update_id in settled:
            inbox.done(tx, self._bot, update_id)
        new = [update for update in updates if self._is_new(tx, update)]
        if not self._shared or not new:
            return new
        waiting = inbox.pending(tx, self._bot, ADOPTED, chats={place_of(update).chat for update in new})
        return [update for _, update in waiting]

    def _store_last(self, tx: Transaction, update: Update) -> list[Update]:
        """What waits of its chat, whoever stored it."""
        self._is_new(tx, update)
        return [one for _, one in inbox.pending(tx, self._bot, ADOPTED, chats={place_of(update).chat})]

    def _is_new(self, tx: Transaction, update: Update) -> bool:
        where = place_of(update)
        return inbox.store(tx, self._bot, update["update_id"], update, chat_id=where.chat, message_id=where.message_id)

    async def _store_until_done(self, updates: Sequence[Update]) -> None:
        """While the disk is full or the database locked, Telegram keeps the updates for us."""
        while True:
            try:
                replies = await self.accept(updates)
            except (OperationalError, ConnectionError):
                log.exception("store_unavailable", bot=self._bot)
                await asyncio.sleep(STORE_SECONDS)
            else:
                for reply in replies:
                    self._tell(reply)
                return

    async def _pause(self, error: ChannelError, failures: int) -> None:
        if failures == 1:
            log.warning("telegram_unreachable", bot=self._bot, method="getUpdates", error=type(error).__name__)
        await asyncio.sleep(max(asked(error), min(0.5 * 2.0 ** min(failures, 10), MAX_PAUSE)))

    def _enqueue(self, held: _Held) -> None:
        if held.update["update_id"] in self._known:
            return
        self._known[held.update["update_id"]] = held.kept
        if held.chat in self._queues:
            self._queues[held.chat].append(held)
            return
        self._queues[held.chat] = deque([held])
        self._begin(self._work(held.chat))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, chat: int) -> None:
        """One chat's updates, one after the other."""
        queue = self._queues[chat]
        try:
            while queue:
                await self._answer(queue[0])
                del self._known[queue.popleft().update["update_id"]]
        finally:
            del self._queues[chat]
            for held in queue:  # whoever brings them again is heard
                del self._known[held.update["update_id"]]
        if not self._queues or len(self._settled) > FLUSHED:
            await self._keep(())

    async def _answer(self, held: _Held) -> None:
        """Until it is handled, or set aside, or left to whoever brought it."""
        if held.kept is None:
            return await self._insist(held.update, 0)
        for update, tries in await self._first_try(held.update, held.read, held.kept):
            await self._insist(update, tries)
        return None

    async def _first_try(self, update: Update, read: Any, kept: asyncio.Future[Call | None]) -> list[tuple[Update, int]]:
        """Straight from Telegram, which waits. When that failed it was stored instead: what is to be tried again, and how often it was."""
        try:
            reply = await self._first(read)
        except Exception as error:  # noqa: BLE001 - it is told below
            failed = error
        else:
            kept.set_result(reply)
            return []
        try:
            waiting = await self._database.transact(lambda tx: self._store_last(tx, update))
        except Exception as error:  # noqa: BLE001 - whoever brought the update hears of it, and brings it again
            kept.set_exception(error)
            return []
        kept.set_result(None)
        if isinstance(failed, inbox.Behind):
            return [(one, 0) for one in waiting]
        return [(update, 1)] if await self._fail(update["update_id"], failed) == "new" else []

    async def _insist(self, update: Update, tries: int) -> None:
        """Again and again. While the store is out of order, that is not the update's fault."""
        update_id = update["update_id"]
        waits = chain(RETRY_SECONDS, repeat(STORE_SECONDS))
        if tries:
            await asyncio.sleep(next(waits))
        for tried in count(tries + 1):
            try:
                self._tell(await self._handle(update))
                return self._settled.append(update_id)
            except Exception as error:
                if passes(error) and tried < STORE_TRIES:
                    log.exception("store_unavailable", bot=self._bot, update_id=update_id)
                    await asyncio.sleep(STORE_SECONDS)
                elif await self._fail(update_id, error) != "new":
                    return None
                else:
                    await asyncio.sleep(next(waits))
        return None

    def _tell(self, reply: Call | None) -> None:
        """Makes a call that nobody waits for, once: later it is worth nothing."""
        if reply is not None:
            self._begin(self._call(reply))

    async def _call(self, reply: Call) -> None:
        try:
            await self._channel.call(reply.method, reply.params)
        except ChannelError as error:
            log.info("not_sent", bot=self._bot, method=reply.method, error=type(error).__name__)

    async def _fail(self, update_id: int, error: Exception) -> str:
        """Counts a try that failed: new, or poison after the last one."""
        name = type(error).__name__
        try:
            state = await self._database.transact(lambda tx: inbox.fail(tx, self._bot, update_id, name))
        except Exception:
            log.exception("store_unavailable", bot=self._bot, update_id=update_id)
            state = "new"
        event = "update_poisoned" if state == "poison" else "update_failed"
        log.error(event, bot=self._bot, update_id=update_id, exc_info=error)
        return state


def _stored(update: Update) -> _Held:
    return _Held(update=update, chat=place_of(update).chat)


async def _all_of(waiting: Sequence[asyncio.Future[Call | None]]) -> list[Call]:
    """What was replied. Somebody who goes away meanwhile undoes nothing."""
    if waiting:
        await asyncio.wait(waiting)
    if error := next((error for one in waiting if (error := one.exception())), None):
        raise error
    return [reply for one in waiting if (reply := one.result()) is not None]


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
