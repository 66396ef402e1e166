"""What nobody needs any more is removed: stored files that no row knows, updates older than Telegram's own memory, old sent rows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from storage import documents, inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from storage.database import Database
    from storage.vault import Vault

log = structlog.get_logger("bot.rounds.housekeeping")

EVERY_SECONDS = 300.0
INBOX_KEPT = timedelta(days=3)  # Telegram repeats an update for one day at most
OUTBOX_KEPT = timedelta(days=30)  # long enough to look into what was not sent
ORPHAN_SECONDS = 600.0  # a file is stored shortly before its row says so


@dataclass(frozen=True, kw_only=True, slots=True)
class Housekeeping:
    database: Database
    vault: Vault
    count: Callable[[], Awaitable[None]] | None = None  # what figures are made of
    drop_stale: Callable[[], Awaitable[int]] | None = None  # uploads by the page that can never be completed

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.tidy()
            except Exception:
                log.exception("tidying_failed")
            await asyncio.sleep(EVERY_SECONDS)

    async def tidy(self) -> None:
        if self.drop_stale is not None:
            await self.drop_stale()
        known = await self.database.read(documents.blobs)
        swept = await asyncio.to_thread(self.vault.sweep, known, older_than=ORPHAN_SECONDS)
        pruned = await self.database.transact(lambda tx: inbox.prune(tx, tx.now - INBOX_KEPT))
        sent = await self.database.transact(lambda tx: outbox.prune(tx, tx.now - OUTBOX_KEPT))
        if swept or pruned or sent:
            log.info("tidied", blobs=swept, updates=pruned, messages=sent)
        if self.count is not None:
            await self.count()
