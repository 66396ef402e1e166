"""The criteria as a table: each compared with the answers so far, what it rests on, what is not known."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.dossier import answers
from bot.wording import dossier as wording
from bot.wording import grades, measured, values
from flows.grounds.given import link_id_of

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.dossier.sides import Sides, Text
    from bot.wording.card import Card
    from flows.grounds.findings import Finding
    from flows.response import QuestionnaireResponse

NAMED = 8  # open questions of one criterion that are named


def block(sides: Sides, made: Card) -> dict[str, object]:
    protocol = made.definition.criteria.protocol
    return {
        "kind": "rows",
        "level": 1,
        "title": sides.pair(lambda words: wording.headings(words)["criteria"]),
        "note": sides.pair(lambda words: wording.limits(words, protocol.name.worded(words.worded), protocol.as_of), "note"),
        "rows": [_row(sides, made, finding) for finding in made.findings],
    }


def _row(sides: Sides, made: Card, finding: Finding) -> dict[str, object]:
    return {"mark": finding.status, "cells": [_cell(sides, words, made, finding) for words in sides.languages], "own": []}


def _cell(sides: Sides, words: Catalogue, made: Card, finding: Finding) -> list[Text]:
    assert made.response is not None  # there are findings
    title = finding.criterion.title.worded(words.worded)
    if finding.criterion.role == "supportive":
        title = wording.supporting(words, title)
    rests = [_evidence(sides, words, made, made.response, key) for key in _shown(made.response, finding)]
    lines = [(title, "strong"), (wording.status(words)[finding.status], "status"), *((line, "") for line in rests)]
    graded = grades.beside(
        words, made.definition, finding, made.grades.get(finding.criterion.id, "told"), partial(_label, words, made)
    )
    lines += [(line, "note") for line in (*graded, _lacking(words, made, finding), _proofs(words, made, finding))]
    return [sides.text(words, line, kind) for line, kind in lines if line]


def _shown(response: QuestionnaireResponse, finding: Finding) -> list[str]:
    """The answers that decide, then those that stand beside them, such as the day of a test."""
    beside = (key for key in response.answers if link_id_of(key) in finding.criterion.background and key not in response.parked)
    return list(dict.fromkeys((*finding.evidence, *beside)))


def _evidence(sides: Sides, words: Catalogue, made: Card, response: QuestionnaireResponse, key: str) -> str:
    said = answers.given(sides, words, made.definition, response, key)
    item = made.definition.questionnaire.by_link_id[link_id_of(key)]
    read = made.counting.get(item.link_id)
    said = measured.beside(words, made.definition, read, said) if read else said
    return f"{words.isolate(answers.question(words, item))}: {words.isolate(said)}" if said else ""


def _label(words: Catalogue, made: Card, link_id: str) -> str:
    return words.isolate(answers.question(words, made.definition.questionnaire.by_link_id[link_id]))


def _lacking(words: Catalogue, made: Card, finding: Finding) -> str:
    known = made.definition.questionnaire.by_link_id
    asked = [answers.question(words, known[link_id]) for link_id in finding.missing[:NAMED]]
    return wording.not_known(words, values.listed(words, asked)) if asked else ""


def _proofs(words: Catalogue, made: Card, finding: Finding) -> str:
    here = [one.record.text.worded(words.worded) for one in made.records if one.state == "received"
            and one.record.id in finding.criterion.records]  # fmt: skip
    return wording.proofs(words, values.listed(words, here)) if here else ""
