"""When somebody is at the desk: opening hours in one zone, working days, holidays; and how waiting is counted in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.schedule.quiet_hours import at_clock

if TYPE_CHECKING:
    from collections.abc import Iterator

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FURTHEST = 400  # days that are looked at: an office that never opens must not hang anybody


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """Open on `days` (0: Monday) from `start` to `end` on the wall clock of `zone`, which is earlier than `end`; not on `holidays`."""

    zone: ZoneInfo
    days: frozenset[int]
    start: time
    end: time
    holidays: frozenset[date] = frozenset()

    def open_at(self, instant: datetime) -> bool:
        local = instant.astimezone(self.zone)
        return self._works(local.date()) and self.start <= local.time() < self.end

    def waited(self, since: datetime, now: datetime) -> timedelta:
        """How much of the time between two moments the desk was open."""
        begun = takewhile(lambda span: span[0] < now, self._spans(since))
        spans = (min(end, now) - max(begin, since) for begin, end in begun)
        return sum((max(span, timedelta()) for span in spans), timedelta())

    def after(self, since: datetime, span: timedelta) -> datetime:
        """The moment at which the desk has been open for so long since then, in UTC."""
        left = span
        for begin, end in self._spans(since):
            first = max(begin, since)
            if end - first >= left:
                return (first + left).astimezone(UTC)
            left -= max(end - first, timedelta())
        return (since + span).astimezone(UTC)

    def opened_before(self, now: datetime) -> datetime:
        """When it opened on the last working day before this one."""
        days = (now.astimezone(self.zone).date() - timedelta(days=back) for back in range(1, FURTHEST))
        return at_clock(next(filter(self._works, days), now.date()), self.start, self.zone)

    @property
    def day(self) -> timedelta:
        """How long it is open on a working day."""
        return datetime.combine(date.min, self.end) - datetime.combine(date.min, self.start)

    def _spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        first = since.astimezone(self.zone).date()
        for ahead in range(FURTHEST):
            day = first + timedelta(days=ahead)
            if self._works(day):
                yield at_clock(day, self.start, self.zone), at_clock(day, self.end, self.zone)

    def _works(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.holidays
