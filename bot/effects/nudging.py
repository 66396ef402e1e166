"""The desk is reminded of what waits: a case that nobody takes, a family that nobody answers, a red flag that nobody has seen.

All that is due at one moment is one message in the group, however much it is; the people meant read it in private too.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.effects import cards, pool
from bot.effects.group import Group
from bot.effects.scene import Lane
from bot.wording import waiting as wording
from storage import cases, chats, coordinators
from storage.desk import nudges, overview

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from bot.effects.scene import House
    from bot.wording.waiting import Waiting
    from flows.staff.desk import About
    from storage.desk.nudges import Nudge
    from storage.rows import Case, Coordinator
    from storage.transaction import Transaction

REMEMBERED = timedelta(days=30)  # a family that was last heard before is not waited for by the minute
PAGE = 500
ESCALATED = 2


def look(tx: Transaction, house: House, after: int) -> tuple[list[int], int | None]:
    """One page of open cases behind an id: those that something is to be said about, and the last of the page; None at the end."""
    found = nudges.watched(tx, after=after, heard=tx.now - REMEMBERED, limit=PAGE)
    group = Group(tx=tx, house=house)
    due = {one.case.id for one in _due(group, found)}
    return sorted(due), found[-1].id if len(found) == PAGE else None


def remind(tx: Transaction, house: House, ids: Sequence[int]) -> None:
    """Says it, unless somebody has seen to it meanwhile, and remembers that it was said."""
    group = Group(tx=tx, house=house)
    due = list(_due(group, [cases.lock(tx, one) for one in ids]))
    for one in due:
        nudges.put(tx, one.case.id, one.about, since=one.since, times=one.level)
    for flags in (True, False):
        _tell(group, [one for one in due if (one.about == "flag") == flags], lane=Lane.URGENT if flags else Lane.CARD)


def late(tx: Transaction, house: House) -> int:
    """How many cases wait longer than was promised, for somebody or for an answer."""
    group, count, after = Group(tx=tx, house=house), 0, 0
    while found := nudges.watched(tx, after=after, heard=tx.now - REMEMBERED, limit=PAGE):
        after = found[-1].id
        told = nudges.told(tx, [case.id for case in found])
        count += sum(1 for _, about, _, level in _levels(group, found, told) if about != "flag" and level >= ESCALATED)
    return count


def _due(group: Group, found: Sequence[Case]) -> Iterable[Waiting]:
    """What waits for longer than was said about it last."""
    told = nudges.told(group.tx, [case.id for case in found])
    for case, about, since, level in _levels(group, found, told):
        before = told.get((case.id, about))
        if level > (before.times if before and before.since == since else 0):
            yield wording.Waiting(case=case, about=about, since=since, level=level, address=cards.address(group, case))


def _levels(
    group: Group, found: Sequence[Case], told: Mapping[tuple[int, str], Nudge]
) -> Iterable[tuple[Case, About, datetime, int]]:
    """Every wait in these cases, and how far it has gone."""
    tx, desk = group.tx, group.house.definition.desk
    unanswered = overview.waiting(tx, [case.id for case in found if case.holder is not None])
    for case in found:
        if case.closed_at is None:
            for about, since in _waits(case, unanswered.get(case.id), told.get((case.id, "claim"))):
                yield case, about, since, desk.level(about, since, tx.now)


def _waits(case: Case, unanswered: datetime | None, free: Nudge | None) -> Iterable[tuple[About, datetime]]:
    """A case is free since it was opened, or since somebody let go of it, which is remembered like a reminder."""
    if cards.alarmed(case) and case.red_flag_at is not None:
        yield "flag", case.red_flag_at
    if case.holder is None:
        yield "claim", free.since if free else case.opened_at
    elif unanswered is not None:
        yield "answer", unanswered


def _tell(group: Group, due: Sequence[Waiting], *, lane: Lane) -> None:
    """One message for all of it in General, with the names of those who are meant; each of them their own part in private."""
    if not due:
        return
    zone = group.house.desk_zone.key
    words, meant = group.house.desk_words, defaultdict[int, list["Waiting"]](list)
    people: dict[int, Coordinator] = {}
    roster = coordinators.roster(group.tx)
    for one in due:
        for person in _meant(group, roster, one):
            people[person.telegram_id] = person
            meant[person.telegram_id].append(one)
    group.general(wording.listed(words, due, list(people.values()), zone), kind="desk_reminded", lane=lane)
    for telegram_id, theirs in meant.items():
        if people[telegram_id].private_chat:
            group.privately(telegram_id, wording.listed(words, theirs, [], zone), kind="desk_reminded_privately", lane=lane)


def _meant(group: Group, roster: Sequence[Coordinator], one: Waiting) -> list[Coordinator]:
    """First the holder, or who is on shift for the language; when the promise is broken, and for a red flag, the leads."""
    if one.about == "flag" or one.level >= ESCALATED:
        return pool.leads(roster)
    if one.case.holder is not None:
        holder = next((person for person in roster if person.telegram_id == one.case.holder), None)
        return [holder] if holder and pool.here(group, holder) else pool.leads(roster)
    language = chats.get(group.tx, one.case.chat_id).language
    return pool.addressed(group, roster, language, one.case.reasons.split(",")[-1])
