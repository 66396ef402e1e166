"""enableWhen: every operator, every kind of answer, absent and disabled sources."""

from __future__ import annotations

from typing import Any

import pytest

from flows.dialogue.places import places_of
from flows.fhir.responses import from_fhir
from flows.questionnaire import Questionnaire
from tests.flows.forms import CODES, form, item, options, when
from tests.flows.talking import NOW


def enabled(link_id: str, *items: Any, answers: dict[str, Any] | None = None) -> bool:
    questionnaire = Questionnaire.from_json(form(*items))
    given = [{"linkId": name, "answer": [value]} for name, value in (answers or {}).items()]
    resource = {"resourceType": "QuestionnaireResponse", "item": given}
    response = from_fhir(questionnaire, resource, now=NOW)
    return any(place.item.link_id == link_id for place in places_of(questionnaire, response))


def test_it_depends() -> None:
    depending = item("b", enableWhen=[when("a", answerBoolean=True)])
    assert enabled("b", item("a", "boolean"), depending, answers={"a": {"valueBoolean": True}})
    assert not enabled("b", item("a", "boolean"), depending, answers={"a": {"valueBoolean": False}})
    assert not enabled("b", item("a", "boolean"), depending)


@pytest.mark.parametrize(
    ("operator", "limit", "expected"),
    [
        ("=", 5, False),
        ("!=", 5, True),
        (">", 5, True),
        ("<", 5, False),
        (">=", 7, True),
        ("<=", 7, True),
        (">", 7, False),
        ("<", 8, True),
    ],
)
@pytest.mark.parametrize("kind", ["Integer", "Decimal"])
def test_numbers(operator: str, limit: int, kind: str, *, expected: bool) -> None:
    depending = item("b", enableWhen=[when("a", operator, **{f"answer{kind}": limit})])
    assert enabled("b", item("a", kind.lower()), depending, answers={"a": {f"value{kind}": 7}}) is expected


@pytest.mark.parametrize(
    ("operator", "limit", "given", "expected"),
    [
        (">", "2024-01-01", "2024-05-01", True),
        (">", "2024-05", "2024-05-17", False),
        (">=", "2024-05", "2024-05-17", True),
        ("<", "2024", "2023-12-31", True),
        ("=", "2024", "2024", True),
        ("=", "2024", "2024-05", False),
    ],
)
def test_dates_as_far_as_both_are_precise(operator: str, limit: str, given: str, *, expected: bool) -> None:
    depending = item("b", enableWhen=[when("a", operator, answerDate=limit)])
    assert enabled("b", item("a", "date"), depending, answers={"a": {"valueDate": given}}) is expected


@pytest.mark.parametrize(
    ("kind", "name", "equal", "other"),
    [
        ("string", "String", "x", "y"),
        ("time", "Time", "10:00:00", "11:00:00"),
        ("quantity", "Quantity", {"value": 5, "code": "kg"}, {"value": 5, "code": "g"}),
        ("boolean", "Boolean", True, False),
    ],
)
def test_equal_and_not(kind: str, name: str, equal: Any, other: Any) -> None:
    for operator, when_equal in (("=", True), ("!=", False)):
        depending = item("b", enableWhen=[when("a", operator, **{f"answer{name}": equal})])
        assert enabled("b", item("a", kind), depending, answers={"a": {f"value{name}": equal}}) is when_equal
        assert enabled("b", item("a", kind), depending, answers={"a": {f"value{name}": other}}) is not when_equal


def test_codes_by_system_and_code() -> None:
    depending = item("b", enableWhen=[when("a", answerCoding={"system": CODES, "code": "x"})])
    asked = item("a", "choice", answerOption=options("X", "Y"))
    assert enabled(
        "b", asked, depending, answers={"a": {"valueCoding": {"system": CODES, "code": "x", "display": "other words"}}}
    )
    assert not enabled("b", asked, depending, answers={"a": {"valueCoding": {"system": "other", "code": "x"}}})


@pytest.mark.parametrize(
    ("operator", "answer", "expected"), [("!=", {"answerString": "x"}, True), ("exists", {"answerBoolean": False}, True)]
)
def test_no_answer(operator: str, answer: dict[str, Any], *, expected: bool) -> None:
    assert enabled("b", item("a"), item("b", enableWhen=[when("a", operator, **answer)])) is expected
    for other in ("=", ">", "<"):
        assert not enabled("b", item("a"), item("b", enableWhen=[when("a", other, answerString="x")]))


@pytest.mark.parametrize(("behavior", "expected"), [("all", False), ("any", True)])
def test_all_or_any(behavior: str, *, expected: bool) -> None:
    conditions = [when("a", answerBoolean=True), when("c", answerBoolean=True)]
    depending = item("b", enableWhen=conditions, enableBehavior=behavior)
    assert (
        enabled("b", item("a", "boolean"), item("c", "boolean"), depending, answers={"a": {"valueBoolean": True}}) is expected
    )


def test_a_disabled_source_counts_as_absent() -> None:
    items = [
        item("a", "boolean"),
        item("b", "boolean", enableWhen=[when("a", answerBoolean=True)]),
        item("c", enableWhen=[when("b", answerBoolean=True)]),
        item("d", enableWhen=[when("b", "exists", answerBoolean=False)]),
    ]
    answers = {"a": {"valueBoolean": False}, "b": {"valueBoolean": True}}
    assert not enabled("c", *items, answers=answers)
    assert enabled("d", *items, answers=answers)


def test_a_disabled_group_disables_what_is_in_it() -> None:
    group = item("g", "group", items=[item("x")], enableWhen=[when("a", answerBoolean=True)])
    assert not enabled("x", item("a", "boolean"), group)
    assert enabled("x", item("a", "boolean"), group, answers={"a": {"valueBoolean": True}})


def test_a_later_question_can_enable_an_earlier_one() -> None:
    items = [item("b", enableWhen=[when("a", answerBoolean=True)]), item("a", "boolean")]
    assert enabled("b", *items, answers={"a": {"valueBoolean": True}})
