"""The records that are here, each file by its digest, and those that are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wording import dossier as wording
from bot.wording import values

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.dossier.material import Material, Paper
    from bot.dossier.sides import Sides

PAGED = ("application/pdf", "image/")


def attached(sides: Sides, material: Material) -> dict[str, object]:
    return {
        "kind": "records",
        "title": sides.pair(lambda words: wording.headings(words)["records"]),
        "rows": [_paper(sides, material, number, paper) for number, paper in enumerate(material.papers, start=1)],
        "nothing": sides.pair(wording.nothing, "note"),
    }


def missing(sides: Sides, material: Material) -> dict[str, object] | None:
    """What is on the checklist and not here, with the reason that is known."""
    states = [one for one in material.card.records if one.state != "received"]
    if not states:
        return None
    return {
        "kind": "rows",
        "level": 1,
        "title": sides.pair(lambda words: wording.headings(words)["missing"]),
        "rows": [
            {
                "cells": [
                    [
                        sides.text(words, one.record.text.worded(words.worded), "strong"),
                        sides.text(words, wording.absences(words)[one.state]),
                    ]
                    for words in sides.languages
                ],
                "own": [],
            }
            for one in states
        ],
    }


def _paper(sides: Sides, material: Material, number: int, paper: Paper) -> dict[str, object]:
    return {
        "number": number,
        "cells": [
            [
                sides.text(words, wording.record(words, material.card.definition, paper.document.record), "strong"),
                sides.text(words, values.listed(words, _facts(words, paper)), "note"),
            ]
            for words in sides.languages
        ],
        "digests": list(paper.digests),
    }


def _facts(words: Catalogue, paper: Paper) -> list[str]:
    if paper.guarded:
        return [wording.kept_apart(words)]
    kinds = dict.fromkeys((part.content_type or "").rpartition("/")[2].rpartition(".")[2].upper() for part in paper.parts)
    return [
        wording.files(words, len(paper.parts)),
        *([wording.pages(words, pages)] if (pages := _pages(paper)) else []),
        words.isolate(", ".join(kinds)),
        wording.dated(words, paper.day),
        wording.received(words, paper.document.created_at.date()),
    ]


def _pages(paper: Paper) -> int:
    """Of paper: what is a study or an archive has none."""
    return sum(part.pages or 1 for part in paper.parts if (part.content_type or "").startswith(PAGED))
