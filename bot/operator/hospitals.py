"""`python -m bot hospitals`: with what hospitals read their cases, for the operator of this installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from bot import definitions
from bot.operator.exporting import NoData
from storage.database import Database
from storage.desk import credentials
from storage.sealed.keyring import Keyring

if TYPE_CHECKING:
    from bot.settings import Settings
    from flows.library import Definition
    from storage.transaction import Transaction

OPERATOR = 0
MOST = 365  # days
DIGITS = 18  # of a credential's number: fewer than the store can hold


class Wrong(ValueError):
    """What was asked for cannot be done."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """verb: list | issue | revoke. `what`: a hospital's id, or the number of a credential."""

    verb: str
    what: str
    days: int


async def hospitals(settings: Settings, wanted: Wanted) -> list[str]:
    """Does it and returns what to tell. Raises NoData, Wrong."""
    if not settings.key_file.exists():
        raise NoData(NoData.__doc__)
    definition, keys = definitions.read(settings), Keyring.open(settings.key_file)
    database = Database.open(settings.database, keys=keys)
    try:
        return await database.transact(lambda tx: VERBS[wanted.verb](tx, definition, wanted))
    finally:
        await database.close()


def _list(tx: Transaction, definition: Definition, _: Wanted) -> list[str]:
    found = [
        f"{one.id:4}  {one.centre:20} {one.state(tx.now):8} until {one.expires_at:%Y-%m-%d}  "
        f"used {f'{one.used_at:%Y-%m-%d %H:%M}' if one.used_at else 'never'}"
        for one in credentials.everything(tx)
    ]
    known = ", ".join(one.id for one in definition.support.centres)
    return [*(found or ["No hospital can read cases here yet."]), f"Hospitals: {known}"]


def _issue(tx: Transaction, definition: Definition, wanted: Wanted) -> list[str]:
    if definition.support.centre(wanted.what) is None:
        known = ", ".join(one.id for one in definition.support.centres)
        raise Wrong(f"There is no hospital {wanted.what}. Hospitals: {known}")
    if not 0 < wanted.days <= MOST:
        raise Wrong(f"A credential lasts from 1 to {MOST} days.")
    made, secret = credentials.issue(tx, wanted.what, by=OPERATOR, life=timedelta(days=wanted.days))
    return [f"Credential {made.id} for {made.centre}, until {made.expires_at:%Y-%m-%d}. It is shown only now:", secret]


def _revoke(tx: Transaction, _: Definition, wanted: Wanted) -> list[str]:
    if not wanted.what.isdecimal() or len(wanted.what) > DIGITS or not credentials.revoke(tx, int(wanted.what), by=OPERATOR):
        raise Wrong(f"There is no credential {wanted.what} that works.")
    return [f"Credential {wanted.what} does not work any more."]


VERBS = {"list": _list, "issue": _issue, "revoke": _revoke}
