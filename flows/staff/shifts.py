"""A coordinator's working week in words: "Mon-Fri 09:00-18:00 Asia/Shanghai". Over midnight when the end is earlier."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.staff.office import WEEK

_SHIFT = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?\s+(\d{1,2}:\d{2})-(\d{1,2}:\d{2})(?:\s+(\S+))?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shift:
    """`days`: those on which it begins, 0 for Monday."""

    days: frozenset[int]
    start: time
    end: time
    zone: ZoneInfo

    def covers(self, instant: datetime) -> bool:
        local = instant.astimezone(self.zone)
        today, clock = local.weekday(), local.time()
        if self.start < self.end:
            return today in self.days and self.start <= clock < self.end
        yesterday = (local - timedelta(days=1)).weekday()
        return (today in self.days and clock >= self.start) or (yesterday in self.days and clock < self.end)


def parse(said: str, *, zone: str) -> Shift | None:
    """`zone`: the one meant where none is said. None: not understood."""
    found = _SHIFT.fullmatch(said.strip())
    if found is None:
        return None
    first, last, start, end, place = found.groups()
    names = [name.lower() for name in (first, last or first)]
    try:
        begin, until = (WEEK.index(name) for name in names)
        clocks = [time.fromisoformat(clock.zfill(5)) for clock in (start, end)]
        where = ZoneInfo(place or zone)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None
    days = frozenset((begin + n) % 7 for n in range((until - begin) % 7 + 1))
    return Shift(days=days, start=clocks[0], end=clocks[1], zone=where)
