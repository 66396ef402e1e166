"""Responses for the tests of the rules: answers by linkId, without a conversation."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flows.items import Item
from flows.library import Definition
from flows.response import Attachment, Coding, PartialDate, Quantity, QuestionnaireResponse
from tests.loaded import DEFINITION

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)

# A person who meets every criterion of the page's list.
SUITED: dict[str, Any] = {
    "keep": True,
    "age": 44,
    "sex": "female",
    "diagnosis": "9811/3",
    "biopsy": True,
    "markers-b-cell": ["HGNC:1633"],
    "marker-test": "flow",
    "cancer-now": "relapse",
    "lines": 3,
    "own-cart": "never",
    "trend": "271299001",
    "wait": "2-to-4-weeks",
    "results": "numbers",
    "creatinine": (70, "umol/L"),
    "weight": (60, "kg"),
    "alt": (30, "U/L"),
    "ast": (28, "U/L"),
    "bilirubin": (12, "umol/L"),
    "neutrophils": ("1.8", "10*9/L"),
    "platelets": (120, "10*9/L"),
    "haemoglobin": (101, "g/L"),
    "lvef": (60, "%"),
    "oxygen": (97, "%"),
    "ecog": "LA9623-5",
    "cns": "never",
    "infection": "none",
    "hepatitis-b": "260385009",
    "hepatitis-c": "260385009",
    "hiv": "260385009",
    "risk-gvhd": "understood",
    "risk-rejection": "understood",
    "risk-persistence": "understood",
    "fly": True,
    "companion": True,
    "weeks": 8,
}


def definition() -> Definition:
    return DEFINITION


def value(item: Item, said: Any) -> Any:
    """What a test writes, as the item's kind of value: a code, (number, unit), a date."""
    if isinstance(said, str) and item.options:
        return next((one.value for one in item.options if isinstance(one.value, Coding) and one.value.code == said), said)
    if item.type == "quantity" and isinstance(said, tuple):
        return Quantity(value=Decimal(said[0]), unit=said[1], code=said[1], system="http://unitsofmeasure.org")
    if item.type == "date" and isinstance(said, str):
        return PartialDate(text=said)
    if item.type == "attachment" and isinstance(said, str):
        return Attachment(document_id=said, content_type="image/jpeg")
    return said


def answered(answers: dict[str, Any], *, parked: frozenset[str] = frozenset()) -> QuestionnaireResponse:
    """A response with these answers; a list gives several values to one question."""
    items = definition().questionnaire.by_link_id
    values = {
        link_id: tuple(value(items[link_id], one) for one in (said if isinstance(said, list) else [said]))
        for link_id, said in answers.items()
    }
    return QuestionnaireResponse(
        id="r1", questionnaire=definition().questionnaire.canonical, authored=NOW, answers=values, parked=parked
    )
