"""Messages go out: one bot's outbox rows, claimed, paced, sent, settled. The only caller of Channel.call for messages.

A row is marked as being sent before the call and as sent after it; of what is in between a kill may make duplicates (bot/delivery/doubt.py).
Telegram's answer is noted in a file as soon as it is there (storage/sending/answers.py), so that "in between" is hardly more than the call.
"""

from __future__ import annotations

import asyncio
import html
import math
import re
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy.exc import OperationalError

from bot.channel import ChannelError, Lost, Moved, Rejected, RetryLater, Unreachable
from bot.delivery import remembered
from bot.delivery.ahead import AGAIN_SECONDS
from bot.delivery.doubt import LATE
from bot.delivery.general import placed
from bot.delivery.pace import counts
from storage import facts, outbox
from storage.sending import handing, releasing
from storage.sending.answers import Answers

if TYPE_CHECKING:
    from bot.channel import Channel
    from bot.delivery.ahead import Ahead
    from bot.delivery.doubt import Doubt
    from bot.delivery.pace import Pace
    from storage.database import Database
    from storage.rows import Bot, OutboxRow
    from storage.transaction import Transaction

AfterSent = Callable[["Transaction", "OutboxRow", Any], None]
AfterFailed = Callable[["Transaction", "OutboxRow", Exception], None]
AfterMoved = Callable[["Transaction", int, int], object]
T = TypeVar("T")
Settle = Callable[
    ["Transaction"], "Callable[[], None] | None"
]  # what is given is done when all that belongs together is written

log = structlog.get_logger("bot.delivery")

SLOTS = 64  # calls at the same time
CHAINS = 1000  # chats that are answered at the same time with rows that were handed over
PACED_BATCH = 4  # rows claimed at once when they must go one after the other: what is urgent overtakes all others
LEASE_SECONDS = 180.0  # longer than the longest call
IDLE_SECONDS = 1.0  # rows that become due by the clock are seen within this time
MAX_PAUSE = 60.0
REMOVED_SECONDS = 60.0  # between tries while the desk group is out of reach
BEGINNING = datetime.min.replace(tzinfo=UTC)
RECALLED = timedelta(seconds=62)  # what a group was sent for so long counts for its pace after a start
GIVE_UP = timedelta(hours=1)  # for rows whose calls break off or crash again and again
CHATLESS = {"answerCallbackQuery", "setMyCommands", "setChatMenuButton"}
ELSEWHERE = {*CHATLESS, "leaveChat"}  # what a group that is not the desk may get
TAG = re.compile(r"<[^>]+>")


class _NotOurs(Exception):
    """Somebody else sends this row by now."""


