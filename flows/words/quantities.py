"""Quantities: a number and its unit in one message ("0.9 x10^9/L", "82 g/L"), and whether the number fits the unit."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.items import Item, Unit
from flows.values import Quantity
from flows.words.lexicon import Vocabulary, phrase
from flows.words.numbers import LONGEST, beyond, leading_number, plain_digits, too_precise, without_about

# "x10^9/L", "10*9/L", "10⁹/L", "109/L" after a space: one spelling, so that the ten is never taken for the number
POWER = re.compile(
    r"(?:(?<=[\s\dx\u00d7\u0445*\u00b7])|^)\s*[x\u00d7\u0445*\u00b7]?\s*10\s*(?:\^|\*\*?|e)?\s*([35691]2?)\s*/", re.IGNORECASE
)
SUPERSCRIPTS = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", "0123456789")
UNIT_LIKE = re.compile(r"E\d{1,2}/|/?\s*[^\W\d_]|[%\u2030\u00b0\u066a]")
MORE_NUMBER = re.compile(r"[x\u0445]\s*\d|[eE]\d+\b(?!/)")  # 0x10, 1e309
LONGEST_UNIT = 30  # characters of a unit in own words
MICRO = str.maketrans("\u00b5\u03bc", "uu")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    """What a message states: a number, the unit when it is clear, and what stands after the number."""

    number: Decimal
    unit: Unit | None
    rest: str = ""

    @property
    def unit_unknown(self) -> bool:
        """A unit was named that the item does not have."""
        return self.unit is None and self.rest != ""


def read_quantity(text: str, item: Item, vocabulary: Vocabulary) -> Stated | None:
    """The number and the unit of a message, None when it states no number."""
    if len(text) > LONGEST:
        return None
    stated = without_about(_powers(plain_digits(_lifted(text))), vocabulary)
    found = leading_number(stated, vocabulary) or _word_first(stated, vocabulary)
    if found is None:
        return None
    number, rest = found
    if not rest:
        return Stated(number=number, unit=item.units[0] if len(item.units) == 1 else None)
    if not UNIT_LIKE.match(rest) or MORE_NUMBER.match(rest):
        return None
    return Stated(number=number, unit=_named_unit(rest, item, vocabulary), rest=rest)


def _named_unit(rest: str, item: Item, vocabulary: Vocabulary) -> Unit | None:
    """The unit that stands after a number. A form without units takes it in own words."""
    return read_unit(rest, item, vocabulary) if item.units else Unit(code="", display=rest[:LONGEST_UNIT])


def _lifted(text: str) -> str:
    """Superscripts only where they belong to a ten: elsewhere they make another number of it."""
    return re.sub(
        r"(?<=10)[\u2070\u00b9\u00b2\u00b3\u2074-\u2079]+", lambda found: "^" + found[0].translate(SUPERSCRIPTS), text
    )


def _powers(text: str) -> str:
    return POWER.sub(r" E\1/", text)


def _word_first(text: str, vocabulary: Vocabulary) -> tuple[Decimal, str] | None:
    first, _, rest = text.partition(" ")
    number = vocabulary.numbers.get(phrase(first))
    return None if number is None else (Decimal(number), rest.strip())


def read_unit(text: str, item: Item, vocabulary: Vocabulary) -> Unit | None:
    """The unit of the item that these words name: its name, its code, or a spelling of its code in any language."""
    wanted = unit_key(text)
    codes = {known_key(code) for spelling, code in vocabulary.units.items() if known_key(spelling) == wanted}
    return _named(item, {wanted}) or _named(item, codes)


def _named(item: Item, keys: set[str]) -> Unit | None:
    return next((unit for unit in item.units if known_key(unit.display) in keys or known_key(unit.code) in keys), None)


@lru_cache(maxsize=4096)
def known_key(text: str) -> str:
    """The same of what forms and vocabularies hold; what patients write is not kept."""
    return unit_key(text)


def unit_key(text: str) -> str:
    """A unit's spelling without what writers vary: case, spaces, micro signs, powers of ten."""
    spelled = _powers(plain_digits(_lifted(text))).translate(MICRO)
    folded = unicodedata.normalize("NFKC", spelled).casefold().replace("mcl", "ul").replace("mcg", "ug")
    return re.sub(r"[\s.{}\[\]_]|\*(?!\d)", "", folded)


def check_quantity(number: Decimal, unit: Unit | None, item: Item, *, sure: bool) -> Quantity | Refusal:
    """The quantity, or why it cannot be. `sure`: the unit was asked about already."""
    refused = _beyond(number, unit, item)
    better = _better_units(number, unit, item) if refused is not None and not sure else ()
    if better:
        return Refusal(reason=Reason.IMPLAUSIBLE_UNIT, candidates=better)
    refused = refused or too_precise(number, item)
    if refused is not None:
        return refused
    if unit is None:
        return Quantity(value=number)
    return Quantity(value=number, unit=unit.display, code=unit.code, system=unit.system)


def _beyond(number: Decimal, unit: Unit | None, item: Item) -> Refusal | None:
    """Why a number is outside the limits of its unit or of the item."""
    if unit is None or unit.fits(number):
        return beyond(number, item, (unit.code or unit.display) if unit else "")
    if unit.low is not None and number < unit.low:
        return Refusal(reason=Reason.TOO_SMALL, limit=f"{unit.low:f} {unit.display}")
    return Refusal(reason=Reason.TOO_LARGE, limit=f"{unit.high:f} {unit.display}")


def _better_units(number: Decimal, unit: Unit | None, item: Item) -> tuple[str, ...]:
    """Indexes of the units in which the number can be true; only units whose limits are stated say so."""
    return tuple(
        str(index)
        for index, other in enumerate(item.units)
        if other is not unit and (other.low is not None or other.high is not None) and _beyond(number, other, item) is None
    )
