"""Dates as people write them, as precise as they were said. Nothing is guessed: an unclear date is asked about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.items import Item
from flows.values import PartialDate, Value
from flows.words.folding import fold
from flows.words.hijri import read_hijri
from flows.words.lexicon import Vocabulary, phrase
from flows.words.numbers import plain_digits
from flows.words.worded_dates import century, in_words

LONGEST = 80  # characters of a message that may be a date
YEARS = (1900, 2100)
PRECISIONS = (10, 7, 4)  # characters of a day, a month, a year
NUMERIC = re.compile(r"\d+(?:\s*[-./\u060c,\s]\s*\d+){0,2}")
NOT_A_DATE = Refusal(reason=Reason.NOT_A_DATE)


def date_answer(text: str, item: Item, *, language: str, vocabulary: Vocabulary, today: date) -> PartialDate | Refusal:
    """The answer to a date question."""
    read = read_date(text, language=language, vocabulary=vocabulary, today=today)
    return read if isinstance(read, Refusal) else check_date(read, item, today)


def _as_precise(stated: PartialDate, item: Item) -> PartialDate:
    """The year alone, or the month, of a date where the form has no room for more."""
    room = next(
        (length for length in PRECISIONS if item.max_length is not None and item.max_length >= length), len(stated.text)
    )
    return PartialDate(text=stated.text[:room])


def read_date(text: str, *, language: str, vocabulary: Vocabulary, today: date) -> PartialDate | Refusal:
    """The date that a message states."""
    stated = plain_digits(text).strip().strip(".,!")
    if len(stated) > LONGEST:
        return NOT_A_DATE
    said = phrase(stated)
    for kind, days in (("today", 0), ("yesterday", 1)):
        if vocabulary.means(kind, said):
            return _day(today - timedelta(days=days))
    hijri = read_hijri(stated, vocabulary)
    if hijri is not None:
        return hijri
    if NUMERIC.fullmatch(stated):
        parts = re.findall(r"\d+", stated)
        return _numeric([int(part) for part in parts], parts, today, days_first="." in stated and language != "en")
    return in_words(fold(stated), language=language, vocabulary=vocabulary, today=today) or NOT_A_DATE


def _numeric(numbers: list[int], parts: list[str], today: date, *, days_first: bool) -> PartialDate | Refusal:
    """Digits only: year; year and month; year, month and day; day, month and year when it is clear which is which.

    `days_first`: with points between them the day comes first everywhere but in English.
    """
    if len(parts[0]) == 4:  # noqa: PLR2004 - begins with the year
        return _partial(numbers)
    if len(parts) == 2 and len(parts[1]) == 4:  # noqa: PLR2004 - month and year
        return _partial([numbers[1], numbers[0]])
    if len(parts) == 3 and len(parts[2]) in {2, 4}:  # noqa: PLR2004 - the year is last
        year = numbers[2] if len(parts[2]) == 4 else century(numbers[2], today)  # noqa: PLR2004
        if days_first:
            return _partial([year, numbers[1], numbers[0]])
        return _clear(((year, numbers[1], numbers[0]), (year, numbers[0], numbers[1])))
    return NOT_A_DATE


def _clear(orders: Iterable[tuple[int, ...]]) -> PartialDate | Refusal:
    """The one date that day and month can make in either order, or both to choose from, the later first."""
    found = sorted({made.text for order in orders if isinstance(made := _partial(list(order)), PartialDate)}, reverse=True)
    if len(found) == 1:
        return PartialDate(text=found[0])
    return Refusal(reason=Reason.AMBIGUOUS_DATE, candidates=tuple(found)) if found else NOT_A_DATE


def _partial(numbers: list[int]) -> PartialDate | Refusal:
    """[year], [year, month] or [year, month, day] when there is such a date."""
    year, month, day = (*numbers, 1, 1)[:3]
    try:
        date(year, month, day)
    except (ValueError, OverflowError):
        return NOT_A_DATE
    if not YEARS[0] <= year <= YEARS[1]:
        return NOT_A_DATE
    return PartialDate(text="-".join(f"{number:02d}" for number in numbers))


def _day(day: date) -> PartialDate:
    return PartialDate(text=day.isoformat())


def check_date(stated: PartialDate, item: Item, today: date) -> PartialDate | Refusal:
    """The date when it is within the item's limits, each compared as far as both are precise."""
    stated = _as_precise(stated, item)
    if item.past and _later(stated.text, today.isoformat()):
        return Refusal(reason=Reason.FUTURE_DATE)
    low, high = _limit(item.minimum), _limit(item.maximum)
    if low and _later(low, stated.text):
        return Refusal(reason=Reason.TOO_SMALL, limit=low)
    return Refusal(reason=Reason.TOO_LARGE, limit=high) if high and _later(stated.text, high) else stated


def _later(one: str, other: str) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] > other[:shared]


def _limit(limit: Value | None) -> str:
    return str(limit)[:10] if limit is not None and not isinstance(limit, bool | int) else ""
