"""Looks, every so often, at what waits at the desk, and orders the morning digest. The rules are flows.staff.desk's, what is said is bot/effects/nudging's."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.effects import morning, nudging, rescreening

if TYPE_CHECKING:
    from bot.effects.scene import House
    from storage.database import Database

log = structlog.get_logger("bot.rounds.watch")

EVERY_SECONDS = 30.0
RESCREENED = 120  # every so many looks, and at the first: protocols change with a start, facts slowly


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch:
    """`wake` tells delivery that there is work."""

    database: Database
    house: House
    wake: Callable[[], None]

    async def run(self) -> None:
        """Until cancelled."""
        for number in itertools.count():
            await asyncio.sleep(EVERY_SECONDS)
            try:
                await self.look()
                if number % RESCREENED == 0:
                    await self.rescreen()
            except Exception:
                log.exception("watch_failed")

    async def look(self) -> None:
        """At every open case once, page by page. Reading does not keep those who write waiting."""
        after: int | None = 0
        while after is not None:
            due, after = await self.database.read(partial(nudging.look, house=self.house, after=after))
            if due:
                await self.database.transact(partial(nudging.remind, house=self.house, ids=due))
                self.wake()
        if await self.database.read(partial(morning.due, house=self.house)):
            await self.database.transact(partial(morning.order, house=self.house))
            self.wake()

    async def rescreen(self) -> None:
        """Closed ways beside the protocols and the facts as they are now."""
        changed = await self.database.read(partial(rescreening.look, house=self.house))
        if changed:
            await self.database.transact(partial(rescreening.tell, house=self.house, ids=changed))
            self.wake()
