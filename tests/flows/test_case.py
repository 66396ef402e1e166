"""A case: one winner of a claim, only the moves of the table, nothing by somebody who does not hold it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import case as desk
from flows.alerts import audience
from flows.case import MAIN, MOVES, SIDE, SILENT, STAGES, Case
from flows.events import (
    CaseClaimed,
    CaseClosed,
    CaseMoved,
    CaseReleased,
    ClaimLost,
    Completed,
    DayZeroSet,
    FollowUpScheduled,
    HandoffRequested,
    HelpShown,
    MoveRefused,
    RedFlagAcknowledged,
    RedFlagged,
    Replied,
)
from tests.examples import examples
from tests.flows.answering import definition

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ANNA, BORIS = 11, 22


def held(stage: str = "inquiry") -> Case:
    return Case(stage=stage, holder=ANNA, claimed_at=NOW)


# ---- the table


def test_the_table_names_known_stages_only_and_all_of_them() -> None:
    assert set(MOVES) == set(STAGES)
    assert all(set(moves) <= set(STAGES) for moves in MOVES.values())
    assert all(stage not in moves for stage, moves in MOVES.items())


def test_every_stage_is_within_reach_and_every_open_one_can_be_closed() -> None:
    reached, open_ = {"inquiry"}, ["inquiry"]
    while open_:
        new = set(MOVES[open_.pop()]) - reached
        reached |= new
        open_ += new
    assert reached == set(STAGES)
    assert all("closed" in moves for stage, moves in MOVES.items() if stage != "closed")
    assert MOVES["closed"] == ()


def test_the_main_road() -> None:
    case = held()
    for stage in MAIN[1:-1]:
        case, events = desk.move(case, ANNA, stage, now=NOW)
        assert events == (CaseMoved(stage=stage, before=case.previous_stage or ""),)
    case, events = desk.close(case, ANNA, "treated", now=NOW)
    assert events == (CaseClosed(reason="treated", coordinator=ANNA),)
    assert not case.open


def test_the_definition_words_every_stage() -> None:
    assert tuple(stage.id for stage in definition().stages) == STAGES
    assert definition().stage("died").patient.context == "stage/died/patient"
    assert {"died", "treated"} <= {reason.id for reason in definition().close_reasons}


# ---- claiming


def test_the_second_claim_loses() -> None:
    case, events = desk.claim(Case(), ANNA, now=NOW)
    assert (case.holder, case.claimed_at, events) == (ANNA, NOW, (CaseClaimed(coordinator=ANNA),))
    assert desk.claim(case, BORIS, now=NOW) == (case, (ClaimLost(holder=ANNA),))
    assert desk.claim(case, ANNA, now=NOW) == (case, ())


def test_take_over_says_who_held_it() -> None:
    case, events = desk.take_over(held(), BORIS, now=NOW, reason="away")
    assert (case.holder, events) == (BORIS, (CaseClaimed(coordinator=BORIS, before=ANNA, reason="away"),))
    assert desk.take_over(Case(), BORIS, now=NOW, reason="away")[1] == (CaseClaimed(coordinator=BORIS),)
    assert desk.take_over(held(), ANNA, now=NOW, reason="away")[1] == ()


def test_only_the_holder_hands_over_and_releases() -> None:
    case, events = desk.hand_over(held(), ANNA, BORIS, now=NOW)
    assert (case.holder, events) == (BORIS, (CaseClaimed(coordinator=BORIS, before=ANNA),))
    assert desk.hand_over(held(), BORIS, BORIS, now=NOW) == (held(), (ClaimLost(holder=ANNA),))
    assert desk.release(held(), BORIS) == (held(), (ClaimLost(holder=ANNA),))
    case, events = desk.release(held(), ANNA)
    assert (case.holder, case.claimed_at, events) == (None, None, (CaseReleased(coordinator=ANNA),))
    assert desk.release(case, BORIS) == (case, ())


def test_who_acts_on_a_free_case_holds_it() -> None:
    case, events = desk.reply(Case(), ANNA, "Hello", now=NOW)
    assert case.holder == ANNA
    assert events == (CaseClaimed(coordinator=ANNA), Replied(coordinator=ANNA, text="Hello"))
    assert desk.move(Case(), ANNA, "records", now=NOW)[1][0] == CaseClaimed(coordinator=ANNA)


def test_a_refused_move_does_not_claim() -> None:
    assert desk.move(Case(), ANNA, "travel", now=NOW) == (Case(), (MoveRefused(stage="inquiry", wanted="travel"),))
    assert desk.move(held(), ANNA, "closed", now=NOW) == (held(), (MoveRefused(stage="inquiry", wanted="closed"),))
    assert desk.move(held(), ANNA, "nowhere", now=NOW)[1] == (MoveRefused(stage="inquiry", wanted="nowhere"),)


# ---- follow-ups, day zero, red flags


def test_a_follow_up_lies_ahead_and_nobody_writes_to_a_family_in_mourning() -> None:
    at = NOW + timedelta(days=3)
    assert desk.schedule(held(), ANNA, at=at, text="How are you?", now=NOW)[1] == (
        FollowUpScheduled(coordinator=ANNA, at=at, text="How are you?"),
    )
    for case, when, text in [(held(), NOW, "x"), (held(), at, "  "), *((held(stage), at, "x") for stage in SILENT)]:
        (refused,) = desk.schedule(case, ANNA, at=when, text=text, now=NOW)[1]
        assert isinstance(refused, MoveRefused)


def test_naive_times_are_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        Case(claimed_at=naive)
    with pytest.raises(ValueError, match="naive"):
        desk.schedule(held(), ANNA, at=naive, text="x", now=NOW)
    with pytest.raises(ValueError, match="nowhere"):
        Case(stage="nowhere")


def test_day_zero() -> None:
    day = date(2026, 11, 20)
    case, events = desk.set_day_zero(held("admission"), ANNA, day, now=NOW)
    assert (case.day_zero, events) == (day, (DayZeroSet(coordinator=ANNA, day=day),))
    assert desk.set_day_zero(held("admission"), BORIS, day, now=NOW)[1] == (ClaimLost(holder=ANNA),)


def test_a_red_flag_alarms_until_somebody_acknowledges_it() -> None:
    case = desk.flag(Case(), now=NOW)
    assert case.alarmed
    assert case.urgency == "urgent"
    case, events = desk.acknowledge(case, BORIS, now=NOW + timedelta(minutes=1))
    assert events == (RedFlagAcknowledged(coordinator=BORIS),)
    assert not case.alarmed
    assert case.holder is None
    assert desk.acknowledge(case, ANNA, now=NOW + timedelta(minutes=2)) == (case, ())
    assert desk.flag(case, now=NOW + timedelta(minutes=3)).alarmed


def test_urgency_only_rises() -> None:
    assert desk.raised(Case(), "soon").urgency == "soon"
    assert desk.raised(Case(urgency="urgent"), "soon").urgency == "urgent"


# ---- any sequence of acts

Act = Callable[[Case, int, datetime], desk.Outcome]

ACTS: list[Act] = [
    lambda case, who, now: desk.claim(case, who, now=now),
    lambda case, who, now: desk.take_over(case, who, now=now, reason="away"),
    lambda case, who, now: desk.hand_over(case, who, who % 3 + 1, now=now),
    lambda case, who, _now: desk.release(case, who),
    lambda case, who, now: desk.close(case, who, "no-contact", now=now),
    lambda case, who, now: desk.schedule(case, who, at=now + timedelta(days=1), text="x", now=now),
    lambda case, who, now: desk.reply(case, who, "x", now=now),
    lambda case, who, _now: desk.note(case, who, "x"),
    lambda case, who, now: desk.set_day_zero(case, who, now.date(), now=now),
    lambda case, _who, now: (desk.flag(case, now=now), ()),
    lambda case, who, now: desk.acknowledge(case, who, now=now),
    *(lambda case, who, now, stage=stage: desk.move(case, who, stage, now=now) for stage in STAGES),
]
REFUSALS = (ClaimLost, MoveRefused)


@examples(200)
@given(st.lists(st.tuples(st.integers(0, len(ACTS) - 1), st.integers(1, 3)), max_size=40))
def test_only_table_moves_and_only_by_the_holder(acts: list[tuple[int, int]]) -> None:
    case, now = Case(), NOW
    for number, who in acts:
        now += timedelta(minutes=1)
        before = case
        case, events = ACTS[number](before, who, now)
        if case.stage != before.stage:
            assert case.stage in MOVES[before.stage]
            assert case.previous_stage == before.stage
            assert case.holder == who
            assert isinstance(events[-1], CaseMoved | CaseClosed)
        if any(isinstance(event, REFUSALS) for event in events):
            assert (case, len(events)) == (before, 1)
        if case.holder != before.holder:
            assert isinstance(events[0], CaseClaimed | CaseReleased)
        if not before.open:
            assert replace(
                case, urgency="routine", red_flag_at=None, red_flag_ack_at=None, holder=None, claimed_at=None
            ) == replace(before, urgency="routine", red_flag_at=None, red_flag_ack_at=None, holder=None, claimed_at=None)
        assert case.open is (case.closed_at is None) is (case.close_reason is None)
        assert (case.holder is None) is (case.claimed_at is None)


# ---- who hears of it


def test_audiences() -> None:
    alarm = audience(definition(), RedFlagged(flags=("fever",)))
    assert alarm is not None
    assert (alarm.audience, alarm.urgency, alarm.at_night) == ("desk", "urgent", "override")
    by_reason = [audience(definition(), HandoffRequested(reason=reason)) for reason in ("red-flag", "human", "complete")]
    assert [alert.urgency if alert else None for alert in by_reason] == ["urgent", "soon", "routine"]
    assert audience(definition(), Completed(amended=True)) is not None
    assert audience(definition(), Completed()) is None
    assert audience(definition(), HelpShown()) is None


def test_side_stages_end_somewhere() -> None:
    assert all("closed" in MOVES[stage] for stage in SIDE)
