"""Times of day as people write them, alone ("2.30 pm") or with a day ("3 May 2024, 14:30"). Nothing is guessed: a bare "9" is asked about."""

from __future__ import annotations

import re
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING

from flows.dialogue.reason import Reason
from flows.dialogue.refusal import Refusal
from flows.values import DateTime, PartialDate, TimeOfDay
from flows.words.dates import date_answer
from flows.words.folding import fold
from flows.words.lexicon import phrase

if TYPE_CHECKING:
    from flows.items import Item
    from flows.words.lexicon import Vocabulary
    from flows.words.tongue import Tongue

LONGEST = 80  # characters of a message that may be a time
EXAMPLE = "14:30"
CLOCK = re.compile(r"(?P<before>[^\d]*)(?P<hour>\d{1,2})(?:\s*[:.h]\s*(?P<minute>\d{2})(?::\d{2})?)?(?P<after>[^\d]*)")
# Beside a day only what cannot be a part of it: a colon, or a word for the half of the day
BESIDE = re.compile(
    r"(?<![\d.:/-])(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?(?P<after>\s*[^\d\s,]*)"
    r"|(?<![\d.:/-])(?P<plain>\d{1,2}(?:\.\d{2})?\s?[^\W\d_][^\d\s,]*)"
)
DAY = 10  # characters of a full day
REFUSED = Refusal(reason=Reason.PATTERN, candidates=(EXAMPLE,))


def time_answer(text: str, vocabulary: Vocabulary) -> TimeOfDay | Refusal:
    """A time of day: "14:30", "at 2.30 pm", "9 am"."""
    found = CLOCK.fullmatch(fold(text).strip()) if len(text) <= LONGEST else None
    if found is None or not _is_filler(found["before"], vocabulary):
        return REFUSED
    return _time(int(found["hour"]), found["minute"], phrase(found["after"]), vocabulary) or REFUSED


def date_time_answer(text: str, item: Item, *, tongue: Tongue, today: date, zone: tzinfo) -> DateTime | PartialDate | Refusal:
    """A day with a time of day in the patient's time zone; the day alone where no time is said."""
    stated = fold(text)
    clock, rest = _apart(stated, tongue.vocabulary) if len(text) <= LONGEST else (None, stated)
    day = date_answer(rest if clock else text, item, language=tongue.language, vocabulary=tongue.vocabulary, today=today)
    if clock is None or not isinstance(day, PartialDate) or len(day.text) < DAY:
        return day
    return check_moment(moment(day, clock, zone), item)


def moment(day: PartialDate, clock: TimeOfDay, zone: tzinfo) -> DateTime:
    """A full day and a time in one zone."""
    at = datetime.combine(date.fromisoformat(day.text), time.fromisoformat(clock.text), zone)
    return DateTime(text=at.isoformat(timespec="seconds"))


def check_moment(stated: DateTime, item: Item) -> DateTime | Refusal:
    """The moment when it is within the item's limits that are moments too; the day was checked before."""
    at = stated.instant
    for limit, reason in ((item.minimum, Reason.TOO_SMALL), (item.maximum, Reason.TOO_LARGE)):
        bound = limit.instant if isinstance(limit, DateTime) else None
        if not isinstance(limit, DateTime) or at is None or bound is None:
            continue
        if at < bound if reason is Reason.TOO_SMALL else at > bound:
            return Refusal(reason=reason, limit=shown(limit))
    return stated


def shown(stated: DateTime) -> str:
    """Day and time without the zone: "2024-05-03 14:30"."""
    return stated.text[:16].replace("T", " ")


def _apart(stated: str, vocabulary: Vocabulary) -> tuple[TimeOfDay | None, str]:
    """The time that stands beside a day, and what is left of the message without it and the words around it."""
    for found in BESIDE.finditer(stated):
        clock, after = _beside(found, vocabulary)
        if clock is not None:
            left = (stated[: found.start()], f"{after} {stated[found.end() :]}")
            return clock, " ".join(_without_fillers(part, vocabulary) for part in left).strip()
    return None, stated


def _beside(found: re.Match[str], vocabulary: Vocabulary) -> tuple[TimeOfDay | None, str]:
    """The time, and the word behind it where that is not a part of it."""
    if found["plain"]:
        clock = time_answer(found[0], vocabulary)
        return (clock if isinstance(clock, TimeOfDay) else None), ""
    hour, after = int(found["hour"]), found["after"] or ""
    whole = _time(hour, found["minute"], phrase(after), vocabulary)
    return (whole, "") if whole else (_time(hour, found["minute"], "", vocabulary), after)


def _without_fillers(text: str, vocabulary: Vocabulary) -> str:
    """The words of a part of the message, but for commas and words such as "at" at its ends."""
    words = text.replace(",", " ").split()
    while words and _is_filler(words[-1], vocabulary):
        words.pop()
    while words and _is_filler(words[0], vocabulary):
        words.pop(0)
    return " ".join(words)


def _is_filler(words: str, vocabulary: Vocabulary) -> bool:
    said = phrase(words)
    return not said or any(vocabulary.means(kind, said) for kind in ("fillers", "about", "clock"))


def _time(hour: int, minute: str | None, after: str, vocabulary: Vocabulary) -> TimeOfDay | None:
    """`after` says which half of the day, or only that it is a time."""
    half = next((kind for kind in ("am", "pm") if vocabulary.means(kind, after)), None)
    if half is None and (not (minute or after) or (after and not vocabulary.means("clock", after))):
        return None
    if half and not 1 <= hour <= 12:  # noqa: PLR2004
        return None
    hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
    fits = hour < 24 and int(minute or 0) < 60  # noqa: PLR2004
    return TimeOfDay(text=f"{hour:02d}:{int(minute or 0):02d}:00") if fits else None
