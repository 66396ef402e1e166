"""What people type, in three languages: numbers, units, dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hijridate import Hijri
from hypothesis import given
from hypothesis import strategies as st

from flows.answers import clean
from flows.dialogue.refusal import Refusal
from flows.items import Item, Unit
from flows.values import PartialDate
from flows.words import lexicon
from flows.words.dates import read_date
from flows.words.lexicon import Lexicon, phrase
from flows.words.numbers import read_number
from flows.words.quantities import read_quantity
from tests.flows.talking import LEXICON, TODAY

NUMBER = Item(link_id="n", name="n", type="decimal")
UNITS = (
    "10*9/L",
    "10*3/uL",
    "/uL",
    "g/L",
    "g/dL",
    "mg/dL",
    "umol/L",
    "%",
    "kg",
    "[lb_av]",
    "U/L",
    "mL/min",
    "mL/min/{1.73_m2}",
)
SHOWN = {"10*9/L": "×10⁹/L", "10*3/uL": "×10³/µL", "/uL": "cells/µL", "umol/L": "µmol/L", "[lb_av]": "lb"}
LAB = Item(
    link_id="q", name="q", type="quantity", units=tuple(Unit(code=code, display=SHOWN.get(code, code)) for code in UNITS)
)


@pytest.mark.parametrize(
    ("language", "text", "number"),
    [
        ("en", "3", "3"),
        ("en", "about 3", "3"),
        ("en", "~ 3.", "3"),
        ("en", "three", "3"),
        ("en", "3 times", "3"),
        ("en", "twice", "2"),
        ("en", "4.50", "4.50"),
        ("en", "4,5", "4.5"),
        ("en", "1,500", "1500"),
        ("ru", "1,500", "1.500"),
        ("ru", "1.250", "1.250"),
        ("en", "1 500", "1500"),
        ("ru", "1 500,5", "1500.5"),
        ("en", "1,234.5", "1234.5"),
        ("en", "1.234,5", "1234.5"),
        ("en", "-5", "-5"),
        ("en", "\u22125", "-5"),
        ("ru", "около 3", "3"),
        ("ru", "два раза", "2"),
        ("ar", "حوالي ٣", "3"),
        ("ar", "٣٫٥", "3.5"),
        ("ar", "٥٬٠٠٠", "5000"),
        ("ar", "مرتين", "2"),
        ("ar", "۴", "4"),
        ("hi", "३.५", "3.5"),
        ("en", "\u20683\u2069", "3"),
        ("en", "sixty-seven", "67"),
        ("en", "he is 67", "67"),
        ("ru", "ему 67", "67"),
        ("ru", "шестьдесят семь", "67"),
        ("ar", "سبعة وستون", "67"),
        ("ar", "عمره ٦٧", "67"),
    ],
)
def test_numbers(language: str, text: str, number: str) -> None:
    assert read_number(text, NUMBER, LEXICON.of(language)) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a lot",
        "2 or 3",
        "3-4",
        "<5",
        "> 90",
        "1e309",
        "10²",
        "½",
        "3½",
        "1..5",
        "1,2,3",
        "12 34",
        "3 apples",
        "seven sixty",
        "twelve five",
    ],
)
def test_what_is_not_one_number(text: str) -> None:
    assert read_number(text, NUMBER, LEXICON.of("en")) is None


@pytest.mark.parametrize(
    ("language", "text", "number", "unit"),
    [
        ("en", "0.9 x10^9/L", "0.9", "10*9/L"),
        ("en", "0,9 10*9/l", "0.9", "10*9/L"),
        ("en", "5 × 10⁹/L", "5", "10*9/L"),
        ("en", "5x10e9/L", "5", "10*9/L"),
        ("en", "82 109/L", "82", "10*9/L"),
        ("ru", "0,9 х10^9/л", "0.9", "10*9/L"),
        ("en", "250 K/uL", "250", "10*3/uL"),
        ("ru", "150 тыс/мкл", "150", "10*3/uL"),
        ("en", "10 000/µL", "10000", "/uL"),
        ("en", "1,500 cells/mm3", "1500", "/uL"),
        ("en", "82 g/L", "82", "g/L"),
        ("en", "8.2g/dl", "8.2", "g/dL"),
        ("ru", "82 г/л", "82", "g/L"),
        ("ar", "٨٢ غ/ل", "82", "g/L"),
        ("en", "1.2 mg/dL", "1.2", "mg/dL"),
        ("en", "70 μmol/l", "70", "umol/L"),
        ("en", "about 55 percent", "55", "%"),
        ("ar", "٥٥٪", "55", "%"),
        ("ru", "60 кг", "60", "kg"),
        ("en", "140 pounds", "140", "[lb_av]"),
        ("en", "70 mL/min/1.73m2", "70", "mL/min/{1.73_m2}"),
        ("en", "82", "82", None),
    ],
)
def test_quantities(language: str, text: str, number: str, unit: str | None) -> None:
    stated = read_quantity(text, LAB, LEXICON.of(language))
    assert stated is not None
    assert (stated.number, stated.unit.code if stated.unit else None) == (Decimal(number), unit)


@pytest.mark.parametrize("text", ["12-14 g/L", "<5 g/L", "10²", "1e309", "10^9/L", "high", "g/L"])
def test_what_is_no_quantity(text: str) -> None:
    assert read_quantity(text, LAB, LEXICON.of("en")) is None


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("en", "2024", "2024"),
        ("en", "2024-05", "2024-05"),
        ("en", "05/2024", "2024-05"),
        ("en", "2024-05-17", "2024-05-17"),
        ("en", "17.05.2024", "2024-05-17"),
        ("en", "5/17/2024", "2024-05-17"),
        ("en", "05.05.2024", "2024-05-05"),
        ("en", "24.12.99", "1999-12-24"),
        ("en", "3 May 2024", "2024-05-03"),
        ("en", "May 3rd, 2024", "2024-05-03"),
        ("en", "in May 2024", "2024-05"),
        ("en", "since May 2024", "2024-05"),
        ("en", "spring 2024", "2024"),
        ("en", "at the end of 2023", "2023"),
        ("en", "today", "2026-11-22"),
        ("en", "yesterday", "2026-11-21"),
        ("en", "10 days ago", "2026-11-12"),
        ("en", "3 weeks ago", "2026-11"),
        ("en", "last month", "2026-10"),
        ("en", "half a year ago", "2026-05"),
        ("en", "two years ago", "2024"),
        ("en", "about 2 years ago", "2024"),
        ("en", "last year", "2025"),
        ("ru", "вчера", "2026-11-21"),
        ("ru", "позавчера", "2026-11-20"),
        ("ru", "в мае 2024", "2024-05"),
        ("ru", "3 мая 2024 года", "2024-05-03"),
        ("ru", "в 2023 году", "2023"),
        ("ru", "два года назад", "2024"),
        ("ru", "5 лет назад", "2021"),
        ("ru", "в прошлом месяце", "2026-10"),
        ("ru", "полгода назад", "2026-05"),
        ("ar", "أمس", "2026-11-21"),
        ("ar", "٢٠٢٤", "2024"),
        ("ar", "٣ مايو ٢٠٢٤", "2024-05-03"),
        ("ar", "أيار 2024", "2024-05"),
        ("ar", "كانون الثاني 2024", "2024-01"),
        ("ar", "قبل سنتين", "2024"),
        ("ar", "قبل 3 سنوات", "2023"),
        ("ar", "الشهر الماضي", "2026-10"),
        ("ar", "العام الماضي", "2025"),
        ("en", "this month", "2026-11"),
        ("ru", "в начале этого года", "2026"),
        ("ru", "03.05.2024", "2024-05-03"),
        ("ar", "٢٥/٩/١٤٤٥", "2024-04-04"),
        ("ar", "1445/9/25", "2024-04-04"),
        ("ar", "15 رمضان ١٤٤٥ هـ", "2024-03-25"),
        ("ar", "ربيع الأول ١٤٤٤", "2022-10"),
        ("en", "Ramadan 1445", "2024-03"),
        ("ru", "15 рамадана 1445", "2024-03-25"),
        ("ru", "в рамадане 1445", "2024-03"),
        ("ru", "15 рамадана 1445 г. хиджры", "2024-03-25"),
        ("en", "in Ramadan 1445", "2024-03"),
        ("en", "10 Dhu al-hijjah 1445", "2024-06-16"),
        ("en", "15 Rabi 1 1446 AH", "2024-09-18"),
        ("ru", "15 раби аль-авваль 1446", "2024-09-18"),
        ("ar", "في رمضان 1445", "2024-03"),
        ("en", "in May last year", "2025-05"),
        ("ru", "12 мая прошлого года", "2025-05-12"),
        ("ar", "مايو العام الماضي", "2025-05"),
        ("en", "two years ago in summer", "2024"),
        ("en", "the year before last", "2024"),
        ("en", "in spring of last year", "2025"),
        ("en", "this spring", "2026"),
        ("en", "a couple of years ago", "2024"),
        ("en", "one and a half years ago", "2025-05"),
        ("en", "around Christmas 2023", "2023-12"),
        ("en", "some time in 2022 or so", "2022"),
        ("ru", "в позапрошлом году", "2024"),
        ("ru", "летом позапрошлого года", "2024"),
        ("ru", "в мае позапрошлого года", "2024-05"),
        ("ru", "в позапрошлом месяце", "2026-09"),
        ("ru", "этой весной", "2026"),
        ("ru", "в 23-м году", "2023"),
        ("ru", "зимой 98 году", "1998"),
        ("ru", "1,5 года назад", "2025-05"),
        ("ar", "السنة قبل الماضية", "2024"),
        ("ar", "العام اللي قبل الماضي", "2024"),
        ("ar", "في صيف العام الماضي", "2025"),
        ("ar", "في ال٢٠٢٢", "2022"),
    ],
)
def test_dates(language: str, text: str, expected: str) -> None:
    assert read_date(text, language=language, vocabulary=LEXICON.of(language), today=TODAY) == PartialDate(text=expected)


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("03.05.2024", ("2024-05-03", "2024-03-05")),
        ("3/5/24", ("2024-05-03", "2024-03-05")),
        ("3 May", ("2026-05-03", "2025-05-03")),
        ("in May", ("2026-05", "2025-05")),
        ("last May", ("2026-05", "2025-05")),
        ("1445 AH", ("2024", "2023")),
        ("last spring", ("2026", "2025")),
        ("last winter", ("2026", "2025")),
        ("winter 2023-2024", ("2024", "2023")),
        ("the spring before last", ("2025", "2024")),
        ("прошлым летом", ("2026", "2025")),
        ("الربيع الماضي", ("2026", "2025")),
    ],
)
def test_unclear_dates(text: str, candidates: tuple[str, ...]) -> None:
    read = read_date(text, language="en", vocabulary=LEXICON.of("en"), today=TODAY)
    assert isinstance(read, Refusal)
    assert (read.reason, read.candidates) == ("ambiguous-date", candidates)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no",
        "a",
        "1",
        "12",
        "31/12/1444",
        "two years ago in May",
        "Monday",
        "31.02.2024",
        "32 May 2024",
        "29 Feb 2023",
        "17052024",
        "0000",
        "1800",
        "9999",
        "2020 or 2021",
        "maybe",
    ],
)
def test_what_is_no_date(text: str) -> None:
    read = read_date(text, language="en", vocabulary=LEXICON.of("en"), today=TODAY)
    assert isinstance(read, Refusal)
    assert read.reason == "not-a-date"


@given(
    st.text(max_size=60),
    st.sampled_from(["en", "ru", "ar", "xx"]),
    st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 1, 1)),
)
def test_reading_never_fails(text: str, language: str, today: date) -> None:
    vocabulary = LEXICON.of(language)
    text = clean(text)
    read_number(text, NUMBER, vocabulary)
    read_quantity(text, LAB, vocabulary)
    read = read_date(text, language=language, vocabulary=vocabulary, today=today)
    assert isinstance(read, PartialDate | Refusal)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 12, 31)))
def test_a_date_with_its_year_first_is_always_that_date(day: date) -> None:
    for text in (day.isoformat(), f"{day:%Y/%m/%d}", f"{day:%Y.%m.%d}"):
        assert read_date(text, language="ar", vocabulary=LEXICON.of("ar"), today=TODAY) == PartialDate(text=day.isoformat())


@given(st.integers(1343, 1500), st.integers(1, 12), st.integers(1, 28))  # some months of its tables end with the 28th
def test_a_day_of_the_hijri_calendar_is_the_same_day(year: int, month: int, day: int) -> None:
    same = PartialDate(text=Hijri(year, month, day).to_gregorian().isoformat())
    for text in (f"{day}/{month}/{year}", f"{year}-{month}-{day}"):
        assert read_date(text, language="ar", vocabulary=LEXICON.of("ar"), today=TODAY) == same


@given(st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=3))
def test_a_plain_number_is_always_that_number(number: Decimal) -> None:
    assert read_number(f"{number:f}", NUMBER, LEXICON.of("en")) == number


def test_no_phrase_means_two_things() -> None:
    vocabulary = LEXICON.of("en")
    for one, other in (
        ("yes", "no"),
        ("yes", "unknown"),
        ("no", "unknown"),
        ("skip", "back"),
        ("done", "back"),
        ("unknown", "decline"),
    ):
        assert not vocabulary.lists[one] & vocabulary.lists[other], (one, other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"en": []},
        {"en": {"yes": "y"}},
        {"en": {"months": {"may": "5"}}},
        {"en": {"periods": {"x": [1, "eon"]}}},
        {"en": {"oui": []}},
    ],
)
def test_wrong_word_lists_are_said_to_be_so(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="en"):
        Lexicon.from_json(wrong)


def test_a_language_without_words_understands_those_of_the_others() -> None:
    assert LEXICON.of("sw").means("yes", phrase("Да!"))
    assert lexicon.NO_WORDS.of("en").means("yes", "yes") is False
