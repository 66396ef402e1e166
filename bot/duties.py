"""What only one program may do at a time, held and renewed while it is done. A program that has its store for itself always holds it."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
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
GONE = 2.0  # the same where the database saw its connection end, and not because all did: then it is dead
GLANCE = 0.1  # between the looks whether others still see that this program lives
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
    _shown: int | None = None  # what it asked to be known by
    _waits: float = SETTLED

    def held(self) -> bool:
        """Whether it may go on right now; without a look at the store."""
        return not self.shared or (self._lasts() and self._pulse in {None, self.database.pulse})

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
        ours: int | None = None  # our pulse when somebody else was last seen to have it
        try:
            while True:
                standing = await self._standing()
                if standing == "held":
                    ours = self.database.pulse
                elif standing and await self._ask(duties.take):
                    dead = standing == "gone" and ours is not None and ours == self.database.pulse
                    self._waits = GONE if dead else SETTLED
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
            while self._lasts():
                await self._rest()
                if task.done() and (task.cancelled() or task.exception()):
                    return
                await self._ask(duties.renew)
        finally:
            while not task.done():  # a library may swallow it: before Python 3.12 asyncio.wait_for does
                task.cancel()
                await asyncio.wait({task}, timeout=SPARE)
            if not task.cancelled() and (error := task.exception()):
                log.error("duty_crashed", duty=self.name, exc_info=error)

    async def _rest(self) -> None:
        """Until it must be renewed; at once when others may take this program for gone, since it is not."""
        end = monotonic() + RENEWED
        while monotonic() < end and self._shown == self.database.pulse:  # noqa: ASYNC110 - what is waited for is time
            await asyncio.sleep(min(GLANCE, RENEWED))

    def _lasts(self) -> bool:
        return monotonic() < self._until - SPARE

    async def _standing(self) -> duties.Standing | None:
        return await self._answered(self.database.read(lambda tx: duties.standing(tx, self.name, self.holder)))

    async def _ask(self, how: Callable[..., duties.Hold | None]) -> bool:
        """Takes or renews it. While the store does not answer, what was taken lasts until its time is over."""
        asked, self._shown = monotonic(), self.database.pulse
        question = partial(how, name=self.name, holder=self.holder, seconds=SECONDS, pulse=self._shown)
        answer = await self._answered(self.database.transact(lambda tx: (question(tx),)))
        if answer is None:
            return False
        (hold,) = answer
        self._until, self._pulse = (asked + SECONDS, hold.pulse) if hold else (0.0, None)
        return hold is not None

    async def _answered(self, question: Coroutine[Any, Any, T]) -> T | None:
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
