"""Question, criterion, record, reminder: one graph; what closes a gap ends what asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import intake as flow
from flows import records
from flows.__main__ import main
from flows.authoring.graph import Gap, gaps, graph
from flows.inputs import Attachment, Control, Press, Sent
from flows.intake import Intake, Moment
from flows.reminders import Facts, plan, record_starts
from flows.response import QuestionnaireResponse
from tests.examples import examples
from tests.flows.answering import SUITED, answered, definition

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
IDS = [record.id for record in definition().records]


def moment(now: datetime = NOW) -> Moment:
    return Moment(definition=definition(), now=now, today=now.date(), new_id=lambda: "r2", translate=lambda _, english: english)


def talking(**changes: Any) -> Intake:
    answers = SUITED | {link_id.replace("_", "-"): said for link_id, said in changes.items()}
    return Intake(
        language="en", response=answered({one: said for one, said in answers.items() if said is not None}), case_open=True
    )


def open_gaps(intake: Intake) -> set[Gap]:
    assert intake.response is not None
    return set(gaps(definition(), intake.response, intake.marks, today=NOW.date()))


def reminded(intake: Intake, now: datetime) -> set[str]:
    """The records that a reminder is planned for, from the rows that the desk would keep."""
    assert intake.response is not None
    states = records.checklist(definition(), intake.response, intake.marks)
    ended = {"received": "record-received", "none": "record-none"}
    facts = Facts(
        language="en",
        consents=frozenset({"reminders"}),
        starts={"record-asked": record_starts(states, asked=NOW, put_off={})},
        ended=frozenset((ended[mark], record) for record, mark in intake.marks.items() if mark in ended),
    )
    return {one.subject for one in plan(definition().reminders, facts, now=now)}


def test_a_flow_report_closes_the_gap_of_the_marker_and_cancels_its_reminder() -> None:
    before = talking()
    gap = Gap("antigen", "record", "marker-report")
    assert gap in open_gaps(before)
    assert "marker-report" in reminded(before, NOW)
    file = Attachment(document_id="d1", content_type="application/pdf")
    after = flow.receive(moment(), before, Sent(attachment=file, record="marker-report", number=1)).intake
    assert gap not in open_gaps(after)
    assert "marker-report" not in reminded(after, NOW)
    assert Gap("antigen", "record", "pathology") in open_gaps(after)  # another paper could still show it


def test_an_answer_closes_the_gap_of_its_question() -> None:
    without = open_gaps(talking(hiv=None))
    assert Gap("infection", "question", "hiv") in without
    assert Gap("infection", "question", "hiv") not in open_gaps(talking())


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), st.sampled_from(IDS)),
        st.tuples(st.just("later"), st.integers(0, len(IDS))),
        st.tuples(st.just("none"), st.integers(0, len(IDS) - 1)),
        st.tuples(st.just("answer"), st.sampled_from(sorted(SUITED))),
        st.tuples(st.just("untold"), st.sampled_from(sorted(SUITED))),
    ),
    max_size=14,
)


@given(events=EVENTS)
@examples(60)
def test_whatever_the_order_the_gaps_are_those_of_a_recomputation_and_no_closed_one_is_reminded_of(events: list[Any]) -> None:
    intake, told = talking(cns=None, hiv=None, lvef=None), dict(SUITED)
    for number, (kind, what) in enumerate(events, start=1):
        intake = happened(intake, told, kind, what, number)
        assert intake.response is not None
        scratch = Intake(
            response=QuestionnaireResponse.loads(intake.response.dumps()), marks=dict(reversed(intake.marks.items()))
        )
        assert open_gaps(intake) == open_gaps(scratch)
        asked, later = reminded(intake, NOW), reminded(intake, NOW + timedelta(days=3))
        for record in asked | later:
            state = next(
                one for one in records.checklist(definition(), intake.response, intake.marks) if one.record.id == record
            )
            assert state.state in {"missing", "later"}
            assert not state.covers or any(gap.id == record for gap in open_gaps(intake))


def happened(intake: Intake, told: dict[str, Any], kind: str, what: Any, number: int) -> Intake:
    if kind in {"answer", "untold"}:
        if kind == "answer":
            told[what] = SUITED[what]
        else:
            told.pop(what, None)
        return Intake(language="en", response=answered(told), case_open=True, marks=intake.marks)
    if kind == "file":
        file = Attachment(document_id=f"d{number}", content_type="application/pdf")
        return flow.receive(moment(), intake, Sent(attachment=file, record=what, number=number)).intake
    control = {"later": Control.RECORD_LATER, "none": Control.RECORD_NONE}[kind]
    return flow.receive(moment(), intake, Press(control=control, number=what)).intake


def test_every_criterion_that_a_record_can_show_has_its_edge_both_ways() -> None:
    whole = graph(definition())
    for record in definition().records:
        assert {id_ for id_, shown in whole.shown_by.items() if record.id in shown} == set(record.criteria)
        assert bool(whole.reminders[record.id]) is record.required


def test_the_graph_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["graph"]) == 0
    told = capsys.readouterr().out
    assert "record    marker-report, also the answer to marker-report, reminder missing-record" in told
    assert told.count("\n  question  ecog\n") == 1
