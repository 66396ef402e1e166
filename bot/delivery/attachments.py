"""Files on their way out: stored documents, whose bytes are sent again from the vault, for a file_id belongs to one bot; and what is
made when it is sent, so that no copy of it lies anywhere.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bot import exports
from bot.channel import Rejected, Upload
from bot.naming import file_name
from storage import cases, documents
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from bot.exports import Made
    from flows.library import Definition
    from storage.database import Database
    from storage.rows import OutboxRow, Part
    from storage.vault import Vault

SLOW = frozenset({"dossier", "packet", "export"})  # in a payload
EXPORT = "export"  # in a payload: {"case": id, "format": "fhir" | "csv"}
Maker = Callable[["OutboxRow", dict[str, Any]], Awaitable[tuple["OutboxRow", dict[str, Upload]]]]
FIELDS = {"sendDocument": "document", "sendPhoto": "photo", "sendVoice": "voice", "sendAudio": "audio", "sendVideo": "video"}
TAKEN = {
    "sendPhoto": {"image/jpeg", "image/png", "image/webp"},
    "sendVoice": {"audio/ogg", "audio/mpeg", "audio/mp4"},
}
MAX_PHOTO = 10 * 1024 * 1024  # bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachments:
    """Adds the bytes to an outbox row that names a document and the number of its part, an export, or something that `makers` make.

    A maker gets the row without its order, and the order; it gives the row as it is to be sent and its files.
    """

    database: Database
    vault: Vault
    definition: Callable[[], Definition]
    makers: Mapping[str, Maker] = field(default_factory=dict)

    def slow(self, row: OutboxRow) -> bool:
        """Whether whole documents have to be read for it; such a row is in the last lane, behind which nothing else waits."""
        return bool(SLOW & row.payload.keys())

    async def attach(self, row: OutboxRow) -> tuple[OutboxRow, dict[str, Upload]]:
        """The row with the method that suits the bytes, and the upload. Raises Rejected when they are gone (erased)."""
        params = dict(row.payload)
        if EXPORT in params:
            made = await self._export(params.pop(EXPORT))
            upload = Upload(name=made.name, content_type=made.content_type, data=made.data)
            return replace(row, payload=params), {FIELDS[row.method]: upload}
        for what in self.makers.keys() & params.keys():
            wanted = params.pop(what)
            return await self.makers[what](replace(row, payload=params), wanted)
        if row.document_id is None:
            return row, {}
        number, name = int(params.pop("part", 0)), str(params.pop("file_name", "document"))
        part = await self._part(row.document_id or "", number)
        data = await self._bytes(part)
        method = _method(row.method, part)
        upload = Upload(name=file_name(name, part.content_type or ""), content_type=part.content_type or "", data=data)
        return replace(row, method=method, payload=params), {FIELDS[method]: upload}

    async def _export(self, wanted: dict[str, Any]) -> Made:
        definition = self.definition()
        try:
            found = await self.database.read(lambda tx: exports.gather(tx, definition, cases.get(tx, wanted["case"])))
            return await asyncio.to_thread(exports.make, found, self.vault, definition, wanted["format"])
        except exports.NotExported as error:
            raise Rejected("the case is gone") from error

    async def _part(self, document_id: str, number: int) -> Part:
        parts = await self.database.read(lambda tx: documents.parts(tx, document_id))
        stored = [part for part in parts if part.state == "stored" and part.blob]
        if number >= len(stored):
            raise Rejected("the document is gone")
        return stored[number]

    async def _bytes(self, part: Part) -> bytes:
        try:
            return await asyncio.to_thread(self.vault.open, part.blob or "", documents.blob_context(part))
        except UnknownBlob as error:
            raise Rejected("the document is gone") from error


def _method(wanted: str, part: Part) -> str:
    """What Telegram refuses as a photo or a voice message goes as a document."""
    taken = TAKEN.get(wanted)
    fits = taken is None or part.content_type in taken
    small = wanted != "sendPhoto" or (part.size or 0) <= MAX_PHOTO
    return wanted if fits and small else "sendDocument"
