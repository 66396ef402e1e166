"""Who comes in with a hospital's credential: asked for on every request, so that its end, or the family's no, counts at once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from bot.exports import FileLost
from bot.web.fhir.outcome import Refused, missing
from bot.web.fhir.shelf import Shelf, shelf
from storage import audit
from storage.desk import credentials

if TYPE_CHECKING:
    from fastapi import Request

    from bot.effects.scene import House
    from storage.database import Database
    from storage.desk.credentials import Credential
    from storage.desk.shared_cases import Shared
    from storage.transaction import Transaction

T = TypeVar("T")
SCHEME = "bearer "
SPAN = 60.0  # seconds
MOST, STRANGERS = 120, 30  # requests in a span: of one credential, of everybody without one
NOBODY = 0  # no credential has this id


@dataclass(slots=True)
class Turns:
    """When requests came in, by who sent them; times are the machine's monotonic seconds."""

    clock: Callable[[], float] = monotonic
    _came: dict[int, deque[float]] = field(default_factory=dict)

    def take(self, who: int, most: int) -> float:
        """Seconds until one more has room; 0: it has, and is counted."""
        came, now = self._came.setdefault(who, deque()), self.clock()
        while came and came[0] <= now - SPAN:
            came.popleft()
        if len(came) >= most:
            return came[0] + SPAN - now
        came.append(now)
        return 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Found(Generic[T]):
    """What a request asked for, and the cases that it is about. `tell` makes the answer when the transaction has ended, for that may take
    long; raises FileLost. `kind`: of the resources, for the log.
    """

    cases: Sequence[Shared]
    tell: Callable[[], T]
    kind: str
    action: str = "hospital.read"


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    database: Database
    house: House
    turns: Turns = field(default_factory=Turns)

    async def opened(self, request: Request, look: Callable[[Shelf], Found[T]]) -> T:
        """What `look` finds: handed over when it is written down, and when it may still be read then.

        Raises Refused and FileLost, both written down too.
        """
        secret = _secret(request)
        known = await self.database.read(lambda tx: _working(tx, secret))
        wait = self.turns.take(known.id, MOST) if known else self.turns.take(NOBODY, STRANGERS)
        if wait:
            later = {"Retry-After": str(int(wait) + 1)}
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "throttled", "Too many requests.", later)
        try:
            found = await self.database.read(lambda tx: look(self._shelf(tx, secret)))
            told, lost = await asyncio.to_thread(_told, found)
            action = found.action if lost is None else "hospital.failed"
            await self.database.transact(lambda tx: self._write_down(tx, secret, found, action))
        except Refused:
            await self.database.transact(lambda tx: _denied(tx, secret))
            raise
        if lost is not None:
            raise lost
        return cast("T", told)

    def _shelf(self, tx: Transaction, secret: str) -> Shelf:
        known = _working(tx, secret)
        if known is None:
            why = "A credential that works is needed, as a bearer token."
            raise Refused(HTTPStatus.UNAUTHORIZED, "login", why, {"WWW-Authenticate": 'Bearer realm="fhir"'})
        return shelf(tx, self.house.definition, known)

    def _write_down(self, tx: Transaction, secret: str, found: Found[T], action: str) -> None:
        on = self._shelf(tx, secret)
        open_ = {one.case.id for one in on.cases}
        if not all(one.case.id in open_ for one in found.cases):
            raise missing()
        objects = [f"case:{one.case.id}" for one in found.cases] or ["cases"]
        for object_ in objects:
            credentials.used(tx, on.credential, action=action, object=object_, detail=found.kind)


def _told(found: Found[T]) -> tuple[T | None, FileLost | None]:
    try:
        return found.tell(), None
    except FileLost as error:
        return None, error


def _working(tx: Transaction, secret: str) -> Credential | None:
    known = credentials.find(tx, secret)
    return known if known is not None and known.state(tx.now) == "works" else None


def _denied(tx: Transaction, secret: str) -> None:
    """Nothing of what was asked is written: an address can hold anything."""
    known = credentials.find(tx, secret)
    state = known.state(tx.now) if known else "unknown"
    actor = known.actor if known else "nobody"
    audit.write(tx, actor=actor, action="hospital.denied", object="fhir", detail=f"credential={state}")


def _secret(request: Request) -> str:
    """One header, in any case of letters as HTTP has it; nothing else counts, least of all an address."""
    given = request.headers.getlist("authorization")
    one = given[0] if len(given) == 1 else ""
    return one[len(SCHEME) :].strip() if one[: len(SCHEME)].lower() == SCHEME else ""
