"""Tasks: which a stage opens, what the family may say of one, when it is spoken of again, whether a passport lasts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.case import STAGES
from flows.casework import tasks
from flows.casework.support import PassportRule
from flows.reminders import Facts, plan
from tests.loaded import DEFINITION

SUPPORT, RULES = DEFINITION.support, DEFINITION.reminders
RULE = PassportRule(weeks=10, months=6)
ALMATY = ZoneInfo("Asia/Almaty")
DAYS = st.dates(date(2026, 1, 1), date(2040, 12, 31))


def test_the_table_is_whole() -> None:
    assert all(set(reached) <= set(tasks.STATES) and state not in reached for state, reached in tasks.MOVES.items())
    assert all(tasks.MOVES.values())  # nothing is lost by a slip: whatever was said can be taken back
    assert tasks.OPEN in tasks.WAITING


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_opens_each_of_its_tasks_once(stage: str) -> None:
    first = tasks.opened_by(stage, SUPPORT.items, ())
    assert [one.opens for one in first] == [stage] * len(first)
    assert bool(first) == (stage in {"travel", "admission"})
    assert tasks.opened_by(stage, SUPPORT.items, [one.id for one in first]) == ()


def test_the_journey_needs_what_families_are_told_about_it_and_names_no_visa_class() -> None:
    opened = {one.id for one in tasks.opened_by("travel", SUPPORT.items, ())}
    assert {"passport-valid", "companion", "invitation", "interpreter", "consulate", "arrival"} <= opened
    assert "admission-list" in {one.id for one in tasks.opened_by("admission", SUPPORT.items, ())}
    said = " ".join(f"{one.label.english} {one.ask.english if one.ask else ''}" for one in SUPPORT.items)
    assert not {"J1", "J2", "S1", "S2", "Q1", "M", "L"} & set(said.replace(".", " ").split())


def test_the_parts_of_the_cost_are_those_of_the_page_and_have_no_figures() -> None:
    cost = tasks.of_kind("cost", SUPPORT.items, ())
    assert len(cost) == len(DEFINITION.page.costs) - 1  # the last passage says who confirms it
    assert not any(sign.isdecimal() for one in cost for sign in one.label.english)
    assert tasks.of_kind("cost", SUPPORT.items, [one.id for one in cost[1:]]) == cost[:1]


@given(st.sampled_from(tasks.STATES), st.sampled_from(["family", "desk"]), st.sampled_from(tasks.STATES))
def test_a_family_answers_only_what_waits_and_is_theirs(state: str, owner: str, wanted: str) -> None:
    if tasks.answerable(state, owner, wanted):
        assert owner == "family"
        assert state in tasks.WAITING
        assert wanted in tasks.MOVES[state]


@given(until=st.none() | DAYS, arrival=st.none() | DAYS, today=DAYS)
def test_a_passport_lasts_only_when_both_days_are_known(until: date | None, arrival: date | None, today: date) -> None:
    lasts = tasks.passport(RULE, until, arrival, today=today)
    if lasts == "lasts":
        assert until is not None
        assert arrival is not None
        assert until >= arrival + timedelta(weeks=10, days=180)
    if lasts == "short":
        assert until is not None
        assert until < (arrival or today) + timedelta(weeks=10, days=185)
    assert (lasts == "unknown") == (until is None or (arrival is None and until >= RULE.needed(today)))


@pytest.mark.parametrize(
    ("arrival", "until"),
    [
        (date(2027, 6, 22), date(2028, 2, 29)),  # ten weeks end on 31 August; half a year on, February has 29 days
        (date(2026, 6, 22), date(2027, 2, 28)),
        (date(2027, 12, 21), date(2028, 8, 29)),  # ten weeks end on 29 February
        (date(2027, 8, 22), date(2028, 4, 30)),
    ],
)
def test_a_passport_is_counted_to_the_last_day_of_a_shorter_month(arrival: date, until: date) -> None:
    assert RULE.needed(arrival) == until
    assert tasks.passport(RULE, until, arrival, today=arrival) == "lasts"
    assert tasks.passport(RULE, until - timedelta(days=1), arrival, today=arrival) == "short"


@given(
    asked=st.integers(0, 4 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)),
    due=st.none() | st.dates(date(2026, 1, 2), date(2030, 2, 1)),
)
def test_a_task_is_spoken_of_a_day_before_it_is_due_or_three_days_after_it_was_asked(asked: datetime, due: date | None) -> None:
    start = tasks.start(asked, due, ALMATY)
    facts = Facts(zone="Asia/Almaty", consents=frozenset({"reminders"}), starts={"task-asked": {"7": start}})
    (planned,) = plan(RULES, facts, now=asked)
    assert planned.subject == "7"
    assert planned.due >= asked + timedelta(hours=23)  # never at once
    if due is None:
        assert timedelta(days=3) <= planned.due - asked <= timedelta(days=3, hours=13)
    elif due > asked.date() + timedelta(days=2):
        assert planned.due.astimezone(ALMATY).date() == due - timedelta(days=1)
