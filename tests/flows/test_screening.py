"""Criteria: met, not met and unknown, never one for another; each with its answers and with what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from flows import screening
from flows.fhirpath.expressions import BadExpressionError, EvaluationError, Expression, lint
from flows.grounds import findings
from flows.grounds.findings import Finding
from flows.items import Item
from flows.values import Absent, Coding, Quantity
from tests.examples import examples
from tests.flows.answering import SUITED, answered, definition

TODAY = date(2026, 11, 22)

PAGE_ORDER = (
    "pathology",
    "antigen",
    "relapsed-refractory",
    "rapid-progression",
    "t-cell-setting",
    "organ-function",
    "ecog",
    "cns",
    "infection",
    "risk-profile",
    "travel",
)


def screen(**changes: Any) -> dict[str, Finding]:
    """Findings for the suited person with some answers changed; None takes an answer away."""
    answers = SUITED | {link_id.replace("_", "-"): said for link_id, said in changes.items()}
    response = answered({link_id: said for link_id, said in answers.items() if said is not None})
    return {one.criterion.id: one for one in screening.screen(definition(), response, today=TODAY)}


def test_eleven_criteria_in_the_order_of_the_page() -> None:
    assert tuple(screen()) == PAGE_ORDER


def test_a_suited_person_meets_all_but_the_t_cell_setting() -> None:
    statuses = {id_: one.status for id_, one in screen().items()}
    assert statuses.pop("t-cell-setting") == "not-met"
    assert set(statuses.values()) == {"met"}


def test_no_answers_leave_everything_unknown_and_say_what_is_missing() -> None:
    found = screening.screen(definition(), answered({}), today=TODAY)
    assert {one.status for one in found} == {"unknown"}
    assert all(one.missing and not one.evidence and not one.broken for one in found)


@pytest.mark.parametrize(
    ("changes", "criterion", "status"),
    [
        ({"biopsy": False}, "pathology", "not-met"),
        ({"biopsy": Absent(reason="asked-unknown")}, "pathology", "unknown"),
        ({"diagnosis": "a very rare cancer"}, "pathology", "unknown"),  # free text is for a person to read
        ({"markers_b_cell": ["none"]}, "antigen", "not-met"),
        ({"markers_b_cell": ["other"]}, "antigen", "unknown"),
        ({"markers_b_cell": ["other", "HGNC:1643"]}, "antigen", "met"),
        ({"marker_test": None}, "antigen", "unknown"),
        ({"markers_b_cell": ["none"], "marker_test": None}, "antigen", "not-met"),
        ({"lines": 1}, "relapsed-refractory", "not-met"),
        ({"lines": 1, "own_cart": "mfg-failed"}, "relapsed-refractory", "met"),
        ({"lines": 1, "own_cart": None}, "relapsed-refractory", "unknown"),
        ({"trend": "359746009"}, "rapid-progression", "not-met"),
        ({"trend": "709137006"}, "rapid-progression", "unknown"),
        ({"wait": "over-4-weeks"}, "rapid-progression", "not-met"),
        ({"diagnosis": "9837/3", "collection": True}, "t-cell-setting", "met"),
        ({"diagnosis": "9837/3"}, "t-cell-setting", "unknown"),
        ({"lvef": (39, "%")}, "organ-function", "not-met"),
        ({"lvef": (40, "%")}, "organ-function", "met"),
        ({"lvef": None}, "organ-function", "unknown"),
        ({"lvef": None, "platelets": (10, "10*9/L")}, "organ-function", "not-met"),  # one clear no is enough
        ({"creatinine": ("0.8", "mg/dL")}, "organ-function", "met"),
        ({"creatinine": (5, "mg/dL")}, "organ-function", "not-met"),
        ({"creatinine": (5, "mg/dL"), "clearance": (55, "mL/min")}, "organ-function", "met"),
        ({"creatinine": None}, "organ-function", "unknown"),
        ({"creatinine": None, "clearance": (29, "mL/min")}, "organ-function", "not-met"),
        ({"age": 9, "creatinine": (70, "umol/L")}, "organ-function", "unknown"),  # the estimate is for adults
        ({"weight": (132, "[lb_av]")}, "organ-function", "met"),
        ({"bilirubin": ("2.98", "mg/dL")}, "organ-function", "met"),
        ({"bilirubin": ("3.0", "mg/dL")}, "organ-function", "not-met"),
        ({"neutrophils": (499, "/uL")}, "organ-function", "not-met"),
        ({"neutrophils": (500, "/uL")}, "organ-function", "met"),
        ({"haemoglobin": (6, "g/dL")}, "organ-function", "met"),
        ({"haemoglobin": ("5.9", "g/dL")}, "organ-function", "not-met"),
        ({"platelets": ("0.3", "10*5/uL")}, "organ-function", "met"),
        ({"platelets": (30, "furlongs")}, "organ-function", "unknown"),  # a unit that nobody reviewed says nothing
        ({"ecog": "LA9624-3"}, "ecog", "met"),
        ({"ecog": "LA9625-0"}, "ecog", "not-met"),
        ({"cns": "active"}, "cns", "not-met"),
        ({"cns": "treated-stable"}, "cns", "met"),
        ({"infection": "uncontrolled"}, "infection", "not-met"),
        ({"hepatitis_b": "10828004"}, "infection", "unknown"),
        ({"hepatitis_b": "10828004", "hepatitis_b_dna": "not-found"}, "infection", "met"),
        ({"hepatitis_b": "10828004", "hepatitis_b_dna": "found"}, "infection", "not-met"),
        ({"hiv": "not-tested"}, "infection", "unknown"),
        ({"hiv": Absent(reason="asked-declined")}, "infection", "unknown"),
        ({"hiv": "10828004"}, "infection", "not-met"),
        ({"risk_gvhd": "questions"}, "risk-profile", "unknown"),
        ({"fly": False}, "travel", "not-met"),
        ({"weeks": 5}, "travel", "not-met"),
        ({"weeks": None, "fly": False}, "travel", "not-met"),
        ({"weeks": None}, "travel", "unknown"),
    ],
)
def test_status(changes: dict[str, Any], criterion: str, status: str) -> None:
    assert screen(**changes)[criterion].status == status


def test_evidence_is_the_answers_that_count() -> None:
    found = screen(hepatitis_b="10828004", hepatitis_b_dna="not-found", hiv="not-tested")["infection"]
    assert found.evidence == ("infection", "hepatitis-b", "hepatitis-b-dna", "hepatitis-c")
    assert found.missing == ("hiv",)  # hepatitis C is negative: its RNA test is not missing


def test_missing_is_only_what_could_still_decide() -> None:
    assert screen(hepatitis_b=None)["infection"].missing == ("hepatitis-b", "hepatitis-b-dna")
    assert screen(lvef=None, creatinine=None, clearance=(80, "mL/min"))["organ-function"].missing == ("lvef",)
    assert screen(creatinine=None)["organ-function"].missing == ("creatinine", "clearance")
    assert screen(lines=None)["relapsed-refractory"].missing == ("lines",)


def test_of_several_questions_only_the_one_that_is_asked_is_missing() -> None:
    assert screen(markers_b_cell=None)["antigen"].missing == ("markers-b-cell",)


def test_parked_answers_do_not_count() -> None:
    response = answered(SUITED, parked=frozenset({"cns"}))
    found = {one.criterion.id: one for one in screening.screen(definition(), response, today=TODAY)}
    assert found["cns"].status == "unknown"
    assert found["cns"].missing == ("cns",)


def test_lines_for_the_desk_carry_questions_answers_and_records() -> None:
    response = answered(SUITED | {"hiv": "not-tested", "transplant": "none"})
    lines = findings.lines(definition(), response, screening.screen(definition(), response, today=TODAY))
    by_id = {line.criterion.id: line for line in lines}
    infection = by_id["infection"]
    assert [said.item.link_id for said in infection.rests_on] == ["infection", "hepatitis-b", "hepatitis-c"]
    assert [item.link_id for item in infection.missing] == ["hiv"]
    assert [record.id for record in infection.records] == ["virology"]
    assert [said.item.link_id for said in by_id["relapsed-refractory"].background] == ["transplant"]


# ---- properties over the whole space of answers

MARKERS = ("markers-b-cell", "markers-myeloma", "markers-t-cell", "markers-other")


def said_to(item: Item) -> st.SearchStrategy[Any]:
    """Any value that the engine could store for this item, "I don't know" among them."""
    absent = st.just(Absent(reason="asked-unknown"))
    if item.options:
        options = st.sampled_from([option.value for option in item.options])
        several = st.lists(options, min_size=1, max_size=3, unique=True) if item.repeats else options
        return absent | several | (st.just("something else") if item.open else st.nothing())
    if item.type == "boolean":
        return absent | st.booleans()
    if item.type == "integer":
        return absent | st.integers(0, 120)
    number = st.decimals(0, 400, places=1, allow_nan=False, allow_infinity=False)
    unit = st.sampled_from([unit.code for unit in item.units] or [""])
    return absent | st.builds(lambda number, code: Quantity(value=number, unit=code, code=code), number, unit)


def decisive() -> list[str]:
    return sorted({link_id for one in definition().criteria.criteria for link_id in one.rests_on})


@st.composite
def some_answers(draw: st.DrawFn) -> dict[str, Any]:
    items = definition().questionnaire.by_link_id
    asked = draw(st.sets(st.sampled_from(decisive())))
    markers = draw(st.sampled_from(MARKERS))
    kept = [link_id for link_id in sorted(asked) if link_id not in MARKERS or link_id == markers]
    return {link_id: draw(said_to(items[link_id])) for link_id in kept}


@examples(60)
@given(some_answers())
def test_unknown_says_what_is_missing_and_known_rests_on_answers(answers: dict[str, Any]) -> None:
    response = answered(answers)
    for one in screening.screen(definition(), response, today=TODAY):
        assert not one.broken
        assert bool(one.missing) is (one.status == "unknown")
        assert set(one.missing) <= set(one.criterion.rests_on)
        assert set(one.evidence) <= set(answers)
        assert one.status == "unknown" or one.evidence
        assert not any(isinstance(value, Absent) for key in one.evidence for value in response.answers[key])


@examples(60)
@given(some_answers(), st.data())
def test_a_further_answer_never_turns_a_decision_around(answers: dict[str, Any], data: st.DataObject) -> None:
    """Unknown means "either could be so": what is decided stays decided whatever else is learned."""
    before = {one.criterion.id: one.status for one in screening.screen(definition(), answered(answers), today=TODAY)}
    taken = {*answers, "clearance"} | (
        set(MARKERS) if set(MARKERS) & set(answers) else set()
    )  # a measured clearance replaces an estimate
    open_ = [link_id for link_id in decisive() if link_id not in taken]
    assume(open_)
    link_id = data.draw(st.sampled_from(open_))
    learned = answers | {link_id: data.draw(said_to(definition().questionnaire.by_link_id[link_id]))}
    after = {one.criterion.id: one.status for one in screening.screen(definition(), answered(learned), today=TODAY)}
    assert all(before[id_] in ("unknown", after[id_]) for id_ in before)


# ---- expressions


def test_expressions_keep_the_unknown() -> None:
    compare = Expression.compile("(%a >= 1) and %b")
    assert compare.truth({"a": (), "b": (True,)}) is None
    assert compare.truth({"a": (), "b": (False,)}) is False
    assert compare.truth({"a": 2, "b": True}) is True


@pytest.mark.parametrize(
    "text", ["((", "%a and", "%a %b", "", "'x", "%a.matches('x')", "%a.repeat($this)", "today() > @2026", "item.where(x)"]
)
def test_expressions_that_are_refused(text: str) -> None:
    with pytest.raises(BadExpressionError):
        Expression.compile(text)


def test_an_expression_as_long_as_a_letter_is_refused() -> None:
    with pytest.raises(BadExpressionError, match="longer"):
        Expression.compile(" and ".join(["%a"] * 1000))


@pytest.mark.parametrize(
    "text",
    [
        "%a.exists()",
        "%a.empty()",
        "%a.count() > 0",
        "%a.all($this > 1)",
        "'x' in %a",
        "%a contains 'x'",
        "%a ~ 'x'",
        "%a & 'x' = 'x'",
        "iif(%b.exists(), %a.exists())",
        "iif(%a.exists(), true, false)",
        "iif(%a > 1, true, false)",
        "%p.where(%a.exists()) = 1",
    ],
)
def test_lint_finds_what_turns_the_unknown_into_a_value(text: str) -> None:
    assert lint(text, frozenset({"a", "b"}))


@pytest.mark.parametrize(
    "text", ["iif(%a.exists(), %a.count() > 1)", "%a in %p", "iif(%a.exists(), %a.where($this in %p).exists())", "%p.exists()"]
)
def test_lint_allows_what_keeps_it(text: str) -> None:
    assert lint(text, frozenset({"a", "b"})) == ()


def test_what_is_no_boolean_is_an_error_and_never_not_met() -> None:
    for text, a in [("%a", "x"), ("%a > 1", "x"), ("%a", (True, True)), ("%a + 1", 1)]:
        with pytest.raises(EvaluationError):
            Expression.compile(text).truth({"a": a})


def test_a_broken_criterion_is_unknown_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = definition()
    first = replace(whole.criteria.criteria[0], expression=Expression.compile("%diagnosis > 1"))
    broken = replace(whole, criteria=replace(whole.criteria, criteria=(first,)))
    (found,) = screening.screen(broken, answered(SUITED), today=TODAY)
    assert (found.status, found.broken) == ("unknown", True)


def test_codings_of_other_systems_with_the_same_code_are_still_codes() -> None:
    found = screen(cns=Coding(system="elsewhere", code="active"))
    assert found["cns"].status == "not-met"
