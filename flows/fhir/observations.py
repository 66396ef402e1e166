"""Observations from a response: the answers to coded questions that the form marks with SDC's observationExtract.

The mark stands on a question, on a group, or on the form, and counts for everything below until it is taken back. Our own extension
`observed-on` names the question that says when: the day of the blood test, not the day of the talk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.fhir.nodes import OWN, SDC, Node
from flows.values import ABSENT_SYSTEM

if TYPE_CHECKING:
    from flows.grounds.measured import Measured
    from flows.questionnaire import Questionnaire

EXTRACT, CATEGORY, OBSERVED_ON = f"{SDC}observationExtract", f"{SDC}observation-extract-category", f"{OWN}observed-on"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
NOT_PERFORMED = {"coding": [{"system": ABSENT_SYSTEM, "code": "not-performed"}]}
NOT_TESTED = "not-tested"  # the code of an option of ours that is no result


@dataclass(frozen=True, kw_only=True, slots=True)
class _Mark:
    """What is said about a question, by itself or from above."""

    extract: bool = False
    date: str = ""
    category: Mapping[str, Any] | None = None
    codes: tuple[Mapping[str, Any], ...] = ()


def observations(form: Questionnaire, response: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(a key that is always the same, the Observation without its subject) for each answer of a response in R4 JSON."""
    marks = _marked(form)
    status = "preliminary" if response["status"] == "in-progress" else "final"
    answered = list(_answered(response, ""))
    dates = {link_id: _date(answer) for _, link_id, answer in answered}
    for key, link_id, answer in answered:
        mark = marks.get(link_id)
        value = _value(answer) if mark and mark.extract and mark.codes else None
        if mark and value:
            when = dates.get(mark.date) if mark.date else response["authored"]
            yield key, _observation(mark, status, value, when)


def observed(form: Questionnaire, one: Measured) -> dict[str, Any]:
    """A value that a coordinator read in a report, as an Observation without its subject: preliminary until somebody has checked it."""
    mark = _marked(form)[one.link_id]
    texts = {"unit": one.amount.unit, "system": one.amount.system, "code": one.amount.code}
    value = {"value": one.amount.value, **{name: text for name, text in texts.items() if text}}
    status = "preliminary" if one.grade == "document" else "final"
    return _observation(mark, status, {"valueQuantity": value}, one.day.isoformat())


def _observation(mark: _Mark, status: str, value: dict[str, Any], when: str | None) -> dict[str, Any]:
    category = mark.category or {"coding": [{"system": CATEGORIES, "code": "survey"}]}
    return {
        "resourceType": "Observation",
        "status": status,
        "category": [category],
        "code": {"coding": [dict(code) for code in mark.codes]},
        **({"effectiveDateTime": when} if when else {}),
        **value,
    }


def _marked(form: Questionnaire) -> dict[str, _Mark]:
    made: dict[str, _Mark] = form.memory.table().once("observed", lambda: dict(_marks((form.raw,), _Mark())))
    return made


def _marks(items: Iterable[Any], above: _Mark) -> Iterator[tuple[str, _Mark]]:
    for raw in items:
        node = Node.of("", raw, [])
        extract, date, category = node.extension(EXTRACT), node.extension(OBSERVED_ON), node.extension(CATEGORY)
        mark = replace(
            above,
            extract=extract if isinstance(extract, bool) else above.extract,
            date=date if isinstance(date, str) else above.date,
            category=category if isinstance(category, dict) else above.category,
            codes=tuple(code.value for code in node.children("code") if code.text("code")),
        )
        if node.text("linkId"):
            yield node.text("linkId"), mark
        yield from _marks(node.value.get("item", ()), mark)


def _answered(parent: Mapping[str, Any], start: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """(key, linkId, answer) of every answer, in order; the key counts occurrences."""
    counted: dict[str, int] = {}
    for item in parent.get("item", ()):
        link_id = item["linkId"]
        counted[link_id] = counted.get(link_id, -1) + 1
        here = f"{start}{link_id}#{counted[link_id]}"
        for number, answer in enumerate(item.get("answer", ())):
            key = f"{here}.{number}"
            yield key, link_id, answer
            yield from _answered(answer, f"{key}/")
        yield from _answered(item, f"{here}/")


def _date(answer: Mapping[str, Any]) -> str | None:
    return answer.get("valueDate") or answer.get("valueDateTime")


def _value(answer: Mapping[str, Any]) -> dict[str, Any] | None:
    """The answer as the value of an Observation; None for what cannot be one (a file, "I don't know")."""
    coding, date = answer.get("valueCoding"), _date(answer)
    if coding is not None:
        return _coded(coding)
    if date is not None:
        return {"valueDateTime": date}
    number = answer.get("valueDecimal")
    if number is not None:
        return {"valueQuantity": {"value": Decimal(number)}}
    kept = ("valueQuantity", "valueInteger", "valueBoolean", "valueString", "valueTime")
    return next(({name: answer[name]} for name in kept if name in answer), None)


def _coded(coding: Mapping[str, Any]) -> dict[str, Any] | None:
    if coding.get("system") == ABSENT_SYSTEM:
        return None
    if coding.get("code") == NOT_TESTED and str(coding.get("system", "")).startswith(OWN.removesuffix("StructureDefinition/")):
        return {"dataAbsentReason": NOT_PERFORMED}
    text = {"text": coding["display"]} if "display" in coding else {}
    return {"valueCodeableConcept": {"coding": [dict(coding)], **text}}
