"""The hours in which nobody is woken, in the patient's own time zone, through every change of the clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietHours:
    """From `start` to `end` on the wall clock, over midnight when start is later. Equal times mean no quiet hours."""

    start: time
    end: time

    def covers(self, instant: datetime, zone: ZoneInfo) -> bool:
        """Whether the wall clock in this zone shows a quiet hour at this instant. `end` itself is not quiet."""
        clock = instant.astimezone(zone).time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def next_loud(self, instant: datetime, zone: ZoneInfo) -> datetime:
        """The same instant if it is not quiet, else the end of the quiet hours, in UTC.

        An end that the clocks skip (spring) or show twice (autumn) gives the first instant after it that is not quiet.
        """
        if not self.covers(instant, zone):
            return instant.astimezone(UTC)
        today = instant.astimezone(zone).date()
        ends = (at_clock(today + timedelta(days=day), self.end, zone, fold) for day in range(3) for fold in (0, 1))
        return min(end for end in ends if end > instant and not self.covers(end, zone))


def at_clock(day: date, clock: time, zone: ZoneInfo, fold: int = 0) -> datetime:
    """The instant, in UTC, at which the wall clock of a zone shows this time.

    A time that is skipped gives the instant as much later as the clocks jump; of a time shown twice `fold` chooses.
    """
    return datetime.combine(day, clock, tzinfo=zone).replace(fold=fold).astimezone(UTC)
