"""Files that come by the upload page: sealed piece by piece as they arrive, and after the last byte examined like any other.

Not tuspyserver, because it writes the bytes as they are into files of its own; here nothing that can be read touches the disk.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from storage import chats, documents
from storage.records import page_uploads, upload_links
from storage.sealed.drafts import Held, Overtaken
from storage.sealed.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from storage.database import Database
    from storage.records.upload_links import UploadLink
    from storage.rows import Part
    from storage.sealed.drafts import Draft
    from storage.transaction import Transaction
    from storage.vault import Blob, Vault

log = structlog.get_logger("bot.uploads.page")

LARGEST = 3 << 30  # bytes of one file: a PET-CT has up to one gigabyte
MOST = 200  # files by one link
ALL = 8 << 30  # bytes by one link
SPARE = 2 << 30  # bytes that stay free on the disk
WRITTEN = 1 << 20  # bytes that are sealed at once


class Absent(Exception):
    """There is no such link or upload, or no longer: nobody is told which."""


class Refused(Exception):
    """More than may be sent by one link."""


class Busy(Exception):
    """Another program is writing this file at the moment: the sender asks again."""


class Elsewhere(Exception):
    """The file is at another place than the sender believes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far an upload is, in bytes."""

    offset: int
    size: int


@dataclass(kw_only=True, slots=True)
class _Arriving:
    """One file under way. Who holds the lock, writes."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    draft: Draft | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Uploading:
    """`wake` tells bot/uploads that something has arrived; `apart`: by a file's name, whether it may have to lie apart."""

    database: Database
    vault: Vault
    wake: Callable[[], None]
    apart: Callable[[str], bool] = lambda _name: False
    _arriving: dict[int, _Arriving] = field(default_factory=dict)

    async def language(self, secret: str) -> str | None:
        """The language of the person whose link it is. Raises Absent."""
        link = await self._link(secret)
        return (await self.database.read(lambda tx: chats.get(tx, link.chat_id))).language

    async def begin(self, secret: str, name: str, size: int) -> str:
        """The name of a new upload. Raises Absent, Refused."""
        link = await self._link(secret)
        taken = await self.database.read(lambda tx: page_uploads.taken(tx, link.id))
        count = len(await self.database.read(lambda tx: page_uploads.of_link(tx, link.id)))
        if not 0 < size <= LARGEST or taken + size > ALL or count >= MOST or not await self._room(size):
            raise Refused
        upload = secrets.token_urlsafe(16)
        guarded = self.apart(name)
        part = await self.database.transact(lambda tx: _expected(tx, link, upload, name, size, guarded=guarded))
        draft = await self._anew(part)
        draft.let_go()
        self._arriving[part.id] = _Arriving(draft=draft)
        log.info("upload_begun", part_id=part.id)
        return upload

    async def progress(self, secret: str, upload: str) -> Progress:
        """Raises Absent."""
        part = await self._part(secret, upload)
        size = part.declared_size or 0
        if part.state != "uploading":
            return Progress(offset=size, size=size)
        return Progress(offset=await self._settled(part), size=size)

    async def append(self, secret: str, upload: str, offset: int, pieces: AsyncIterator[bytes]) -> Progress:
        """The bytes from `offset` on, as many as come. Raises Absent, Elsewhere, Refused; what came before an error is kept."""
        part = await self._part(secret, upload)
        size = part.declared_size or 0
        arriving = self._arriving.setdefault(part.id, _Arriving())
        if part.state != "uploading":
            raise Elsewhere
        async with arriving.lock:
            draft = await self._draft(arriving, part)
            if draft is None:
                raise Elsewhere
            if draft.size != offset:
                draft.let_go()
                raise Elsewhere
            try:
                await _written(draft, size, pieces)
            finally:
                await asyncio.to_thread(draft.pause)
                await self._settle(arriving, draft, part)
            return Progress(offset=draft.size, size=size)

    async def take_up(self) -> None:
        """At the start of the only program: what was whole when the last one ended is examined, though its sender is gone."""
        for part in await self.database.read(page_uploads.uploading):
            try:
                await self._settled(part)
            except (Absent, Busy, OSError):
                log.exception("upload_not_taken_up", part_id=part.id)

    async def cancel(self, secret: str, upload: str) -> None:
        """Nothing of it stays, unless it has arrived. Raises Absent."""
        part = await self._part(secret, upload)
        async with self._arriving.setdefault(part.id, _Arriving()).lock:
            if await self.database.transact(lambda tx: page_uploads.drop(tx, part)):
                await asyncio.to_thread(self._forget, part)

    async def drop_stale(self) -> int:
        """What can never be completed goes."""
        dropped = await self.database.transact(
            lambda tx: [part for part in page_uploads.stale(tx) if page_uploads.drop(tx, part)]
        )
        for part in dropped:
            await asyncio.to_thread(self._forget, part)
        return len(dropped)

    async def _link(self, secret: str) -> UploadLink:
        link = await self.database.read(lambda tx: upload_links.find(tx, secret))
        if link is None:
            raise Absent
        return link

    async def _part(self, secret: str, upload: str) -> Part:
        link = await self._link(secret)
        part = await self.database.read(lambda tx: page_uploads.find(tx, link.id, upload))
        if part is None:
            raise Absent
        return part

    async def _room(self, size: int) -> bool:
        free = (await asyncio.to_thread(shutil.disk_usage, self.vault.folder)).free
        return free > size + min(SPARE, free // 2)

    async def _settled(self, part: Part) -> int:
        """How many bytes are there; when these are all, the file has arrived, in case a process died before it could say so."""
        arriving = self._arriving.setdefault(part.id, _Arriving())
        async with arriving.lock:
            draft = await self._draft(arriving, part)
            if draft is not None:
                await self._settle(arriving, draft, part)
            return draft.size if draft else part.declared_size or 0

    async def _settle(self, arriving: _Arriving, draft: Draft, part: Part) -> None:
        """Whole: it has arrived. Else anybody may go on with it, this program or another one."""
        if draft.size == part.declared_size:
            await self._finish(arriving, draft, part)
        else:
            draft.let_go()

    async def _draft(self, arriving: _Arriving, part: Part) -> Draft | None:
        """The draft, held, taken up again where another process left it; None when it is complete, whether that was said or not.

        Raises Absent, Busy.
        """
        now = await self.database.read(lambda tx: page_uploads.find(tx, part.link_id or 0, part.file_id))
        if now is None:
            raise Absent
        if now.state != "uploading":
            return None
        self._hold(arriving)
        part = now
        if arriving.draft is None and part.blob and await asyncio.to_thread(self.vault.holds, part.blob):
            digest = await asyncio.to_thread(self.vault.digest, part.blob, documents.blob_context(part))
            await asyncio.to_thread(self.vault.clear, part.blob)
            await self._arrived(part, part.blob, digest)
            return None
        if arriving.draft is None:
            try:
                arriving.draft = await asyncio.to_thread(self.vault.resume, part.blob or "", documents.blob_context(part))
            except Held as error:
                raise Busy from error
            except (UnknownBlob, Tampered):
                arriving.draft = await self._anew(part)
        return arriving.draft

    @staticmethod
    def _hold(arriving: _Arriving) -> None:
        """What another program went on with meanwhile is taken up anew. Raises Busy."""
        draft = arriving.draft
        if draft is None:
            return
        try:
            draft.hold()
        except Held as error:
            raise Busy from error
        except Overtaken:
            draft.close()
            arriving.draft = None

    async def _anew(self, part: Part) -> Draft:
        """A draft from the first byte on, also in the place of one that nothing can follow. Raises Absent."""
        draft = await asyncio.to_thread(self.vault.begin, documents.blob_context(part))
        await asyncio.to_thread(draft.pause)
        if not await self.database.transact(lambda tx: page_uploads.drafted(tx, part.id, draft.id)):
            draft.discard()
            raise Absent
        if part.blob:
            await asyncio.to_thread(self.vault.delete, part.blob)
        return draft

    async def _finish(self, arriving: _Arriving, draft: Draft, part: Part) -> None:
        """When the store fails, the draft stays as it is and is taken up again."""
        try:
            blob: Blob = await asyncio.to_thread(self.vault.finish, draft, documents.blob_context(part))
        finally:
            draft.close()
            arriving.draft = None
        await self._arrived(part, blob.id, blob.hmac)

    async def _arrived(self, part: Part, blob: str, hmac: str) -> None:
        if not await self.database.transact(lambda tx: page_uploads.arrived(tx, part, blob=blob, hmac=hmac)):
            now = await self.database.read(lambda tx: page_uploads.find(tx, part.link_id or 0, part.file_id))
            if now is None or now.blob != blob:  # else another program said so a moment earlier
                await asyncio.to_thread(self.vault.delete, blob)
                raise Absent
        self._arriving.pop(part.id, None)
        log.info("upload_arrived", part_id=part.id)
        self.wake()

    def _forget(self, part: Part) -> None:
        arriving = self._arriving.pop(part.id, None)
        if arriving and arriving.draft:
            arriving.draft.close()
        if part.blob:
            self.vault.delete(part.blob)


def _expected(tx: Transaction, link: UploadLink, upload: str, name: str, size: int, *, guarded: bool) -> Part:
    known = {"link_id": link.id, "upload": upload, "name": name, "guarded": guarded}
    record = None if guarded else link.record  # by its name it is not what the link was given for
    return page_uploads.begin(tx, link.chat_id, size=size, record=record, **known)[1]  # type: ignore[arg-type]


async def _written(draft: Draft, size: int, pieces: AsyncIterator[bytes]) -> None:
    """Some bytes are sealed while the next ones come."""
    left, waiting = size - draft.size, bytearray()
    sealing: asyncio.Future[None] | None = None
    try:
        async for piece in pieces:
            left -= len(piece)
            if left < 0:
                raise Refused
            waiting += piece
            if len(waiting) >= WRITTEN:
                if sealing:
                    await sealing
                sealing = asyncio.ensure_future(asyncio.to_thread(draft.write, waiting))
                waiting = bytearray()
    finally:
        if sealing:
            await sealing
        if waiting:
            await asyncio.to_thread(draft.write, waiting)