@dataclass(kw_only=True)
class Delivery:
    """`ahead` adds the files of a row that names some; the hooks run in the transaction that settles the row. `keep`: a chat never given up.

    `answers`: what was answered, through a kill. `waits`: seconds from its claim in which another program, if it lives, writes down what
    became of a row; 0: there is no other.

    `duty`: whether this program is still the one that sends for the bot; `fence` asks the same in a transaction, and keeps it so.
    """

    bot: Bot
    channel: Channel
    database: Database
    pace: Pace
    doubt: Doubt
    ahead: Ahead
    after_sent: AfterSent
    after_failed: AfterFailed
    after_moved: AfterMoved
    keep: int = 0
    answers: Answers = field(default_factory=Answers)
    waits: Callable[[], float] = lambda: 0.0
    duty: Callable[[], bool] = lambda: True
    fence: Callable[[Transaction], bool] = lambda _: True
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _chains: set[asyncio.Task[None]] = field(default_factory=set)
    _running: bool = False
    _since: datetime = BEGINNING  # when it took up its work
    _again: float = math.inf  # monotonic seconds from which on a row may go that its chat's pace held back
    _moved: dict[int, int] = field(default_factory=dict)
    _stopping: bool = False

    def wake(self) -> None:
        """There may be something to send."""
        self._awake.set()

    def follow(self, old: int, new: int) -> None:
        """A group became a supergroup: what is meant for its old id goes to the new one."""
        self._moved[old] = new
        log.error("group_moved", bot=self.bot, chat_id=old, new_chat_id=new)

    async def run(self) -> None:
        """Sends until `drain`. Call it when nobody else sends for this bot."""
        await self._take_up()
        self._running = True
        try:
            while not self._stopping:
                self._awake.clear()
                rows = await self._claim()
                for row, late in rows:
                    await self._start(row, late=late)
                if not rows or len(self._tasks) >= SLOTS:
                    await self._rest()
        finally:
            self._running = False

    async def drain(self) -> None:
        """Takes nothing new and waits for the calls that are out."""
        self._stopping = True
        self._awake.set()
        while out := self._tasks | self._chains:
            await asyncio.wait(out)
        self.ahead.stop()
        self.answers.close()

    def offer(self, tx: Transaction) -> float | None:
        """Until when (seconds since the epoch) a row may be sent that is written as being sent and handed over; None: not now."""
        ready = self._running and not self._stopping and len(self._chains) < CHAINS and self.duty() and self.fence(tx)
        return tx.wall + LEASE_SECONDS if ready else None

    def hand(self, rows: Sequence[OutboxRow]) -> None:
        """The rows of one chat, written as being sent in a transaction that is committed: they go out now, or are given back."""
        task = asyncio.create_task(self._chain(rows))
        self._chains.add(task)
        task.add_done_callback(self._chains.discard)

    async def _chain(self, rows: Sequence[OutboxRow]) -> None:
        """One after the other. An edit that comes twice is seen once, so only a message is settled before the next call."""
        left, written = deque(rows), list[Settle]()
        while left and self._may_go(left[0]):
            row = left.popleft()
            self._begin(row)
            done, settle = await self._attempt(row)
            written.append(settle)
            if not done:
                break
            if left and row.method.startswith("send"):
                await self._settle(written, [row])
                written = []
        if left:
            written.append(lambda tx: handing.give_back(tx, left))
        await self._settle(written, rows)
        if left:
            self.wake()

    def _may_go(self, row: OutboxRow) -> bool:
        """Whether it may go at this moment."""
        return not (self.pace.rest(row.method, row.chat_id, row.lane) or self._wait(row, late=False))

    def _wait(self, row: OutboxRow, *, late: bool) -> float:
        """Seconds until the bot may send it, or until that is worth asking again; 0: now."""
        return max(self.pace.gap(row.method, row.lane), self.doubt.wait(row.method, late=late))

    def _begin(self, row: OutboxRow) -> None:
        self.pace.begin(row.method, row.chat_id)
        self.doubt.begin(row.method, row.id)

    async def _claim(self) -> list[tuple[OutboxRow, bool]]:
        """Rows, and whether each is late: it waited for long in the hands of this program, and more wait than can be claimed at once."""
        free = min(SLOTS - len(self._tasks), PACED_BATCH if self.pace.kept else SLOTS)
        if free <= 0 or not self.duty():
            return []
        try:
            return await self.database.transact(lambda tx: self._claimed(tx, free))
        except OperationalError:
            log.exception("store_unavailable", bot=self.bot)
            return []

    def _claimed(self, tx: Transaction, limit: int) -> list[tuple[OutboxRow, bool]]:
        rows = outbox.claim(tx, self.bot, limit=limit, lease=LEASE_SECONDS) if self.fence(tx) else []
        many = len(rows) == limit
        return [(row, many and tx.now - max(row.due_at, row.created_at, self._since) > LATE) for row in rows]

    async def _take_up(self) -> None:
        """What was being sent when the one before stopped, and is not known as answered, is sent again.

        What it sent in the last minute counts for the pace.
        """

        def take_up(tx: Transaction) -> list[float]:
            before = outbox.sent_since(tx, self.bot, self.keep, tx.now - RECALLED)
            self._since = tx.now
            if self.fence(tx):
                releasing.release(tx, self.bot, lease=LEASE_SECONDS, waits=self.waits())
            return [(tx.now - at).total_seconds() for at in before]

        await remembered.settle(self.bot, self.answers, self._insist, self._sent)
        self.pace.recall(self.keep, await self._insist(take_up))

    async def _rest(self) -> None:
        """Until something happens or becomes due: by the clock within a moment, by the pace of a chat to the point."""
        left = self._again - time.monotonic()
        if left <= 0:
            self._again = math.inf
        try:
            async with asyncio.timeout(min(max(left, 0.0), IDLE_SECONDS)):
                await self._awake.wait()
        except TimeoutError:
            return

    async def _start(self, row: OutboxRow, *, late: bool) -> None:
        """Begins a call when its turn comes. A chat that must rest gets its row back into the outbox; nobody waits for it."""
        rest = self.pace.rest(row.method, row.chat_id, row.lane) if self.ahead.ready(row) else AGAIN_SECONDS
        if rest == 0:
            while wait := self._wait(row, late=late):  # noqa: ASYNC110 - what is waited for is time
                await asyncio.sleep(wait)
            self._begin(row)
        task = asyncio.create_task(self._deliver(row, rest))
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._awake.set()

    async def _deliver(self, row: OutboxRow, rest: float) -> None:
        """One row from its claim to its settlement."""
        await self._settle([_later(row, "Paced", rest) if rest > 0 else (await self._attempt(row))[1]], [row])
        if rest > 0:
            self._again = min(self._again, time.monotonic() + rest)

    async def _settle(self, written: Sequence[Settle], rows: Sequence[OutboxRow]) -> None:
        """Tried until the store takes it; then these rows are in no doubt."""

        def settle(tx: Transaction) -> None:
            for afterwards in [write(tx) for write in written]:
                if afterwards is not None:
                    afterwards()

        try:
            await self._insist(settle)
        finally:
            self.answers.settled(row.id for row in rows)
            self.doubt.end(row.id for row in rows)

    async def _insist(self, work: Callable[[Transaction], T]) -> T:
        while True:
            try:
                return await self.database.transact(work)
            except (OperationalError, ConnectionError):  # the second: it may be written, and then a second time changes nothing
                log.exception("store_unavailable", bot=self.bot)
                await asyncio.sleep(IDLE_SECONDS)

    async def _attempt(self, row: OutboxRow) -> tuple[bool, Settle]:
        """Makes the call; whether it was done, and what is to be written about it."""
        try:
            result = await self._call(row)
            if counts(row.method) and self.answers.note(row, result):
                self.doubt.end([row.id])
        except _NotOurs:  # nothing went out; unless somebody took the row over meanwhile, it waits like all others
            return False, lambda tx: handing.give_back(tx, [row])
        except ChannelError as error:
            return False, self._refused(row, error)
        except Exception as error:
            log.exception("delivery_crashed", bot=self.bot, outbox_id=row.id, kind=row.kind)
            return False, self._perhaps_later(row, error)
        finally:
            self.pace.end(row.method, row.chat_id)
            self.doubt.back(row.id)
        return True, lambda tx: self._sent(tx, row, result)

    async def _ours(self, chat_id: int) -> bool:
        """Whether this is nobody's group but the desk's, whatever its id was; another program may have heard of a move first."""
        if chat_id > 0 or not self.keep or self._kept(chat_id):
            return True
        now, then = await self.database.read(lambda tx: (facts.group_now(tx, self.keep), facts.group_now(tx, chat_id)))
        if now == then:
            self._moved[chat_id] = now
        return now == then

    async def _call(self, row: OutboxRow) -> Any:
        if row.method not in ELSEWHERE and not await self._ours(row.chat_id):
            raise Rejected("not the desk's group")
        row, files = await self.ahead.made(row)
        params = self._params(row)
        if not self.duty() or (row.leased_until is not None and time.time() > row.leased_until):
            raise _NotOurs
        try:
            return await self.channel.call(row.method, params, files)
        except Rejected as error:
            if "not modified" in str(error):
                return {"message_id": row.target_message_id or params.get("message_id")}
            if "can't parse entities" in str(error):
                log.warning("markup_refused", bot=self.bot, outbox_id=row.id, kind=row.kind)
                return await self.channel.call(row.method, without_markup(params), files)
            if not files or row.method == "sendDocument":
                raise
            return await self.channel.call("sendDocument", params, {"document": next(iter(files.values()))})

    def _params(self, row: OutboxRow) -> dict[str, Any]:
        params = dict(row.payload)
        if row.method not in CHATLESS:
            params["chat_id"] = self._moved.get(row.chat_id, row.chat_id)
        if row.target_message_id is not None:
            params["message_id"] = row.target_message_id
        return placed(row, params)

    def _sent(self, tx: Transaction, row: OutboxRow, result: Any) -> Callable[[], None]:
        message_id = result.get("message_id") if isinstance(result, dict) else None
        took = outbox.took(tx, row.id, message_id)

        def afterwards() -> None:
            if took():
                self.after_sent(tx, row, result)

        return afterwards

    def _refused(self, row: OutboxRow, error: ChannelError) -> Settle:
        name = type(error).__name__
        log.info("not_sent", bot=self.bot, outbox_id=row.id, kind=row.kind, method=row.method, error=name)
        match error:
            case RetryLater(seconds=float(seconds)):
                return _later(row, name, seconds, hold=True)
            case RetryLater():
                return _later(row, name)
            case Lost():
                return self._perhaps_later(row, error)
            case Moved() if self._kept(row.chat_id):
                return self._moving(row, error.chat_id)
            case Unreachable() if self._kept(row.chat_id):
                log.error("desk_group_unreachable", bot=self.bot, chat_id=row.chat_id)
                return _later(row, name, REMOVED_SECONDS, hold=True)
        return self._given_up(row, error)

    def _moving(self, row: OutboxRow, new: int) -> Settle:
        """To the group's new id from now on, also after a restart."""
        old = self._moved.get(row.chat_id, row.chat_id)
        self.follow(row.chat_id, new)

        def settle(tx: Transaction) -> None:
            self.after_moved(tx, old, new)
            _later(row, Moved.__name__, 0.0)(tx)

        return settle

    def _perhaps_later(self, row: OutboxRow, error: Exception) -> Settle:
        """Again, unless it has been tried for too long."""

        def settle(tx: Transaction) -> None:
            young = tx.now - row.created_at < GIVE_UP
            (_later(row, type(error).__name__) if young else self._given_up(row, error))(tx)

        return settle

    def _given_up(self, row: OutboxRow, error: Exception) -> Settle:
        def settle(tx: Transaction) -> None:
            if outbox.failed(tx, row.id, type(error).__name__, attempt=row.attempts):
                self.after_failed(tx, row, error)

        return settle

    def _kept(self, chat_id: int) -> bool:
        return chat_id in {self.keep, *self._moved.values()}


def without_markup(params: dict[str, Any]) -> dict[str, Any]:
    """The same words as plain text: a fault in our markup must not cost somebody a message."""
    plain = {name: value for name, value in params.items() if name != "parse_mode"}
    for name in ("text", "caption"):
        if name in plain:
            plain[name] = html.unescape(TAG.sub("", plain[name]))
    return plain


def _later(row: OutboxRow, name: str, seconds: float | None = None, *, hold: bool = False) -> Settle:
    """Again after so many seconds, or after a pause that grows with every try. `hold`: nothing else to this chat before."""
    pause = timedelta(seconds=min(2.0 ** min(row.attempts, 8) / 2, MAX_PAUSE) if seconds is None else seconds)

    def settle(tx: Transaction) -> None:
        outbox.retry(tx, row.id, tx.now + pause, name, hold_chat=hold, attempt=row.attempts)

    return settle
