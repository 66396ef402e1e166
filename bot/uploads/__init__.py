"""Files that people send: fetched, looked at, encrypted, and only then told to the conversation.

A part is announced in the turn that brought it. Here its bytes are fetched and kept or refused; when every part of a document is
settled and, for an album, nothing came for a moment, the document is closed. What came by the upload page is in the vault already and
goes the same way from there. Documents that are to lie apart (a passport) are moved here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import OperationalError

from bot.channel import FETCHABLE, ChannelError, Lost, RetryLater
from bot.inspection import InMemory
from bot.inspection.sniffing import Reason
from storage import documents
from storage.records import fetching, guarding, scans
from storage.records.page_uploads import PAGE

if TYPE_CHECKING:
    from bot.channel import Channel
    from bot.inspection import Inspector, Look, Source
    from bot.inspection.scanning import Scanner
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
    inspector: Inspector
    channels: Mapping[str, Channel]
    closed: Mapping[str, Closed]
    scanner: Scanner | None = None
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
                parts, closable, to_guard = await self.database.transact(self._look)
            except OperationalError:
                log.exception("store_unavailable")
                parts, closable, to_guard = [], [], []
            for origin, part in parts:
                self._start(origin, part)
            for part in to_guard:
                await self._guard(part)
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

    def _look(self, tx: Transaction) -> tuple[list[tuple[str, Part]], list[Document], list[Part]]:
        free = SLOTS - len(self._tasks)
        parts = fetching.claim(tx, free) if free > 0 else []
        origins = [(documents.get(tx, part.document_id).origin, part) for part in parts]
        return origins, documents.closable(tx), guarding.to_guard(tx)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(IDLE_SECONDS):
                await self._awake.wait()
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
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                await self.database.transact(lambda tx: fetching.renew(tx, part.id, part.attempts))
            except Exception:
                log.exception("store_unavailable", part_id=part.id)

    async def _take(self, channel: Channel, part: Part) -> Settle:
        try:
            source = await self._source(channel, part)
            verdict = await self._verdict(source, part) if source is not None else Reason.TOO_LARGE
            return (
                _refused(part, verdict, self.vault) if isinstance(verdict, Reason) else await self._keep(part, verdict, source)
            )
        except ChannelError as error:
            return _failed(part, error)
        except OSError:  # the disk is full or fails; Telegram keeps the file for an hour and longer
            log.exception("vault_unavailable", part_id=part.id)
            return lambda tx: fetching.retry(tx, part.id, tx.now + timedelta(seconds=MAX_PAUSE))

    async def _source(self, channel: Channel, part: Part) -> Source | None:
        """The bytes of a part, or None when there are more than a bot may fetch, whatever size was declared."""
        if part.kind == PAGE:
            return await asyncio.to_thread(self.vault.reader, part.blob or "", documents.blob_context(part))
        data = bytearray()
        async for piece in channel.fetch(part.file_id):
            data += piece
            if len(data) > FETCHABLE:
                return None
        return InMemory(bytes(data))

    async def _verdict(self, source: Source, part: Part) -> Look | Reason:
        look = await self.inspector.look(source, part.name or "")
        if isinstance(look, Reason) or self.scanner is None:
            return look
        verdict = await self.scanner.look(source)
        if verdict == "infected":
            return Reason.INFECTED
        more = {None: (scans.UNSCANNED,), "partly": (scans.PARTLY,), "clean": ()}[verdict]
        return replace(look, flags=(*look.flags, *more))

    async def _keep(self, part: Part, look: Look, source: Source | None) -> Settle:
        assert source is not None
        blob_id, size, hmac = part.blob or "", source.size, part.hmac or ""
        if isinstance(source, InMemory):
            blob = await asyncio.to_thread(self.vault.put, [source.data], documents.blob_context(part))
            blob_id, size, hmac = blob.id, blob.size, blob.hmac

        def settle(tx: Transaction) -> None:
            kept = fetching.stored(
                tx,
                part.id,
                content_type=look.content_type,
                size=size,
                hmac=hmac,
                blob=blob_id,
                pages=look.pages,
                readable=look.readable,
                flags=look.flags,
                facts=look.facts,
            )
            if not kept:
                self.vault.delete(blob_id)

        return settle

    async def _guard(self, part: Part) -> None:
        """Seal the bytes anew, apart from the others; a crash between leaves the old ones, which are found again."""
        try:
            binding = await self.database.transact(lambda tx: guarding.apart(tx, part))
            old = self.vault.stream(part.blob or "", documents.blob_context(part))
            blob = await asyncio.to_thread(self.vault.put, old, binding)
            moved = await self.database.transact(lambda tx: guarding.moved(tx, part, blob=blob.id, key_id=binding.key_id))
            await asyncio.to_thread(self.vault.delete, (part.blob or "") if moved else blob.id)
        except Exception:
            log.exception("document_not_guarded", part_id=part.id)

    async def _close(self, document: Document) -> None:
        if self._resting.get(document.id, 0.0) > monotonic():
            return
        try:
            await self.closed[document.origin](document.id)
            self._resting.pop(document.id, None)
        except Exception:
            self._resting[document.id] = monotonic() + REST_SECONDS
            log.exception("document_not_closed", document_id=document.id)


def _refused(part: Part, reason: Reason, vault: Vault | None = None) -> Settle:
    log.info("file_refused", part_id=part.id, reason=str(reason))
    if vault is not None and part.blob:
        vault.delete(part.blob)
    return lambda tx: fetching.refused(tx, part.id, str(reason))


def _failed(part: Part, error: ChannelError) -> Settle:
    """Later, when that may help; else the file is gone."""
    log.info("file_not_fetched", part_id=part.id, error=type(error).__name__)
    if isinstance(error, RetryLater | Lost) and part.attempts < FETCH_TRIES:
        asked = error.seconds if isinstance(error, RetryLater) and error.seconds else 0.0
        pause = timedelta(seconds=max(asked, min(2.0 ** min(part.attempts, 8) / 2, MAX_PAUSE)))
        return lambda tx: fetching.retry(tx, part.id, tx.now + pause)
    return _refused(part, Reason.TOO_LARGE if "too big" in str(error) else Reason.GONE)
