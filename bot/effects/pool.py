"""Whom at the desk news of a case addresses: the roster as flows.staff.routing wants to know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.staff import roles, routing, shifts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.effects.group import Group
    from storage.rows import Coordinator


def addressed(group: Group, roster: Sequence[Coordinator], language: str | None, topic: str) -> list[Coordinator]:
    """The people meant; nobody when that would be everybody, because then nobody needs to be named."""
    acting = [one for one in roster if roles.may(one.role, "act")]
    people = [_colleague(group, one) for one in acting]
    ids = routing.addressed(people, language=language, topic=topic)
    return [one for one in acting if one.telegram_id in ids] if len(ids) < len(acting) else []


def leads(roster: Sequence[Coordinator]) -> list[Coordinator]:
    """Who can give a case to somebody else; everybody who acts, where nobody is there for that."""
    return [one for one in roster if roles.may(one.role, "reassign")] or [one for one in roster if roles.may(one.role, "act")]


def here(group: Group, one: Coordinator) -> bool:
    """On shift and not away."""
    if one.away_until is not None and group.tx.now < one.away_until:
        return False
    zone = group.house.desk_zone.key
    shift = shifts.parse(one.shift, zone=zone) if one.shift else None
    return shift is None or shift.covers(group.tx.now)


def _colleague(group: Group, one: Coordinator) -> routing.Colleague:
    return routing.Colleague(id=one.telegram_id, here=here(group, one), languages=_set(one.languages), topics=_set(one.topics))


def _set(said: str) -> frozenset[str]:
    return frozenset(filter(None, said.split(",")))
