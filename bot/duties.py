"""What only one program may do at a time, held and renewed while it is done. A program that has its store for itself always holds it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

import structlog

from storage.sending import duties

if TYPE_CHECKING:
    from storage.database import Database
    from storage.transaction import Transaction

T = TypeVar("T")
Work = Callable[[], Coroutine[Any, Any, None]]

log = structlog.get_logger("bot.duties")

SECONDS = 8.0  # somebody else takes over after this time without a sign of life
RENEWED = 2.0
WATCHED = 0.5  # between the looks of those who would take it over
SETTLED = 12.0  # from its claim, within which a program that lost the duty but lives writes down what became of a message; a takeover is sooner
GONE = 2.0  # the same where the database saw its connection end: it is dead, or sends nothing since it saw that too
SPARE = 1.0  # seconds before the end in which nothing is begun any more


async def go_on(name: str, work: Work) -> None:
    """Does it until it ends by itself; what crashes begins again."""
    while True:
        try:
            return await work()
        except Exception:
            log.exception("duty_crashed", duty=name)
            await asyncio.sleep(RENEWED)


@dataclass(kw_only=True)
class Duty:
    """One duty of one program. `shared`: other programs work on the same store."""

    name: str
    database: Database
    shared: bool
    holder: str = field(default_factory=lambda: secrets.token_hex(8))
    _until: float = 0.0
    _pulse: int | None = None  # by which others see that it lives
    _waits: float = SETTLED

    def held(self) -> bool:
        """Whether it may go on right now; without a look at the store."""
        seen = self._pulse is None or self._pulse == self.database.pulse
        return not self.shared or (seen and monotonic() < self._until - SPARE)

    def waits(self) -> float:
        """Seconds from its claim in which whoever had the duty before writes down what became of a message, if it lives."""
        return self._waits if self.shared else 0.0

    def fenced(self, tx: Transaction) -> bool:
        """The same, certain until the end of the transaction."""
        return not self.shared or duties.held(tx, self.name, self.holder)

    async def keep(self, work: Work) -> None:
        """Does the work for as long as the duty is held, and takes it up again whenever nobody has it. Until cancelled."""
        if not self.shared:
            return await go_on(self.name, work)
        try:
            while True:
                standing = await self._standing()
                if standing in {"free", "gone"} and await self._take():
                    self._waits = GONE if standing == "gone" else SETTLED
                    log.info("duty_taken", duty=self.name)
                    await self._hold(work)
                    log.warning("duty_lost", duty=self.name)
                await asyncio.sleep(RENEWED if standing is None else WATCHED)
        finally:
            await self._leave()

    async def _hold(self, work: Work) -> None:
        """Returns when the duty is lost. Work that ends by itself is done; the duty is kept all the same."""
        task = asyncio.create_task(work())
        try:
            while self.held():
                await asyncio.sleep(RENEWED)
                if task.done() and (error := task.exception()):
                    log.error("duty_crashed", duty=self.name, exc_info=error)
                    return
                await self._take()
        finally:
            while not task.done():  # a library may swallow it: before Python 3.12 asyncio.wait_for does
                task.cancel()
                await asyncio.wait({task}, timeout=SPARE)

    async def _standing(self) -> duties.Standing | None:
        return await self._ask(self.database.read(lambda tx: duties.standing(tx, self.name, self.holder)))

    async def _take(self) -> bool:
        """Takes or renews it. While the store does not answer, what was taken lasts until its time is over."""
        asked, pulse = monotonic(), self.database.pulse
        taken = await self._ask(self.database.transact(lambda tx: duties.take(tx, self.name, self.holder, SECONDS, pulse)))
        if taken is not None:
            self._until, self._pulse = asked + SECONDS if taken else 0.0, pulse
        return taken or False

    async def _ask(self, question: Coroutine[Any, Any, T]) -> T | None:
        """None: the store does not answer."""
        try:
            async with asyncio.timeout(SECONDS):
                return await question
        except Exception:
            log.exception("store_unavailable", duty=self.name)
            return None

    async def _leave(self) -> None:
        self._until = 0.0
        with contextlib.suppress(Exception):
            await self.database.transact(lambda tx: duties.leave(tx, self.name, self.holder))
