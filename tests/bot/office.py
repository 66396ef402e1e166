"""A delivery at work on a real store, with a channel to the stand-in."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

from bot.delivery import Delivery
from bot.delivery.ahead import Ahead
from bot.delivery.attachments import Attachments
from bot.delivery.doubt import Doubt
from bot.delivery.pace import Pace
from bot.patient.channel import PatientChannel
from storage import outbox
from storage.database import Database
from storage.desk import moving
from storage.rows import OutboxRow
from storage.vault import Vault
from tests.bot.stand_in import until
from tests.loaded import DEFINITION

Fate = tuple[str, str]


class Office:
    """A delivery at work, with what its hooks were told."""

    def __init__(self, database: Database, channel: PatientChannel, vault: Vault, **more: Any) -> None:
        self.database = database
        self.fates: list[Fate] = []
        self.delivery = Delivery(
            bot="patient",
            channel=channel,
            database=database,
            pace=more.pop("pace", Pace(None)),
            doubt=more.pop("doubt", Doubt(kept=False)),
            ahead=more.pop(
                "ahead", Ahead(attach=Attachments(database=database, vault=vault, definition=lambda: DEFINITION).attach)
            ),
            after_sent=lambda _, row, __: self.fates.append((row.kind, "sent")),
            after_moved=partial(moving.move, kinds=()),
            after_failed=lambda _, row, error: self.fates.append((row.kind, type(error).__name__)),
            **more,
        )

    async def put(self, chat: int, text: str, **more: Any) -> int:
        row = {"bot": "patient", "chat_id": chat, "method": "sendMessage", "payload": {"text": text}, "kind": text} | more
        return await self.database.transact(lambda tx: outbox.put(tx, **row))

    async def row(self, row_id: int) -> OutboxRow:
        found = await self.database.read(lambda tx: outbox.get(tx, row_id))
        assert found is not None
        return found

    @contextlib.asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.delivery.run())
        try:
            yield
        finally:
            await self.delivery.drain()
            await task

    async def done(self) -> None:
        await until(self._empty)

    async def _empty(self) -> bool:
        return not await self.database.read(outbox.backlog)
