"""Dates in words: "3 May 2024", "spring 2024", "two years ago", "في مايو ٢٠٢٤". The text is folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.values import PartialDate
from flows.words.lexicon import Vocabulary

TOKEN = re.compile(r"\d+[.,]5(?![\d.,])|\d+|[^\W\d_]+(?:['-][^\W\d_]+)*")
YEARS = range(1900, 2101)
WINTER = 12  # its first month
MANY = 130  # years ago: nobody's history is longer
ENDINGS = {"year": 4, "month": 7, "day": 10}  # how much of an ISO date a precision keeps


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """The tokens of a text, sorted by what they are; `strange` are words that no part of a date explains."""

    years: tuple[int, ...]
    days: tuple[int, ...]
    numbers: tuple[int, ...]
    months: tuple[int, ...]
    seasons: tuple[int, ...]
    periods: tuple[tuple[int, str], ...]
    ago: bool
    last: bool
    before_last: bool
    this: bool
    strange: tuple[str, ...]


def in_words(text: str, *, language: str, vocabulary: Vocabulary, today: date) -> PartialDate | Refusal | None:
    """The date that words state; a Refusal with candidates when it may be several; None when they state none."""
    said = _sort(_with_century(list(_tokens(text, vocabulary)), vocabulary, today), vocabulary)
    if not said.strange:
        found = _season(said, today) or _calendar(said, today) or _relative(said, today)
        if found is not None:
            return found
    return _by_library(text, said, language=language, today=today)


def _tokens(text: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Words and numbers; words that mean one thing together ("كانون الثاني", "half a year") are one token."""
    words = TOKEN.findall(text)
    known = vocabulary.months.keys() | vocabulary.periods.keys() | vocabulary.lists.get("before_last", frozenset())
    at = 0
    while at < len(words):
        width = next((width for width in (5, 4, 3, 2) if " ".join(words[at : at + width]) in known), 1)
        yield " ".join(words[at : at + width])
        at += width


def _with_century(tokens: list[str], vocabulary: Vocabulary, today: date) -> list[str]:
    """Two digits before a word that says that they are a year, or before their ending and that word, are the last year that ends so."""
    marks = vocabulary.lists.get("of_year", frozenset())
    years = {
        at
        for at, token in enumerate(tokens)
        if len(token) == 2 and token.isdigit() and not marks.isdisjoint(tokens[at + 1 : at + 3])  # noqa: PLR2004
    }
    return [str(century(int(token), today)) if at in years else token for at, token in enumerate(tokens)]


def century(year: int, today: date) -> int:
    """Two digits: the last year that ends so."""
    return 2000 + year if 2000 + year <= today.year else 1900 + year


def _sort(tokens: list[str], vocabulary: Vocabulary) -> Said:
    digits = [int(token) for token in tokens if token.isdigit() and len(token) <= 4]  # noqa: PLR2004 - a year has four
    lists = vocabulary.lists
    kinds = ("ago", "last", "before_last", "this", "fillers")
    ago, last, before_last, this, fillers = (lists.get(kind, frozenset()) for kind in kinds)
    tables = (vocabulary.months, vocabulary.seasons, vocabulary.periods, vocabulary.numbers)
    named = frozenset[str]().union(ago, last, before_last, this, fillers, *tables)
    numbers = [vocabulary.numbers[token] for token in tokens if token in vocabulary.numbers and token not in vocabulary.periods]
    return Said(
        years=tuple(number for number in digits if number in YEARS),
        days=tuple(number for number in digits if 1 <= number <= 31),  # noqa: PLR2004
        numbers=(*(number for number in digits if number <= MANY), *numbers),
        months=tuple(vocabulary.months[token] for token in tokens if token in vocabulary.months),
        seasons=tuple(vocabulary.seasons[token] for token in tokens if token in vocabulary.seasons),
        periods=tuple(vocabulary.periods[token] for token in tokens if token in vocabulary.periods),
        ago=any(token in ago for token in tokens),
        last=any(token in last for token in tokens),
        before_last=any(token in before_last for token in tokens),
        this=any(token in this for token in tokens),
        strange=tuple(token for token in tokens if token not in named and not (token.isdigit() and len(token) <= 4)),  # noqa: PLR2004
    )


def _season(said: Said, today: date) -> PartialDate | Refusal | None:
    """A season without its year: the last two that it may be are asked about. With "this": the year that it is, but in winter, which has two."""
    if len(said.years) > 1:
        return _winter_of_two_years(said)
    if len(said.seasons) != 1 or said.periods or said.months or said.numbers or said.ago:
        return None
    first, before = said.seasons[0], 1 if said.before_last else 0
    latest = today.year - (0 if first % 12 <= today.month else 1) - before
    if said.this and first != WINTER:
        return PartialDate(text=str(today.year))
    return None if said.years else Refusal(reason=Reason.AMBIGUOUS_DATE, candidates=(str(latest), str(latest - 1)))


