"""Numbers as people type them: any script's digits, comma or point, spaces between thousands, "about 3", "two".

Nothing is guessed: superscripts, fractions, exponents, ranges and comparisons are not numbers here.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.items import Item
from flows.values import Quantity, Value
from flows.words.folding import words
from flows.words.lexicon import Vocabulary, phrase

LONGEST = 200  # characters of a message that may be a number or a quantity
DIGITS = 15  # more digits than any measure has; longer ones count as infinitely large
LARGEST_INTEGER = 2**31 - 1  # FHIR's integer
TEN, TENS = 10, range(20, 100, 10)
AND = "\u0648"  # Arabic, written on to the word behind it
MARKS = str.maketrans(
    {
        "\u066b": ".",  # Arabic decimal mark
        "\u066c": "'",  # Arabic thousands mark
        "\u2019": "'",
        "\u00a0": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\u2212": "-",
        "\u2013": "-",
        "\u200e": None,  # direction marks
        "\u200f": None,
        "\u061c": None,
        "\u2066": None,
        "\u2067": None,
        "\u2068": None,
        "\u2069": None,
    }
)
NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[ ']\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)*|[.,]\d+)")
CONTINUES = re.compile(r"\s*[\d.,/+^*-]|\s*[eE][+-]?\d|[^\W\d_]*\d")  # the number goes on in a way that is not understood


def plain_digits(text: str) -> str:
    """The digits and marks of every script as those of English. Superscripts and fractions stay what they are."""
    return "".join(_digit(letter) for letter in text.translate(MARKS))


def _digit(letter: str) -> str:
    if letter.isascii():
        return letter
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)


def leading_number(text: str, vocabulary: Vocabulary) -> tuple[Decimal, str] | None:
    """The number that a text begins with, and the rest of it. The text has plain digits."""
    found = NUMBER.match(text)
    if found is None or (vocabulary.group != " " and " " in found[0] and not _grouped(found[0])):
        return None
    number = _decimal(found[0].replace(" ", "").replace("'", ""), vocabulary)
    return None if number is None else (number, text[found.end() :].strip())


def _grouped(token: str) -> bool:
    return re.fullmatch(r"[+-]?\d{1,3}(?: \d{3})+(?:[.,]\d+)?", token) is not None


def _decimal(token: str, vocabulary: Vocabulary) -> Decimal | None:
    """A token of digits, points and commas as a number."""
    marks = [mark for mark in token if mark in ".,"]
    if sum(letter.isdigit() for letter in token) > DIGITS:
        return Decimal("Infinity")
    if len(set(marks)) == 2:  # noqa: PLR2004 - both: the last one is before the decimals
        return _with_groups(token, group=marks[0], decimal=marks[-1])
    if len(marks) > 1:
        return _with_groups(token, group=marks[0], decimal="")
    if marks and marks[0] == vocabulary.group and re.fullmatch(r"[+-]?[1-9]\d{0,2}[.,]\d{3}", token):
        return Decimal(token.replace(marks[0], ""))
    return Decimal(token.replace(",", "."))


def _with_groups(token: str, *, group: str, decimal: str) -> Decimal | None:
    decimals = rf"\{decimal}\d+" if decimal else ""
    if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:\{group}\d{{3}})+(?:{decimals})?", token):
        return None
    return Decimal(token.replace(group, "").replace(decimal or ".", "."))


def without_about(text: str, vocabulary: Vocabulary) -> str:
    """A text without "about", "approximately" and the like at its ends."""
    said = text.replace("~", " ").replace("\u2248", " ").split()
    while said and phrase(said[0]) in vocabulary.lists.get("about", ()):
        said.pop(0)
    while said and phrase(said[-1]) in vocabulary.lists.get("about", ()):
        said.pop()
    return " ".join(said)


def read_number(text: str, item: Item, vocabulary: Vocabulary) -> Decimal | None:
    """The one number that a message states, None when it states none or more than that."""
    if len(text) > LONGEST:
        return None
    stated = without_about(plain_digits(text), vocabulary).rstrip(".,;! ")
    found = leading_number(stated, vocabulary)
    if found is not None:
        return found[0] if _may_follow(phrase(found[1]), item, vocabulary) and not CONTINUES.match(found[1]) else None
    return _in_words(phrase(stated), item, vocabulary)


def _may_follow(rest: str, item: Item, vocabulary: Vocabulary) -> bool:
    """Whether this may stand behind a number. Of words for time only those that the question names: "3 months" is no answer in weeks.

    A question about age that names none means years.
    """
    if not rest or any(rest == phrase(unit.display) for unit in item.units):
        return True
    period = _period(rest, vocabulary)
    asked = words(item.text) if period else ()
    periods = {_period(word, vocabulary) for word in asked} - {""} or _of_age(asked, vocabulary)
    return (not period or period in periods) and rest in vocabulary.lists.get("counters", ())


def _of_age(asked: tuple[str, ...], vocabulary: Vocabulary) -> set[str]:
    return {"year"} if not vocabulary.lists.get("aging", frozenset()).isdisjoint(asked) else set()


def _period(counter: str, vocabulary: Vocabulary) -> str:
    """The period that a counter speaks of: "years old" of a year; "" for what is no time."""
    return next((vocabulary.periods[word][1] for word in counter.split() if word in vocabulary.periods), "")


def _in_words(said: str, item: Item, vocabulary: Vocabulary) -> Decimal | None:
    if said in vocabulary.numbers:
        return Decimal(vocabulary.numbers[said])
    typed = said.replace("-", " ").split()
    for width, number in ((2, _joined(typed[:2], vocabulary)), (1, vocabulary.numbers.get(typed[0] if typed else ""))):
        if number is not None and _may_follow(" ".join(typed[width:]), item, vocabulary):
            return Decimal(number)
    return None


def _joined(pair: list[str], vocabulary: Vocabulary) -> int | None:
    """Tens and ones: "sixty-seven", in Arabic the ones first and "and" written on to the tens."""
    if len(pair) < 2:  # noqa: PLR2004 - two words
        return None
    first, second = (vocabulary.numbers.get(word, 0) for word in (pair[0], pair[1].removeprefix(AND)))
    tens, ones = (second, first) if pair[1].startswith(AND) else (first, second)
    return tens + ones if tens in TENS and 0 < ones < TEN else None


def number_answer(text: str, item: Item, vocabulary: Vocabulary) -> Value | Refusal:
    """The answer to an integer or a decimal question."""
    number = read_number(text, item, vocabulary)
    if number is None:
        return no_number(text)
    refused = beyond(number, item)
    if refused is not None:
        return refused
    if item.type == "integer":
        return int(number) if number == number.to_integral_value() else Refusal(reason=Reason.NOT_WHOLE)
    return too_precise(number, item) or number


def no_number(text: str) -> Refusal:
    """Why a text states no number."""
    seen = any(letter.isdigit() for letter in plain_digits(text))
    return Refusal(reason=Reason.ONE_NUMBER if seen else Reason.NOT_A_NUMBER)


def too_precise(number: Decimal, item: Item) -> Refusal | None:
    places = -int(number.as_tuple().exponent) if number.is_finite() else 0
    if item.decimal_places is None or places <= item.decimal_places:
        return None
    return Refusal(reason=Reason.PATTERN, candidates=(f"{number:.{item.decimal_places}f}",))


def beyond(number: Decimal, item: Item, unit: str = "") -> Refusal | None:
    """Why a number is outside the item's limits. A limit in another unit says nothing about this one."""
    low, high = _bound(item.minimum, unit), _bound(item.maximum, unit)
    most = Decimal(LARGEST_INTEGER if item.type == "integer" else 10**DIGITS - 1)
    top = most if high is None else min(high, most)
    bottom = -most if low is None else low
    if number < bottom:
        return Refusal(reason=Reason.TOO_SMALL, limit=f"{bottom:f}")
    return Refusal(reason=Reason.TOO_LARGE, limit=f"{top:f}") if number > top else None


def _bound(limit: Value | None, unit: str) -> Decimal | None:
    if isinstance(limit, Quantity):
        stated = limit.code or limit.unit
        return limit.value if not stated or stated == unit else None
    if isinstance(limit, int | Decimal) and not isinstance(limit, bool):
        return Decimal(limit)
    return None
