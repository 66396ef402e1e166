"""A patient's words -> a typed answer, or the reason why it cannot be one."""

from __future__ import annotations

import re
from datetime import UTC, date, tzinfo

from flows.dialogue.refusal import Refusal
from flows.events import Reason
from flows.items import AnswerOption, Item
from flows.values import Value
from flows.words.choices import one_option
from flows.words.clock_times import date_time_answer, time_answer
from flows.words.dates import date_answer
from flows.words.folding import asks, words
from flows.words.lexicon import phrase
from flows.words.numbers import number_answer
from flows.words.tongue import Tongue

MOST = 4000  # characters of a free answer, where the form sets no limit
LONGEST_MATCHED = 400  # characters that a form's regex is tried on
EXPLAINED = 200  # characters of a yes or no with its reason
BREAK = re.compile(r"\s*(?:[,.;:!\n\u060c\u061b]|\s[-\u2013\u2014]\s)\s*")  # between an answer and what explains it
URL = re.compile(r"(https?|ftp)://\S+|mailto:\S+@\S+|urn:[a-z0-9-]+:\S+", re.IGNORECASE)
# FHIR strings hold no control characters but tab and line breaks, and UTF-8 holds no lone surrogates.
CONTROL_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
SURROGATES = re.compile(r"[\ud800-\udfff]")


def clean(text: str) -> str:
    """The words as they were typed, without what cannot be stored."""
    return CONTROL_CHARACTERS.sub("", SURROGATES.sub("\ufffd", text))


def understand(item: Item, text: str, *, tongue: Tongue, today: date, zone: tzinfo = UTC) -> Value | Refusal:
    """One answer of the item's type. Quantities, files and several options at once are not read here."""
    if item.options:
        found = one_option(text, item, tongue)
        return found.value if isinstance(found, AnswerOption) else found
    match item.type:
        case "boolean":
            return yes_or_no(text, tongue)
        case "integer" | "decimal":
            number = number_answer(text, item, tongue.vocabulary)
            return number if isinstance(number, Refusal) or _matches(str(number), item) else _unlike(item)
        case "date":
            return date_answer(text, item, language=tongue.language, vocabulary=tongue.vocabulary, today=today)
        case "dateTime":
            return date_time_answer(text, item, tongue=tongue, today=today, zone=zone)
        case "time":
            return time_answer(text, tongue.vocabulary)
        case _:
            return text_answer(text, item)


def yes_or_no(text: str, tongue: Tongue) -> bool | Refusal:
    """A plain yes or no, or one that stands first and is only explained by what follows: "yes, it was done in spring"."""
    said = _truth(phrase(text), tongue)
    if said is None and len(text) <= EXPLAINED and not asks(text):
        first, _, rest = BREAK.sub("\n", text.strip(), count=1).partition("\n")
        if tongue.vocabulary.means("firm", phrase(first.split(maxsplit=1)[0] if first else "")):
            first, _, rest = text.strip().partition(" ")
        said = _truth(phrase(first), tongue)
        said = None if said is None or _limits(rest, tongue, said=said) else said
    return Refusal(reason=Reason.NOT_YES_OR_NO) if said is None else said


def _truth(said: str, tongue: Tongue) -> bool | None:
    return next((kind == "yes" for kind in ("yes", "no") if tongue.vocabulary.means(kind, said)), None)


def _limits(rest: str, tongue: Tongue, *, said: bool) -> bool:
    """Whether more than a reason follows: a condition, a "but", the opposite."""
    spoken, vocabulary = words(rest), tongue.vocabulary
    begins = {*spoken[:1], phrase(BREAK.split(rest, maxsplit=1)[0])}
    opposite = any(vocabulary.means(kind, one) for one in begins for kind in ("no" if said else "yes", "unknown"))
    return opposite or any(vocabulary.means(kind, one) for one in spoken for kind in ("but", *(("lacking",) if said else ())))


def text_answer(text: str, item: Item) -> str | Refusal:
    """Words, verbatim, within the form's limits."""
    if not text.strip():
        return Refusal(reason=Reason.EMPTY)
    most = MOST if item.max_length is None else min(item.max_length, MOST)
    if len(text) > most:
        return Refusal(reason=Reason.TOO_LONG, limit=str(most))
    if item.min_length is not None and len(text) < item.min_length:
        return Refusal(reason=Reason.TOO_SHORT, limit=str(item.min_length))
    is_url = item.type != "url" or URL.fullmatch(text.strip()) is not None
    return text if is_url and _matches(text, item) else _unlike(item)


def _unlike(item: Item) -> Refusal:
    return Refusal(reason=Reason.PATTERN, candidates=_example(item), text=item.entry_format)


def _matches(text: str, item: Item) -> bool:
    return not item.pattern or (len(text) <= LONGEST_MATCHED and re.fullmatch(item.pattern, text) is not None)


def _example(item: Item) -> tuple[str, ...]:
    """What a good answer looks like, where the form shows one: nobody reads a regular expression."""
    return (item.entry_format,) if item.entry_format else ("https://example.org",) if item.type == "url" else ()
