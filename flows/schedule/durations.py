"""Lengths of time as definitions state them: ISO 8601, added on the wall clock of a time zone."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flows.schedule.quiet_hours import at_clock

_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Duration:
    """Months and days keep the time of day, through every change of the clocks; `rest` is exact."""

    months: int = 0
    days: int = 0
    rest: timedelta = timedelta()

    @staticmethod
    def of(text: str) -> Duration:
        """From "P1D", "P2W", "P3M", "PT12H". ValueError for anything else and for nothing at all."""
        found = _ISO.fullmatch(text)
        years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0,) * 7
        duration = Duration(
            months=years * MONTHS + months,
            days=weeks * 7 + days,
            rest=timedelta(hours=hours, minutes=minutes, seconds=seconds),
        )
        if duration == Duration():
            raise ValueError(text)
        return duration

    def after(self, start: datetime, zone: ZoneInfo) -> datetime:
        """The instant, in UTC, that is this long after an aware start; the 31st falls back to the month's last day."""
        local = start.astimezone(zone)
        years, month = divmod(local.month - 1 + self.months, MONTHS)
        day = min(local.day, monthrange(local.year + years, month + 1)[1])
        date = local.date().replace(year=local.year + years, month=month + 1, day=day) + timedelta(days=self.days)
        return at_clock(date, local.time(), zone, local.fold) + self.rest

    def before(self, end: datetime, zone: ZoneInfo) -> datetime:
        """The instant, in UTC, that is this long before an aware end, at the same time of day for whole days."""
        return Duration(months=-self.months, days=-self.days, rest=-self.rest).after(end, zone)
