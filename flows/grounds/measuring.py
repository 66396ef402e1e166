"""A coordinator's words for a value in a report: "anc 0.4 10^9/L 2026-11-20", in the desk's language or in English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.grounds.measured import measurable
from flows.values import PartialDate, Quantity
from flows.words.dates import NOT_A_DATE, read_date
from flows.words.lexicon import phrase
from flows.words.numbers import no_number
from flows.words.quantities import check_quantity, read_quantity

if TYPE_CHECKING:
    from flows.library import Definition
    from flows.words.lexicon import Vocabulary

NAME, DAY = 6, 4  # words of the longest name, of the longest date
WHOLE = 10  # characters of a day: 2026-11-20


@dataclass(frozen=True, kw_only=True, slots=True)
class Stated:
    link_id: str
    amount: Quantity
    day: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Unclear:
    """What was not understood. `refusal`: why, where a number or a day was found that cannot be."""

    what: Literal["test", "amount", "unit", "day"]
    link_id: str = ""
    refusal: Refusal | None = None


def read(
    said: str, definition: Definition, names: Mapping[str, str], *, language: str, today: date, usual: date | None = None
) -> Stated | Unclear:
    """`names`: linkId -> what the desk calls it; `usual`: the day where none was said, such as that of the document."""
    words, known = said.split(), _names(definition, names)
    length = next((n for n in range(NAME, 0, -1) if phrase(" ".join(words[:n])) in known), 0)
    if not length:
        return Unclear(what="test")
    link_id = known[phrase(" ".join(words[:length]))]
    vocabulary = definition.lexicon.of(language)
    found, rest = _day(words[length:], vocabulary, language=language, today=today)
    amount = _amount(" ".join(rest), definition, link_id, vocabulary)
    if not isinstance(amount, Quantity):
        return amount
    day = found or usual
    if isinstance(day, Refusal) or day is None or day > today:
        refusal = Refusal(reason=Reason.FUTURE_DATE) if isinstance(day, date) else day
        return Unclear(what="day", link_id=link_id, refusal=refusal)
    return Stated(link_id=link_id, amount=amount, day=day)


def _names(definition: Definition, names: Mapping[str, str]) -> dict[str, str]:
    """Every name, as a phrase -> linkId."""
    all_ = {one: (one, names.get(one, "")) for one in measurable(definition.criteria)}
    short = definition.laboratory.names
    known = {phrase(name): link_id for link_id, some in all_.items() for name in (*some, *short.get(link_id, ()))}
    return {name: link_id for name, link_id in known.items() if name}


def _day(words: list[str], vocabulary: Vocabulary, *, language: str, today: date) -> tuple[date | Refusal | None, list[str]]:
    """The day at the end, in as few words as make one, and the words before it."""
    for count in range(1, min(DAY, len(words) - 1) + 1):
        said = read_date(" ".join(words[-count:]), language=language, vocabulary=vocabulary, today=today)
        if isinstance(said, PartialDate) and len(said.text) == WHOLE:
            return date.fromisoformat(said.text), words[:-count]
        if isinstance(said, Refusal) and said != NOT_A_DATE:
            return said, words[:-count]
    return None, words


def _amount(text: str, definition: Definition, link_id: str, vocabulary: Vocabulary) -> Quantity | Unclear:
    item = definition.questionnaire.by_link_id[link_id]
    stated = read_quantity(text, item, vocabulary)
    if stated is None:
        return Unclear(what="amount", link_id=link_id, refusal=no_number(text))
    if stated.unit is None and item.units:
        return Unclear(what="unit", link_id=link_id)
    made = check_quantity(stated.number, stated.unit, item, sure=False)
    return made if isinstance(made, Quantity) else Unclear(what="amount", link_id=link_id, refusal=made)
