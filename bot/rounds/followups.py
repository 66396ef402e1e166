"""Scheduled messages: the scheduler is a bare clock, the truth is in the rows.

Every second: which reminders are due? Each becomes an outbox row in the transaction that marks it sent, so that none is lost and none
goes out twice, whenever the program was down.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from storage import reminders

if TYPE_CHECKING:
    from storage.database import Database
    from storage.rows import Reminder

Remind = Callable[["Reminder"], Awaitable[None]]

log = structlog.get_logger("bot.rounds.followups")

TICK_SECONDS = 1
BATCH = 100


class Followups:
    """`remind` turns one due reminder into messages."""

    def __init__(self, *, database: Database, remind: Remind) -> None:
        self._database = database
        self._remind = remind
        untyped: Any = AsyncIOScheduler
        self._scheduler = untyped(timezone=UTC)
        self._ticking = asyncio.Lock()
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        job = self._scheduler.add_job(
            self.tick, "interval", seconds=TICK_SECONDS, coalesce=True, max_instances=1, misfire_grace_time=None
        )
        self._scheduler.start()
        self._watching = asyncio.create_task(_watch(job))

    async def drain(self) -> None:
        """No more ticks; waits for the one that is under way."""
        if self._watching is not None:
            self._watching.cancel()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
            await asyncio.sleep(0)  # it ends in the next turn of the loop
        async with self._ticking:
            return

    async def tick(self) -> int:
        """Everything that is due now. Returns how many."""
        count = 0
        async with self._ticking:
            while due := await self._due():
                await asyncio.gather(*(self._one(reminder) for reminder in due))
                count += len(due)
                if len(due) < BATCH:
                    break
        return count

    async def _due(self) -> list[Reminder]:
        try:
            return await self._database.transact(lambda tx: reminders.due(tx, BATCH))
        except Exception:
            log.exception("store_unavailable")
            return []

    async def _one(self, reminder: Reminder) -> None:
        try:
            await self._remind(reminder)
        except Exception:
            log.exception("reminder_failed", reminder_id=reminder.id, kind=reminder.kind)


async def _watch(job: Any) -> None:
    """The scheduler goes by the machine's clock: set back by a day, it would not tick for a day. The loop's own clock is never set."""
    while True:
        await asyncio.sleep(TICK_SECONDS)
        now = datetime.now(UTC)
        if job.next_run_time - now > timedelta(seconds=2 * TICK_SECONDS):
            job.modify(next_run_time=now)
