"""Files that came while the virus scanner did not answer: it is asked again until it does, and the desk hears what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from bot.inspection.scanning import PATIENCE
from storage import documents
from storage.records import scans
from storage.sealed.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from bot.inspection.scanning import Scanner, Verdict
    from storage.database import Database
    from storage.rows import Part
    from storage.vault import Vault

log = structlog.get_logger("bot.uploads.rescanning")

EVERY_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Rescanning:
    """`found` writes down what was said of a file and tells the desk; False: there was nothing to write any more."""

    database: Database
    vault: Vault
    scanner: Scanner | None
    found: Callable[[Part, Verdict], Awaitable[bool]]

    async def run(self) -> None:
        """Until cancelled; at once done where there is no scanner."""
        while self.scanner is not None:
            try:
                await self.again(self.scanner)
            except Exception:
                log.exception("rescanning_failed")
            await asyncio.sleep(EVERY_SECONDS)

    async def again(self, scanner: Scanner) -> None:
        """Each file that waits, oldest first, until the scanner is silent again."""
        for part in await self.database.read(scans.waiting):
            try:
                source = await asyncio.to_thread(self.vault.reader, part.blob or "", documents.blob_context(part))
                verdict = await scanner.look(source, seconds=PATIENCE)
            except (UnknownBlob, Tampered, OSError):
                log.exception("document_not_scanned", part_id=part.id)
                continue
            if verdict is None:
                return
            log.info("document_scanned", part_id=part.id, verdict=verdict)
            if await self.found(part, verdict) and verdict == "infected":
                await asyncio.to_thread(self.vault.delete, part.blob or "")
