"""Files that people send: fetched, looked at, encrypted, and only then told to the conversation.

A part is announced in the turn that brought it. Here its bytes are fetched and kept or refused; when every part of a document is
settled and, for an album, nothing came for a moment, the document is closed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import OperationalError

from bot.channel import FETCHABLE, ChannelError, Lost, RetryLater
from bot.sniffing import Reason, Sniffed, sniff
from storage import documents

if TYPE_CHECKING:
    from bot.channel import Channel
    from storage.database import Database
    from storage.rows import Document, Part
    from storage.transaction import Transaction
    from storage.vault import Vault

Closed = Callable[[str], Awaitable[None]]
Settle = Callable[["Transaction"], object]

log = structlog.get_logger("bot.uploads")

SLOTS = 4  # files in memory at the same time, each at most 20 MB
IDLE_SECONDS = 0.5
FETCH_TRIES = 8
MAX_PAUSE = 60.0
BEAT_SECONDS = 6.0
REST_SECONDS = 30.0  # before a document that could not be closed is tried again


@dataclass(kw_only=True)
class Uploads:
    """`channels` and `closed` by origin: patient or coordinator; a file_id is known to the bot that received it."""

    database: Database
    vault: Vault
    channels: Mapping[str, Channel]
    closed: Mapping[str, Closed]
    _awake: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _resting: dict[str, float] = field(default_factory=dict)
    _stopping: bool = False

    def wake(self) -> None:
        """There may be something to fetch or to close."""
        self._awake.set()

    async def run(self) -> None:
        """Fetches and closes until `drain`."""
        while not self._stopping:
            self._awake.clear()
            try:
                parts, closable = await self.database.transact(self._look)
            except OperationalError:
                log.exception("store_unavailable")
                parts, closable = [], []
            for origin, part in parts:
                self._start(origin, part)
            for document in closable:
                await self._close(document)
            if not parts or len(self._tasks) >= SLOTS:
                await self._rest()

    async def drain(self) -> None:
        """Takes nothing new and waits for the fetches that are under way."""
        self._stopping = True
        self._awake.set()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _look(self, tx: Transaction) -> tuple[list[tuple[str, Part]], list[Document]]:
        free = SLOTS - len(self._tasks)
        parts = documents.parts_to_fetch(tx, free) if free > 0 else []
        return [(documents.get(tx, part.document_id).origin, part) for part in parts], documents.closable(tx)

    async def _rest(self) -> None:
        try:
            await asyncio.wait_for(self._awake.wait(), IDLE_SECONDS)
        except TimeoutError:
            return

    def _start(self, origin: str, part: Part) -> None:
        task = asyncio.create_task(self._settle(origin, part))
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._awake.set()

    async def _settle(self, origin: str, part: Part) -> None:
        """One part from its claim to its settlement; when the store cannot be written, the part's lease brings it back."""
        beat = asyncio.create_task(self._beat(part))
        try:
            await self.database.transact(await self._take(self.channels[origin], part))
        except Exception:
            log.exception("upload_crashed", part_id=part.id)
        finally:
            beat.cancel()

    async def _beat(self, part: Part) -> None:
        """While this program lives, the part is its own."""
        with contextlib.suppress(OperationalError):
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                await self.database.transact(lambda tx: documents.renew(tx, part.id, part.attempts))

    async def _take(self, channel: Channel, part: Part) -> Settle:
        try:
            data = await _fetched(channel, part)
            verdict = await asyncio.to_thread(sniff, data, part.name or "") if data is not None else Reason.TOO_LARGE
            if isinstance(verdict, Reason):
                return _refused(part, verdict)
            return await self._keep(part, verdict, data or b"")
        except ChannelError as error:
            return _failed(part, error)
        except OSError:  # the disk is full or fails; Telegram keeps the file for an hour and longer
            log.exception("vault_unavailable", part_id=part.id)
            return lambda tx: documents.retry(tx, part.id, tx.now + timedelta(seconds=MAX_PAUSE))

    async def _keep(self, part: Part, verdict: Sniffed, data: bytes) -> Settle:
        blob = await asyncio.to_thread(self.vault.put, [data], documents.blob_context(part))

        def settle(tx: Transaction) -> None:
            kept = documents.stored(
                tx, part.id, content_type=verdict.content_type, size=blob.size, hmac=blob.hmac, blob=blob.id
            )
            if not kept:
                self.vault.delete(blob.id)

        return settle

    async def _close(self, document: Document) -> None:
        if self._resting.get(document.id, 0.0) > monotonic():
            return
        try:
            await self.closed[document.origin](document.id)
            self._resting.pop(document.id, None)
        except Exception:
            self._resting[document.id] = monotonic() + REST_SECONDS
            log.exception("document_not_closed", document_id=document.id)


async def _fetched(channel: Channel, part: Part) -> bytes | None:
    """All bytes of a part, or None when there are more than a bot may fetch, whatever size was declared."""
    data = bytearray()
    async for piece in channel.fetch(part.file_id):
        data += piece
        if len(data) > FETCHABLE:
            return None
    return bytes(data)


def _refused(part: Part, reason: Reason) -> Settle:
    log.info("file_refused", part_id=part.id, reason=str(reason))
    return lambda tx: documents.refused(tx, part.id, str(reason))


def _failed(part: Part, error: ChannelError) -> Settle:
    """Later, when that may help; else the file is gone."""
    log.info("file_not_fetched", part_id=part.id, error=type(error).__name__)
    if isinstance(error, RetryLater | Lost) and part.attempts < FETCH_TRIES:
        asked = error.seconds if isinstance(error, RetryLater) and error.seconds else 0.0
        pause = timedelta(seconds=max(asked, min(2.0 ** min(part.attempts, 8) / 2, MAX_PAUSE)))
        return lambda tx: documents.retry(tx, part.id, tx.now + pause)
    return _refused(part, Reason.TOO_LARGE if "too big" in str(error) else Reason.GONE)
