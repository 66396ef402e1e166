"""Who comes in on the web: opened from Telegram, signed by it, on the roster now. A visit ends an hour after the last page.

Nothing is kept about a visit: the cookie is a number, a time and our tag under both, and the roster is asked for every page.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flows.staff import roles
from storage import audit, coordinators

if TYPE_CHECKING:
    from storage.database import Database
    from storage.rows import Coordinator
    from storage.sealed.keyring import Keyring
    from storage.transaction import Transaction

COOKIE = "careline_desk"
OPENED = timedelta(hours=1)  # how old the words of Telegram may be
AHEAD = timedelta(minutes=1)  # how far its clock may be before ours
IDLE = timedelta(hours=1)
LONGEST = 8192  # characters of init data
SECONDS, NUMBER = 11, 16  # digits of a time and of a person's number
RANDOM = 30  # bits of a page's number, below its time in seconds
ONCE = 20  # digits of a page's number


@dataclass(frozen=True, kw_only=True, slots=True)
class Door:
    """`signed`: whether Telegram signed these init data for the desk bot. `sure`: whether the roster is right about somebody now."""

    database: Database
    keys: Keyring
    signed: Callable[[str], Awaitable[bool]]
    now: Callable[[], datetime]
    sure: Callable[[int], Awaitable[bool]]

    async def enter(self, init_data: str) -> str | None:
        """The cookie of a new visit, or None. Every refusal of somebody whom Telegram knows is written down."""
        number = await self._opened_by(init_data)
        if number is None:
            return None
        sure = await self.sure(number)
        known = await self.database.transact(lambda tx: _admit(tx, number) if sure else _refused(tx, number))
        return self.cookie(number) if known else None

    async def visitor(self, cookie: str | None) -> Coordinator | None:
        """Who has this cookie, if they still work at the desk. Whoever worked here once and is refused is written down."""
        number = self._number_of(cookie or "")
        if not number:
            return None
        known = await self.database.read(lambda tx: _working(tx, number)) if await self.sure(number) else None
        if known is None:
            await self.database.transact(lambda tx: _refused(tx, number))
        return known

    def cookie(self, number: int) -> str:
        """For a visit that goes on from now."""
        seen = int(self.now().timestamp())
        return f"{number}.{seen}.{self.keys.sign(_signed(number, seen))}"

    def token(self, number: int) -> str:
        """Stands in every page that sends something back, and in no other site: for one deed of this person, within the hour."""
        once = int(self.now().timestamp()) << RANDOM | secrets.randbits(RANDOM)
        return f"{once}.{self.keys.sign(_page(number, once))}"

    def opens(self, number: int, token: str) -> int | None:
        """The number of the page that a token was made for; None for a token of somebody else, of nobody or of long ago."""
        digits, _, tag = token.partition(".")
        once = _whole(digits, ONCE)
        good = self.keys.verify(_page(number, once), tag)
        return once if good and -AHEAD <= self._age(str(once >> RANDOM)) <= IDLE else None

    async def _opened_by(self, init_data: str) -> int | None:
        if len(init_data) > LONGEST or not await self.signed(init_data):
            return None
        pairs = parse_qsl(init_data, keep_blank_values=True)
        fields = dict(pairs)
        if len(fields) != len(pairs) or not -AHEAD <= self._age(fields.get("auth_date", "")) <= OPENED:
            return None
        return _person(fields.get("user", ""))

    def _number_of(self, cookie: str) -> int | None:
        number, _, rest = cookie.partition(".")
        seen, _, tag = rest.partition(".")
        good = self.keys.verify(_signed(_whole(number, NUMBER), _whole(seen, SECONDS)), tag)
        return _whole(number, NUMBER) if good and -AHEAD <= self._age(seen) <= IDLE else None

    def _age(self, seconds: str) -> timedelta:
        return self.now() - datetime.fromtimestamp(_whole(seconds, SECONDS), UTC)


def _admit(tx: Transaction, number: int) -> bool:
    if _working(tx, number) is None:
        _refused(tx, number)
        return False
    audit.write(tx, actor=str(number), action="desk.entered", object="web")
    return True


def _refused(tx: Transaction, number: int) -> None:
    audit.write(tx, actor=str(number), action="desk.denied", object="web")


def _working(tx: Transaction, number: int) -> Coordinator | None:
    known = coordinators.get(tx, number)
    return known if known is not None and known.active and roles.may(known.role, "read") else None


def _signed(number: int, seen: int) -> str:
    return f"desk visit:{number}:{seen}"


def _page(number: int, once: int) -> str:
    return f"desk page:{number}:{once}"


def _whole(digits: str, most: int) -> int:
    """A number of at most so many digits; of anything else 0, which is nobody and the beginning of time."""
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= most else 0


def _person(text: str) -> int | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    number = found.get("id") if isinstance(found, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None
