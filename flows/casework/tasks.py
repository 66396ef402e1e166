"""Tasks of a case: what the family or the desk has to see to. Which a stage opens, how one can change, when it is spoken of again.

Papers for the journey and the parts of the cost are tasks too: the same table, other items.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal

from flows.schedule.quiet_hours import at_clock

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from flows.casework.support import Item, PassportRule

OPEN = "open"
MOVES: dict[str, tuple[str, ...]] = {
    OPEN: ("asked", "done", "not-possible", "dropped"),
    "asked": ("open", "done", "not-possible", "dropped"),  # somebody else was asked for it: a hospital, an interpreter
    "done": ("open",),
    "not-possible": ("open", "asked", "done", "dropped"),
    "dropped": ("open",),
}
STATES = tuple(MOVES)
WAITING = frozenset({OPEN, "asked"})
BY_FAMILY = frozenset({"done", "not-possible"})
AT = time(10)  # the family's wall clock at which a due task begins to be spoken of
BEFORE_DUE, AFTER_ASKED = timedelta(days=4), timedelta(days=2)  # with the rule's P3D: a day before it is due, or the day after

Lasts = Literal["lasts", "short", "unknown"]


def opened_by(stage: str, items: Iterable[Item], there: Iterable[str]) -> tuple[Item, ...]:
    """The items that a stage opens and that are not there yet (`there`: ids of items of this case)."""
    known = set(there)
    return tuple(item for item in items if item.opens == stage and item.id not in known)


def of_kind(kind: str, items: Iterable[Item], there: Iterable[str]) -> tuple[Item, ...]:
    """The items of a kind that are not there yet."""
    known = set(there)
    return tuple(item for item in items if item.kind == kind and item.id not in known)


def answerable(state: str, owner: str, wanted: str) -> bool:
    """Whether the family may say this of a task."""
    return owner == "family" and state in WAITING and wanted in BY_FAMILY


def start(asked: datetime, due: date | None, zone: ZoneInfo) -> datetime:
    """Since when a task is waited for, as the rules of reminders want to know it: one with a due day a few days before that."""
    if due is None:
        return asked
    return max(asked - AFTER_ASKED, at_clock(due, AT, zone) - BEFORE_DUE)


def passport(rule: PassportRule, until: date | None, arrival: date | None, *, today: date) -> Lasts:
    """Whether a passport lasts for the whole stay and what is asked beyond it. Nobody knows while a date is missing,

    unless it would be too short even for somebody who left today.
    """
    if until is None:
        return "unknown"
    if until < rule.needed(arrival or today):
        return "short"
    return "unknown" if arrival is None else "lasts"
