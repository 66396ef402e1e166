"""How well a criterion is shown, how long that lasts, and what lies near a limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import screening
from flows.events import EvidenceRaised
from flows.grounds import evidence
from flows.grounds.evidence import GRADES, Grade, basis, following, grade, raise_to
from flows.grounds.findings import Finding
from flows.grounds.freshness import Days
from tests.examples import examples
from tests.flows.answering import SUITED, answered, definition

TODAY = date(2026, 11, 22)


def screened(today: date = TODAY, days: Days = screening.UNDATED, **changes: Any) -> dict[str, Finding]:
    answers = SUITED | {link_id.replace("_", "-"): said for link_id, said in changes.items()}
    response = answered({link_id: said for link_id, said in answers.items() if said is not None})
    return {one.criterion.id: one for one in screening.screen(definition(), response, today=today, days=days)}


# ---- freshness: a clock that is held still, on both sides of the last good day


@pytest.mark.parametrize(
    ("criterion", "changes", "days", "good_for"),
    [
        ("organ-function", {"blood_date": "2026-11-01", "heart_date": "2026-11-01"}, Days(), 30),
        ("organ-function", {"lvef": (60, "%"), "heart_date": "2026-11-01", "blood_date": "2027-12-01"}, Days(), 90),
        ("ecog", {}, Days(told={"ecog": date(2026, 11, 1)}), 14),
        ("cns", {}, Days(received={"imaging": date(2026, 11, 1)}), 60),
        ("rapid-progression", {}, Days(told={"trend": date(2026, 11, 1)}), 30),
    ],
)
def test_what_grows_old_needs_an_update_after_its_last_good_day(
    criterion: str, changes: dict[str, Any], days: Days, good_for: int
) -> None:
    last = date(2026, 11, 1) + timedelta(days=good_for)
    before = screened(last, days, **changes)[criterion]
    after = screened(last + timedelta(days=1), days, **changes)[criterion]
    assert not before.needs_update
    assert after.needs_update
    assert after.status == before.status == "met"


def test_what_rests_on_something_old_needs_an_update() -> None:
    days = Days(told={"ecog": TODAY, "trend": TODAY}, received={"imaging": TODAY})
    fresh = screened(TODAY, days, blood_date="2026-11-10", heart_date="2026-11-10")
    assert not any(one.needs_update for one in fresh.values())
    old = screened(TODAY + timedelta(days=20), days, blood_date="2026-11-10", heart_date="2026-11-10")
    assert old["ecog"].needs_update and not old["cns"].needs_update


def test_results_without_a_date_are_marked_but_not_called_old() -> None:
    found = screened()["organ-function"]
    assert not found.needs_update
    assert {one.since for one in found.aged} == {None}
    assert not screened(blood_date="2026-11-10", heart_date="2026-11-10")["organ-function"].aged


def test_a_date_of_a_month_counts_from_its_first_day() -> None:
    assert not screened(date(2026, 12, 1), blood_date="2026-11", lvef=None)["organ-function"].needs_update
    assert screened(date(2026, 12, 2), blood_date="2026-11", lvef=None)["organ-function"].needs_update


def test_nothing_that_was_never_told_grows_old() -> None:
    assert not any(one.aged for one in screening.screen(definition(), answered({}), today=TODAY))


# ---- near a limit


@pytest.mark.parametrize(
    ("changes", "criterion", "near"),
    [
        ({"lvef": (45, "%")}, "organ-function", ("lvef",)),
        ({"lvef": (46, "%")}, "organ-function", ()),
        ({"lvef": (35, "%")}, "organ-function", ("lvef",)),
        ({"haemoglobin": ("6.5", "g/dL")}, "organ-function", ("haemoglobin",)),
        ({"clearance": (35, "mL/min")}, "organ-function", ("clearance", "creatinine", "weight", "age", "sex")),
        ({"ecog": "LA9624-3"}, "ecog", ("ecog",)),
        ({"ecog": "LA9623-5"}, "ecog", ()),
        ({"weeks": 5}, "travel", ("weeks",)),
    ],
)
def test_borderline(changes: dict[str, Any], criterion: str, near: tuple[str, ...]) -> None:
    assert set(screened(**changes)[criterion].near) == set(near)


# ---- grades


def test_a_filed_record_is_seen_for_its_own_criteria_only() -> None:
    found = {one.id: grade(one, raised=None, received=["marker-report"]) for one in definition().criteria.criteria}
    assert {id_ for id_, one in found.items() if one == "document"} == {"antigen", "t-cell-setting"}
    assert {one for id_, one in found.items() if id_ not in {"antigen", "t-cell-setting"}} == {"told"}


ACTS = st.tuples(
    st.sampled_from(GRADES), st.sampled_from([7, 8]), st.sampled_from([None, 7]), st.sampled_from(["inquiry", "hospital"])
)


@given(acts=st.lists(st.one_of(ACTS, st.just("record")), max_size=12))
@examples(300)
def test_a_grade_only_rises_and_only_by_whom_it_may(acts: list[Any]) -> None:
    """Acts: (wanted, who, holder, stage) of a coordinator, or a record that is filed."""
    finding = screened()["ecog"]
    raised: Grade | None = None
    received: set[str] = set()
    for act in acts:
        before = grade(finding.criterion, raised=raised, received=received)
        if act == "record":
            received.add("physician-summary")
        else:
            wanted, who, holder, stage = act
            outcome = raise_to(finding, wanted, current=before, coordinator=who, holder=holder, stage=stage)
            if isinstance(outcome, EvidenceRaised):
                assert holder in (None, who)
                assert outcome.grade in {"checked", "confirmed"}
                assert outcome.grade != "confirmed" or stage == "hospital"
                raised = outcome.grade  # type: ignore[assignment]
        after = grade(finding.criterion, raised=raised, received=received)
        assert GRADES.index(after) >= GRADES.index(before)


def test_what_can_follow() -> None:
    assert following("told", "inquiry") == following("document", "inquiry") == "checked"
    assert following("checked", "inquiry") is None
    assert following("checked", "hospital") == "confirmed"
    assert following("confirmed", "hospital") is None


def test_nothing_can_be_checked_where_nothing_was_said() -> None:
    (finding, *_) = screening.screen(definition(), answered({}), today=TODAY)
    assert raise_to(finding, "checked", current="told", coordinator=7, holder=7, stage="inquiry") == "no-answer"


def test_a_grade_stands_for_the_answers_that_it_was_given_to() -> None:
    response = answered(SUITED)
    finding = screened()["ecog"]
    same, other = basis(finding, response), answered(SUITED | {"ecog": "LA9622-7"})
    assert basis(finding, answered(SUITED | {"weeks": 9})) == same
    assert basis(finding, other) != same
    assert basis(replace(finding, status="unknown"), response) != same
    assert evidence.GRADES[0] == "told"
