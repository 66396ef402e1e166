"""A follow-up programme as data: at which points after day zero somebody is asked how things are. See definitions/*/followups.json.

Each point becomes a rule of the reminders' planner, so quiet hours, zones, silence and spacing are the same as for all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.reading import Spot, unique
from flows.schedule.quiet_hours import at_clock
from flows.schedule.reminder_rules import Rule, button_of, clock_of, duration_of, ends_of
from flows.texts import Text, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY_ZERO = "day-zero"
SUBJECT = "check-in"
PREFIX = "check-in"  # of the contexts under which translators find the texts
_BEGIN = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Programme:
    """`at`: the patient's wall clock at which a point is due; `sources`: rule kind -> where the point comes from.

    `name`: of a programme that protocols choose; "" for the one of all others.
    """

    name: str = ""
    at: time
    rules: tuple[Rule, ...]
    sources: Mapping[str, str]

    def start(self, day_zero: date, zone: ZoneInfo) -> dict[str, datetime]:
        """What begins with day zero, as `flows.reminders.Facts.starts` wants it."""
        return {SUBJECT: at_clock(day_zero, self.at, zone)}

    @property
    def starts(self) -> str:
        """The fact with which its points begin."""
        return _named(DAY_ZERO, self.name)


def _named(word: str, name: str) -> str:
    return f"{word}/{name}" if name else word


@dataclass(frozen=True, kw_only=True)
class _Phase:
    """What the points of a part of the programme say, unless they have words of their own."""

    title: Text | None
    body: Text


def read(spot: Spot, name: str = "") -> Programme:
    """A programme from its file; its points in the order of time."""
    spot.only("version", "at", "lapses_after", "first", "phases", "needs_consent", "ends", "buttons", "points")
    phases = {one.text("id"): _phase(one) for one in unique(spot.get("phases").items())}
    points = unique(spot.get("points").items())
    rules = tuple(_rule(spot, one, phases, name) for one in points)
    _in_order(points, rules)
    sources = {rule.kind: one.text("source") for rule, one in zip(rules, points, strict=True)}
    return Programme(name=name, at=clock_of(spot.get("at")), rules=rules, sources=sources)


def _phase(spot: Spot) -> _Phase:
    spot.only("id", "title", "body")
    title = text_of(spot, PREFIX, "title") if spot.has("title") else None
    return _Phase(title=title, body=text_of(spot, PREFIX, "body"))


def _rule(spot: Spot, point: Spot, phases: Mapping[str, _Phase], name: str) -> Rule:
    point.only("id", "after", "phase", "title", "source")
    phase = phases[point.one_of("phase", tuple(phases))]
    title = text_of(point, PREFIX, "title") if point.has("title") else phase.title
    if title is None:
        raise point.wrong("has no title, and neither has its phase")
    return Rule(
        kind=f"{_named(SUBJECT, name)}/{point.text('id')}",
        audience="patient",
        subject=SUBJECT,
        starts=_named(DAY_ZERO, name),
        first_after=duration_of(point.get("after")),
        then_every=(),
        most=1,
        lapses_after=duration_of(spot.get("lapses_after")),
        needs_consent=spot.text("needs_consent") if spot.has("needs_consent") else None,
        ends=ends_of(spot.get("ends")),
        first=text_of(spot, PREFIX, "first", "all"),
        title=title,
        body=phase.body,
        last=None,
        buttons=tuple(button_of(one) for one in spot.get("buttons").items()),
    )


def _in_order(points: tuple[Spot, ...], rules: tuple[Rule, ...]) -> None:
    times = [rule.first_after.after(_BEGIN, ZoneInfo("UTC")) for rule in rules]
    for number, point in enumerate(points[1:], start=1):
        if times[number] <= times[number - 1]:
            raise point.get("after").wrong("must be later than the point before it")