def _winter_of_two_years(said: Said) -> Refusal | None:
    """Which of the two in "winter 2023-2024"."""
    if said.seasons != (WINTER,) or len(said.years) != 2 or said.years[1] - said.years[0] != 1:  # noqa: PLR2004
        return None
    return Refusal(reason=Reason.AMBIGUOUS_DATE, candidates=tuple(str(year) for year in reversed(said.years)))


def _calendar(said: Said, today: date) -> PartialDate | Refusal | None:
    """A month by name, with what stands around it, or a year among words that add nothing."""
    if said.months and any(number not in said.days for number in said.numbers):
        return Refusal(reason=Reason.NOT_A_DATE)  # "32 May 2024"
    if said.last and len(said.months) == 1 and not (said.years or said.periods) and len(said.days) <= 1:
        return _without_year(said.months[0], *said.days, today=today)  # "last May": this year's or the one before
    if said.last and len(said.years) == len(said.months) == 1:
        return _made(said.years[0], said.months[0], *said.days[:1])
    if said.last or said.before_last or len(said.years) > 1 or len(said.months) > 1 or len(said.days) > 1:
        return None
    if said.months and said.years:
        return _made(said.years[0], said.months[0], *said.days)
    if said.months and not (said.ago or said.periods):
        return _without_year(said.months[0], *said.days, today=today)
    plain = said.years and not said.months and not said.days and all(count == 1 for count, _ in said.periods)
    return PartialDate(text=str(said.years[0])) if plain else None


def _made(year: int, month: int, day: int | None = None) -> PartialDate | None:
    try:
        made = date(year, month, day or 1).isoformat()
    except ValueError:
        return None
    return PartialDate(text=made if day else made[:7])


def _without_year(month: int, day: int | None = None, *, today: date) -> Refusal | None:
    """A day or a month without its year: the last two that it may be are asked about."""
    made = [made.text for year in (today.year, today.year - 1, today.year - 2) if (made := _made(year, month, day))]
    past = tuple(one for one in made if one <= today.isoformat())[:2]
    return Refusal(reason=Reason.AMBIGUOUS_DATE, candidates=past) if past else None


def _relative(said: Said, today: date) -> PartialDate | None:
    """Two years ago, last month: as precise as the period that was named."""
    if len(said.periods) != 1 or said.years or len(said.numbers) > 1:
        return None
    count, period = said.periods[0]
    if said.months:
        years = 2 if said.before_last else 1 if said.last else 0
        return _made(today.year - years, said.months[0], *said.days) if years and period == "year" else None
    if said.before_last and not said.numbers:
        return _back(2 * count, period, today)
    if said.this and not said.numbers:
        return _back(0, period, today)
    if not (said.ago or said.last):
        return None
    times = said.numbers[0] if said.numbers else 1
    return _back(count * (1 if said.last else times), period, today)


def _back(count: int, period: str, today: date) -> PartialDate | None:
    if count > MANY * 12:
        return None
    if period == "day":
        return PartialDate(text=(today - timedelta(days=count)).isoformat())
    if period == "week":
        return PartialDate(text=(today - timedelta(weeks=count)).isoformat()[:7])
    if period == "year":
        return PartialDate(text=str(today.year - count))
    months = today.year * 12 + today.month - 1 - count
    return PartialDate(text=f"{months // 12:04d}-{months % 12 + 1:02d}")


def _by_library(text: str, said: Said, *, language: str, today: date) -> PartialDate | None:
    """What dateparser reads in a relative date or a date with its year, where it does not contradict what is written."""
    if not (said.ago or said.last or said.years) or len(text) > 40:  # noqa: PLR2004 - longer texts hold more than a date
        return None
    # Imported here: it takes 0.1-0.3 s and most conversations never need it.
    from dateparser.date import DateDataParser

    settings = {
        "RELATIVE_BASE": datetime(today.year, today.month, today.day, 12),  # noqa: DTZ001 - dateparser wants it naive
        "PREFER_DATES_FROM": "past",
        "RETURN_TIME_AS_PERIOD": True,
    }
    try:
        found = DateDataParser(languages=sorted({language, "en"}), settings=settings).get_date_data(text)
    except Exception:  # noqa: BLE001 - a library that reads anything may fail on anything; then it has read nothing
        return None
    return _checked(found.date_obj, found.period, said)


def _checked(found: datetime | None, period: str | None, said: Said) -> PartialDate | None:
    if found is None or found.year not in YEARS or (said.years and found.year not in said.years):
        return None
    kept = 7 if period == "week" else ENDINGS.get(period or "", 0)
    return PartialDate(text=found.date().isoformat()[:kept]) if kept else None
