"""What nobody needs is removed, and nothing else."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from bot.rounds.housekeeping import Housekeeping
from storage import chats, documents, inbox, outbox
from storage.database import Database
from storage.records import fetching
from storage.transaction import Transaction
from storage.vault import Vault
from tests.bot.conftest import StoppedClock


async def test_orphans_go_and_documents_stay(database: Database, vault: Vault, tmp_path: Path) -> None:
    def keep(tx: Transaction) -> str:
        chat = chats.lock(tx, 7001, hint=None)
        _, part, _ = documents.announce(tx, chat.id, album=None, message_id=1, file_id="x", file_unique_id="x", kind="document")
        blob = vault.put([b"report"], documents.blob_context(part))
        fetching.stored(tx, part.id, content_type="application/pdf", size=blob.size, hmac=blob.hmac, blob=blob.id)
        return blob.id

    kept = await database.transact(keep)
    old, new = vault.put([b"orphan"], "x").id, vault.put([b"just stored"], "x").id
    for path in (tmp_path / "vault").rglob("*"):
        if path.is_file() and path.name != new:
            os.utime(path, (time.time() - 3600,) * 2)
    await Housekeeping(database=database, vault=vault).tidy()
    left = {path.name for path in (tmp_path / "vault").rglob("*") if path.is_file()}
    assert left == {kept, new}
    assert old not in left


async def test_answered_updates_are_forgotten_after_telegram_has(database: Database, vault: Vault, clock: StoppedClock) -> None:
    housekeeping = Housekeeping(database=database, vault=vault)
    await database.transact(lambda tx: [inbox.store(tx, "patient", number, {}) for number in (1, 2)])
    await database.transact(lambda tx: inbox.take(tx, "patient", 1))
    clock.shift(timedelta(days=2))
    await housekeeping.tidy()
    assert not await database.transact(lambda tx: inbox.store(tx, "patient", 1, {}))
    clock.shift(timedelta(days=2))
    await housekeeping.tidy()
    assert await database.transact(lambda tx: inbox.store(tx, "patient", 1, {}))
    assert not await database.transact(lambda tx: inbox.store(tx, "patient", 2, {}))


async def test_sent_messages_are_forgotten_unless_something_points_at_them(
    database: Database, vault: Vault, clock: StoppedClock
) -> None:
    def fill(tx: Transaction) -> tuple[int, int, int]:
        row = {"bot": "patient", "chat_id": 7001, "method": "sendMessage", "payload": {}, "kind": "question"}
        gone, asked, waiting = (outbox.put(tx, **row) for _ in range(3))
        chat = chats.lock(tx, 7001, hint=None)
        chats.update(tx, chat.id, asked_message=asked)
        for one in (gone, asked):
            outbox.sent(tx, one, 1)
        return gone, asked, waiting

    gone, asked, waiting = await database.transact(fill)
    clock.shift(timedelta(days=31))
    await Housekeeping(database=database, vault=vault).tidy()
    rows = await database.read(lambda tx: [outbox.get(tx, one) for one in (gone, asked, waiting)])
    assert [row is not None for row in rows] == [False, True, True]
