"""The desk's list of new cases, made when it is sent: it costs the same however many cases came meanwhile."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bot.effects import flood
from bot.effects.group import Group

if TYPE_CHECKING:
    from bot.channel import Upload
    from bot.effects.scene import House
    from storage.database import Database
    from storage.rows import OutboxRow


@dataclass(frozen=True, kw_only=True, slots=True)
class Lists:
    """What delivery calls for an outbox row that is to be the list."""

    database: Database
    house: House

    async def made(self, row: OutboxRow, _: Any) -> tuple[OutboxRow, dict[str, Upload]]:
        message = await self.database.read(lambda tx: flood.listed(Group(tx=tx, house=self.house)))
        call = self.house.wire.edit(message, row.chat_id)
        return replace(row, payload=row.payload | call.params), {}
