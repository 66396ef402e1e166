"""Dates of the Hijri calendar, which reports from the Gulf carry: read as the same dates of the Gregorian calendar.

The calendar is Umm al-Qura's, by hijridate (1343 to 1500 AH, which is 1924 to 2077).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from hijridate import Hijri

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.values import PartialDate
from flows.words.folding import words

if TYPE_CHECKING:
    from flows.words.lexicon import Vocabulary

YEARS = range(1343, 1501)
LAST = 12  # month of a year
MIDDLE = 15  # day of a month
PARTS = 3  # the most that a date has
FOUR = 4  # digits of a year


def read_hijri(text: str, vocabulary: Vocabulary) -> PartialDate | Refusal | None:
    """The date that a text of plain digits states, None when it is none of this calendar. A year alone covers parts of two: both are candidates."""
    said = [word for word in words(text) if word not in vocabulary.lists.get("hijri", ())]
    numeric = 0 < len(said) <= PARTS and all(one.isdigit() for one in said)
    parts = _numbers(said) if numeric else _named(said, vocabulary)
    if parts is None or parts[0] not in YEARS:
        return None
    try:
        return _gregorian(*parts)
    except (ValueError, OverflowError):
        return None


def _numbers(said: list[str]) -> tuple[int, ...] | None:
    """Year, month, day; a date that ends with its year begins with the day, as it is written where this calendar is used."""
    numbers = tuple(int(one) for one in said)
    return numbers if numbers[0] in YEARS else numbers[::-1]


def _named(said: list[str], vocabulary: Vocabulary) -> tuple[int, ...] | None:
    """Year, month and day around the name of a month, which may have several words, among words that add nothing."""
    if not any(one.isdigit() and len(one) == FOUR and int(one) in YEARS for one in said):
        return None
    text, fillers = f" {' '.join(said)} ", vocabulary.lists.get("fillers", frozenset())
    for name in sorted((one for one in vocabulary.hijri_months if f" {one} " in text), key=len, reverse=True):
        rest = [one for one in text.replace(f" {name} ", " ", 1).split() if one not in fillers]
        digits = [int(one) for one in rest if one.isdigit() and len(one) <= FOUR]
        fits = len(digits) == len(rest) < PARTS and digits[-1] in YEARS
        return (digits[-1], vocabulary.hijri_months[name], *digits[:-1]) if fits else None
    return None


def _gregorian(year: int, month: int | None = None, day: int | None = None) -> PartialDate | Refusal:
    if month is None:
        first, last = _day(year, 1, 1), _day(year, LAST, 1)
        return Refusal(reason=Reason.AMBIGUOUS_DATE, candidates=(str(last.year), str(first.year)))
    made = _day(year, month, day or MIDDLE).isoformat()
    return PartialDate(text=made if day else made[:7])


def _day(year: int, month: int, day: int) -> date:
    return date(*Hijri(year, month, day).to_gregorian().datetuple())
