"""A coordinator's words for a moment: "in 3 days 10:00 ...", "2026-12-01 10:00 ...", "next Monday 9:30 ...", and what follows them.

Clock times are the patient's. A date written only in numbers with slashes or dots is refused: it means two days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import dateparser

USUAL_TIME = time(10, 0)  # where a day was said without a clock time
FURTHEST = timedelta(days=2 * 366)
WORDS_OF_A_DATE = 6  # the longest wording of a date that is looked for

_CLOCK = r"(?:\s+at)?\s+(?P<hour>\d{1,2}):(?P<minute>\d{2})\b"
_IN = re.compile(rf"in\s+(?P<count>\d{{1,3}})\s+(?P<unit>minute|hour|day|week|month)s?\b(?:{_CLOCK})?", re.IGNORECASE)
_ISO = re.compile(rf"(?P<day>\d{{4}}-\d{{2}}-\d{{2}})\b(?:{_CLOCK})?", re.IGNORECASE)
_NUMERIC = re.compile(r"\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_DAYS = {"day": 1, "week": 7, "month": 30}

Fault = Literal["no-date", "ambiguous", "past", "too-far"]


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """An aware moment (UTC) and the text that came after it."""

    at: datetime
    text: str


def moment(said: str, *, now: datetime, zone: str, languages: tuple[str, ...] = ("en",)) -> When | Fault:
    """The moment that the words begin with. `zone`: IANA name of the patient's time zone; `languages`: of worded dates."""
    words = said.strip()
    if _NUMERIC.match(words):
        return "ambiguous"
    local = now.astimezone(ZoneInfo(zone))
    exact = _IN.match(words) or _ISO.match(words)
    found = _exact(exact, local) if exact else _worded(words, local, languages)
    if found is None:
        return "no-date"
    at, end = found
    if at <= now:
        return "past"
    return "too-far" if at - now > FURTHEST else When(at=at.astimezone(UTC), text=words[end:].strip(" \t\n,:;"))


def day(said: str, *, today: date, languages: tuple[str, ...] = ("en",)) -> date | Fault:
    """A calendar day, past or future."""
    words = said.strip()
    if _NUMERIC.match(words):
        return "ambiguous"
    try:
        return date.fromisoformat(words)
    except ValueError:
        found = _parsed(words, datetime.combine(today, time(12)), languages, prefer="current_period")
    return found.date() if found else "no-date"


def _exact(match: re.Match[str], local: datetime) -> tuple[datetime, int] | None:
    said = match.groupdict()
    try:
        clock = time(int(said["hour"]), int(said["minute"])) if said["hour"] else USUAL_TIME
        if "day" in said:
            return datetime.combine(date.fromisoformat(said["day"]), clock, tzinfo=local.tzinfo), match.end()
    except ValueError:
        return None
    count, unit = int(said["count"]), said["unit"].lower()
    if unit in _DAYS:
        return datetime.combine(local.date() + timedelta(days=count * _DAYS[unit]), clock, tzinfo=local.tzinfo), match.end()
    return local.astimezone(UTC) + timedelta(**{f"{unit}s": count}), match.end()


def _worded(words: str, local: datetime, languages: tuple[str, ...]) -> tuple[datetime, int] | None:
    """The longest beginning that is a date; one with a clock time ends at its clock time."""
    ends = [match.end() for match in re.finditer(r"\S+", words)][:WORDS_OF_A_DATE]
    clocked = [end for end in ends if re.search(r"\d:\d{2}$", words[:end])][:1]
    for end in clocked or reversed(ends):
        found = _parsed(words[:end], local.replace(tzinfo=None), languages, prefer="future")
        if found is not None:
            clock = found.time() if clocked else USUAL_TIME
            return datetime.combine(found.date(), clock, tzinfo=local.tzinfo), end
    return None


def _parsed(words: str, base: datetime, languages: tuple[str, ...], *, prefer: str) -> datetime | None:
    """What dateparser makes of the words; None when they do not name a day (it fills the day of "May" in)."""
    known = list(dict.fromkeys((*languages, "en")))
    fixed = {"RELATIVE_BASE": base, "PREFER_DATES_FROM": prefer, "RETURN_AS_TIMEZONE_AWARE": False}
    first, last = (
        dateparser.parse(words, languages=known, settings={**fixed, "PREFER_DAY_OF_MONTH": filled})
        for filled in ("first", "last")
    )
    return None if words.isdigit() or first != last else first
