"""Keeps the counts of how far people come up to date, a few responses in one transaction, so that nobody waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from flows.dialogue.versions import carried
from flows.funnel import marks
from flows.response import QuestionnaireResponse
from storage.desk import tallies

if TYPE_CHECKING:
    from datetime import datetime

    from bot.effects.scene import House
    from storage.database import Database
    from storage.desk.tallies import Due, Mark
    from storage.transaction import Transaction

BATCH = 50  # responses of one transaction
LOOKED_BACK = timedelta(days=365)  # as far as figures go


@dataclass(frozen=True, kw_only=True, slots=True)
class Tallying:
    database: Database
    house: House

    async def catch_up(self, since: datetime, *, most: int) -> int:
        """Counts responses begun since then that went on; at most so many. Returns how many are left."""
        for _ in range(-(-most // BATCH)):
            if not await self._some(since):
                return 0
        return await self.database.read(lambda tx: tallies.left(tx, since))

    async def run(self) -> None:
        """Everything that figures are made of."""
        since = await self.database.read(lambda tx: tx.now - LOOKED_BACK)
        while await self._some(since):
            pass

    async def _some(self, since: datetime) -> bool:
        """Reads and thinks first, and holds the store only to write. False: there was nothing to do."""
        found = await self.database.read(lambda tx: self._read(tx, since))
        if found:
            await self.database.transact(lambda tx: tallies.fold(tx, found))  # without those that were deleted meanwhile
        return bool(found)

    def _read(self, tx: Transaction, since: datetime) -> list[tuple[Due, frozenset[Mark]]]:
        read = (tallies.read(tx, one) for one in tallies.due(tx, since, limit=BATCH))
        return [(one, self._marks(tx, one)) for one in read if one]

    def _marks(self, tx: Transaction, due: Due) -> frozenset[Mark]:
        form, known = self.house.definition.questionnaire, QuestionnaireResponse.loads(due.body)
        new = carried(form, known, now=tx.now, today=tx.now.date())
        return marks(form, new.response if new else known)
