"""The whole dossier as plain data: every text already in words, every drawing already measured. The template only sets it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.dossier import answers, criteria, labs, papers, timeline
from bot.dossier.sides import Sides
from bot.wording import dossier as wording
from bot.wording import values
from bot.wording.card import WRITER

if TYPE_CHECKING:
    from bot.catalogues import Catalogue, Catalogues
    from bot.dossier.material import Material
    from bot.dossier.sides import Pair
    from flows.items import Item

CALLED = "call-you"
FACTS = ("age", "sex", "city", "diagnosis")  # what a reader looks for first, by linkId


def sheet(catalogues: Catalogues, material: Material, language: str) -> dict[str, Any]:
    """The dossier for a hospital that reads `language`. The same rows give the same data."""
    wanted = dict.fromkeys((language, material.language))
    sides = Sides(languages=tuple(catalogues[one] for one in wanted))
    made = material.card
    blocks = [
        criteria.block(sides, made) if made.findings else None,
        timeline.block(sides, made),
        labs.block(sides, material),
        papers.attached(sides, material),
        papers.missing(sides, material),
        *_answers(sides, material),
    ]
    facts = _facts(sides, material)  # before the notes, which tell of what occurred
    return {
        "case": made.case.number,
        "title": sides.pair(wording.title),
        "running": sides.pair(wording.running),
        "signs": sides.pair(wording.unprintable, "note"),
        "blocks": [facts, _notes(sides, material), *(block for block in blocks if block)],
    }


def _facts(sides: Sides, material: Material) -> dict[str, Any]:
    made, response, definition = material.card, material.card.response, material.card.definition
    known: list[tuple[Pair, Pair | None]] = [
        (_label(sides, "number"), sides.pair(lambda words: words.isolate(made.case.number))),
        (_label(sides, "made"), sides.pair(lambda words: values.day(words, made.now.date()))),
        (_label(sides, "writer"), answers.about(sides, definition, response, WRITER)),
        (_label(sides, "language"), sides.pair(lambda words: words.isolate(made.language))),
    ]
    called = answers.name(sides, response, CALLED) if made.consents.get("share") else None
    if called:
        known.append((_label(sides, "name"), [called] * len(sides.languages)))
    for link_id in FACTS:
        item = definition.questionnaire.by_link_id.get(link_id)
        if item:
            label = sides.pair(partial(_question, item), "label")
            known.append((label, answers.about(sides, definition, response, link_id)))
    rows = [{"cells": [[a, b] for a, b in zip(label, told, strict=True)], "own": []} for label, told in known if told]
    return {"kind": "rows", "level": 1, "title": sides.pair(lambda words: wording.headings(words)["case"]), "rows": rows}


def _question(item: Item, words: Catalogue) -> str:
    return answers.question(words, item)


def _label(sides: Sides, which: str) -> Pair:
    return sides.pair(lambda words: wording.labels(words)[which], "label")


def _notes(sides: Sides, material: Material) -> dict[str, Any]:
    """The page's disclaimers and how to read what follows."""
    disclaimers = material.card.definition.page.disclaimers
    cells = [
        [
            *(sides.text(words, one.text.worded(words.worded)) for one in disclaimers),
            *(
                sides.text(words, line, "note")
                for line in wording.legend(words, free=sides.free, english=sides.english)
                if line
            ),
        ]
        for words in sides.languages
    ]
    title = sides.pair(lambda words: wording.headings(words)["read-first"])
    return {"kind": "notes", "title": title, "rows": [{"cells": cells, "own": []}]}


def _answers(sides: Sides, material: Material) -> list[dict[str, Any]]:
    made = material.card
    if made.response is None:
        return []
    parts = answers.blocks(sides, made.definition, made.response)
    head = {"kind": "heading", "title": sides.pair(lambda words: wording.headings(words)["answers"])}
    return [head, *parts] if parts else []
