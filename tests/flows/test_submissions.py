"""What can follow what at a hospital: never without the yes, never twice at once, never back in time."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from flows.case import SILENT
from flows.casework.submissions import ENDED, MOVES, STATES, Submission, move, send
from flows.support_events import SubmissionMoved, Submitted

TODAY = date(2026, 11, 29)
DAYS = st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=5))


def sent(centre: str = "one", day: date = TODAY) -> Submitted:
    return Submitted(coordinator=7, centre=centre, protocols=(), documents=(), day=day)


def moved(state: str, day: date = TODAY, reason: str | None = None) -> SubmissionMoved:
    return SubmissionMoved(coordinator=7, submission=1, state=state, day=day, reason=reason)


def test_the_table_is_whole() -> None:
    assert all(set(reached) <= set(STATES) and state not in reached for state, reached in MOVES.items())
    assert {"declined", "taken-back"} == ENDED
    assert all("declined" in MOVES[state] for state in STATES if state not in ENDED)


def test_a_case_is_sent_only_with_the_yes_to_it() -> None:
    assert send((), sent(), today=TODAY, shared=True, stage="review") == sent()
    assert send((), sent(), today=TODAY, shared=False, stage="review") == "not-shared"
    assert {send((), sent(), today=TODAY, shared=True, stage=stage) for stage in SILENT} == {"silent"}
    assert send((), sent(day=TODAY + timedelta(days=1)), today=TODAY, shared=True, stage="review") == "future"


@given(st.sampled_from(STATES))
def test_a_hospital_that_has_the_case_does_not_get_it_twice(state: str) -> None:
    before = [Submission(id=1, centre="one", state=state, day=TODAY)]
    again = send(before, sent(), today=TODAY, shared=True, stage="hospital")
    assert again == (sent() if state in ENDED else "underway")
    assert send(before, sent("two"), today=TODAY, shared=True, stage="hospital") == sent("two")


@given(st.lists(st.tuples(st.sampled_from(STATES), DAYS, st.sampled_from((None, "criteria")))))
def test_whatever_is_tried_the_log_is_in_order_and_legal(tries: list[tuple[str, date, str | None]]) -> None:
    now = Submission(id=1, centre="one", state="sent", day=TODAY - timedelta(days=30))
    for state, day, reason in tries:
        after = move(now, moved(state, day, reason), today=TODAY)
        if isinstance(after, str):
            continue
        assert state in MOVES[now.state]
        assert now.day <= after.day <= TODAY
        assert after.state != "declined" or after.reason is not None
        now = Submission(id=1, centre="one", state=after.state, day=after.day)


def test_why_something_cannot_follow_is_said() -> None:
    now = Submission(id=1, centre="one", state="questions", day=TODAY)
    assert move(now, moved("received"), today=TODAY) == "no-such-move"
    assert move(now, moved("answered", TODAY - timedelta(days=1)), today=TODAY) == "earlier"
    assert move(now, moved("answered", TODAY + timedelta(days=1)), today=TODAY) == "future"
    assert move(now, moved("declined"), today=TODAY) == "no-reason"
