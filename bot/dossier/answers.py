"""Answers in words, twice: coded ones from the catalogues, free ones as they were written."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from bot.wording import dossier as wording
from bot.wording import values
from bot.wording.visible import one_line, visible
from flows.dialogue.places import places_of
from flows.grounds.given import link_id_of
from flows.items import name_of
from flows.response import Absent, Coding

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.dossier.sides import Pair, Sides, Text
    from flows.dialogue.place import Place
    from flows.items import Item
    from flows.library import Definition
    from flows.response import QuestionnaireResponse, Value

QUESTION, WORDS = 110, 160  # characters of a question, and of free text inside a line
LONG = 60  # free text from here on stands alone, over the whole width
ASIDE = {"keep", "share", "reminders"}  # permissions are no answers about a patient
SKIPPED = Absent(reason="skipped")


def blocks(sides: Sides, definition: Definition, response: QuestionnaireResponse) -> list[dict[str, object]]:
    """One block for each part of the form that has answers."""
    parts: dict[int, list[Place]] = {}
    for place in places_of(definition.questionnaire, response):
        if (
            place.kind == "asked"
            and place.item.type != "display"
            and place.item.consent not in ASIDE
            and _said(response, place)
        ):
            parts.setdefault(place.part, []).append(place)
    tops = definition.questionnaire.items
    return [
        {
            "kind": "rows",
            "level": 2,
            "title": sides.pair(partial(_title, tops[part])),
            "rows": [_row(sides, place.item, _said(response, place)) for place in places],
        }
        for part, places in parts.items()
    ]


def _title(top: Item, words: Catalogue) -> str:
    return top.label.worded(words.worded)


def _said(response: QuestionnaireResponse, place: Place) -> tuple[Value, ...]:
    return tuple(one for one in response.answers.get(place.key, ()) if one != SKIPPED)


def _row(sides: Sides, item: Item, said: tuple[Value, ...]) -> dict[str, object]:
    """The question and its answer in each language; long words of somebody's own once, over both."""
    alone = [one for one in said if isinstance(one, str) and len(one) > LONG]
    short = tuple(one for one in said if one not in alone)
    cells = [
        [
            sides.text(words, question(words, item), "label"),
            *([sides.text(words, listed(sides, words, item, short))] if short else []),
        ]
        for words in sides.languages
    ]
    return {"cells": cells, "own": [sides.own_words(one) for one in alone]}


def question(words: Catalogue, item: Item) -> str:
    """The question alone, without the sentence that explains it."""
    return one_line(re.split("[?؟？。।]|[.] ", item.label.worded(words.worded))[0], QUESTION).rstrip(" .")


def listed(sides: Sides, words: Catalogue, item: Item, said: tuple[Value, ...]) -> str:
    return values.listed(words, [value(sides, words, item, one) for one in said])


def value(sides: Sides, words: Catalogue, item: Item, one: Value) -> str:
    """Own words in quotation marks and without hidden signs; everything else as this language says it."""
    if isinstance(one, str) or (isinstance(one, Coding) and not _offered(item, one)):
        sides.free = True
        return wording.quoted(one_line(one if isinstance(one, str) else one.display or one.code, WORDS))
    return values.value(words, item, one)


def given(sides: Sides, words: Catalogue, definition: Definition, response: QuestionnaireResponse, key: str) -> str:
    """The answer at a place; nothing where none was given."""
    item = definition.questionnaire.by_link_id.get(link_id_of(key))
    said = tuple(one for one in response.answers.get(key, ()) if one != SKIPPED)
    return listed(sides, words, item, said) if item and said else ""


def about(sides: Sides, definition: Definition, response: QuestionnaireResponse | None, link_id: str) -> Pair | None:
    """One answer as a fact of the case."""
    key = name_of(link_id)
    if response is None or not response.values(link_id):
        return None
    return sides.pair(lambda words: given(sides, words, definition, response, key))


def name(sides: Sides, response: QuestionnaireResponse | None, link_id: str) -> Text | None:
    """What somebody wants to be called."""
    said = response.value(link_id) if response else None
    return sides.own_words(visible(said)[0]) if isinstance(said, str) else None


def _offered(item: Item, coding: Coding) -> bool:
    return any(
        isinstance(option.value, Coding) and (option.value.system, option.value.code) == (coding.system, coding.code)
        for option in item.options
    )
