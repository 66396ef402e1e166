"""The morning digest is ordered once a working day, when the desk opens; what it shows is gathered when it is sent (bot/rounds/morning.py)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from bot.effects.group import Group
from bot.effects.scene import Lane
from storage import facts

if TYPE_CHECKING:
    from bot.effects.scene import House
    from storage.transaction import Transaction

MORNING = "morning"  # in a payload: since when it tells what is new
LAST = "morning digest"  # the fact that holds when the last one was ordered
LATEST = timedelta(hours=2)  # after the opening; a program that was down for longer sends none that day


def due(tx: Transaction, house: House) -> bool:
    """Whether the desk has just opened and has had none today."""
    office, last = house.definition.desk.office, _last(tx)
    today = tx.now.astimezone(office.zone).date()
    waited = office.waited(datetime.combine(today, time(), tzinfo=office.zone), tx.now)
    fresh = last is not None and last.astimezone(office.zone).date() == today
    return bool(house.desk_chat) and office.open_at(tx.now) and waited <= LATEST and not fresh


def order(tx: Transaction, house: House) -> None:
    """Once, whoever looks."""
    if not due(tx, house):
        return
    since = _last(tx) or house.definition.desk.office.opened_before(tx.now)  # the first one looks back on the last working day
    facts.put(tx, LAST, tx.now.isoformat())
    group = Group(tx=tx, house=house)
    group.call("sendPhoto", {MORNING: {"since": since.isoformat()}}, kind="morning_digest", lane=Lane.ANSWER)


def _last(tx: Transaction) -> datetime | None:
    known = facts.get(tx, LAST)
    return datetime.fromisoformat(known) if known else None
