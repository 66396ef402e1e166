"""How long a criterion may rest on what it rests on: laboratory values, scans and daily activity grow old. Pure: the days come as arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.reading import Spot
from flows.spans import span
from flows.values import PartialDate

if TYPE_CHECKING:
    from flows.grounds.given import Given

NO_DAYS: Mapping[str, date] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Lasting:
    """`of` lasts for `days` from the day that the answer to `dated_by` states; else from the day when it was told, or `record` arrived.

    `of`: linkIds of the answers that grow old. A record that has not come makes nothing old.
    """

    of: frozenset[str]
    days: int
    dated_by: str | None
    record: str | None
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The days that no answer states: `told`: linkId -> when it was answered last; `received`: record -> when it came;
    `measured`: linkId -> the day of the value that a coordinator read in a report and that counts.
    """

    told: Mapping[str, date] = field(default_factory=lambda: NO_DAYS)
    received: Mapping[str, date] = field(default_factory=lambda: NO_DAYS)
    measured: Mapping[str, date] = field(default_factory=lambda: NO_DAYS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Aged:
    """What has grown old, or may have (`since` None: its day is not known). `link_ids`: the answers to be asked again."""

    link_ids: tuple[str, ...]
    record: str | None
    since: date | None
    days: int


def read(spot: Spot) -> Lasting:
    """A rule from its JSON."""
    spot.only("of", "days", "dated_by", "record", "as_of", "source")
    of = frozenset(spot.texts("of"))
    if not of:
        raise spot.get("of").wrong("is empty")
    return Lasting(
        of=of,
        days=spot.whole("days"),
        dated_by=spot.text("dated_by") if spot.has("dated_by") else None,
        record=spot.text("record") if spot.has("record") else None,
        as_of=spot.day("as_of"),
        source=spot.text("source"),
    )


def aged(rules: Iterable[Lasting], answers: Iterable[Given], days: Days, *, today: date) -> Iterator[Aged]:
    """Everything that has grown old by today, and what has no day. A date of a month or a year counts from its first day."""
    given = tuple(answers)
    answered = {one.link_id for one in given}
    for rule in rules:
        known = _since(rule, given, days)
        since: dict[date | None, list[str]] = {}
        for link_id in sorted(rule.of & answered):
            since.setdefault(known if rule.record else days.measured.get(link_id, known), []).append(link_id)
        for day, link_ids in since.items():
            if (today - day).days > rule.days if day else not rule.record:
                yield Aged(link_ids=tuple(link_ids), record=rule.record, since=day, days=rule.days)


def _since(rule: Lasting, given: tuple[Given, ...], days: Days) -> date | None:
    if rule.record:
        return days.received.get(rule.record)
    if rule.dated_by:
        stated = (one.value for one in given if one.link_id == rule.dated_by)
        return next((span(value.text)[0] for value in stated if isinstance(value, PartialDate)), None)
    return min((days.told[link_id] for link_id in rule.of if link_id in days.told), default=None)
