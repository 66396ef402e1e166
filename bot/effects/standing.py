"""How a case stands by its criteria: the findings with what has grown old, and how well each is shown. Gathered from rows, decided by flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from bot.stored import read_in_reports
from flows import records, screening
from flows.grounds import evidence as rules
from flows.grounds import measured as reading
from flows.grounds.freshness import Days
from flows.grounds.given import link_id_of
from storage.desk import evidence
from storage.records import document_dates, record_marks

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.effects.scene import House
    from flows.grounds.evidence import Grade
    from flows.grounds.findings import Finding
    from flows.grounds.measured import Measured
    from flows.response import QuestionnaireResponse
    from storage.rows import Chat
    from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """`findings` in the page's order; `grades`: criterion -> how well it is shown.

    `measured`: every value that was read in a report; `counting`: linkId -> the one that counts; `response`: the answers with those.
    """

    findings: tuple[Finding, ...] = ()
    grades: Mapping[str, Grade] = field(default_factory=dict)
    measured: tuple[Measured, ...] = ()
    counting: Mapping[str, Measured] = field(default_factory=dict)
    response: QuestionnaireResponse | None = None

    def of(self, criterion: str) -> Finding | None:
        return next((one for one in self.findings if one.criterion.id == criterion), None)


def standing(tx: Transaction, house: House, chat: Chat, response: QuestionnaireResponse | None) -> Standing:
    """How the case of a chat stands today, on the patient's calendar."""
    if response is None:
        return Standing()
    zone = ZoneInfo(chat.zone or "UTC")
    marks, times = record_marks.for_chat(tx, chat.id), record_marks.times(tx, chat.id)
    received = {record: times[record].astimezone(zone).date() for record, mark in marks.items() if mark == "received"}
    received |= {record: day for record, day in document_dates.of_records(tx, chat.id).items() if record in received}
    told = {link_id: at.astimezone(zone).date() for link_id, at in evidence.told_at(tx, chat.id).items()}
    measured = read_in_reports(tx, chat.id)
    counting = reading.counting(house.definition.criteria, response, measured)
    response = reading.counted(response, counting)
    days = Days(told=told, received=received, measured={link_id: one.day for link_id, one in counting.items()})
    findings = screening.screen(house.definition, response, today=_day(tx.now, zone), days=days)
    raised = evidence.grades(tx, chat.id, {one.criterion.id: rules.basis(one, response) for one in findings})
    came = {one.record.id for one in records.checklist(house.definition, response, marks) if one.state == "received"}  # type: ignore[arg-type]
    return Standing(
        findings=findings,
        grades={
            one.criterion.id: rules.grade(
                one.criterion,
                raised=cast("Grade | None", raised.get(one.criterion.id)),
                received=came,
                values=_values(house, one, counting),
            )
            for one in findings
        },
        measured=measured,
        counting=counting,
        response=response,
    )


def counted(tx: Transaction, house: House, chat_id: int, response: QuestionnaireResponse) -> QuestionnaireResponse:
    """The answers of a chat with the values that count in their places."""
    measured = read_in_reports(tx, chat_id)
    return reading.counted(response, reading.counting(house.definition.criteria, response, measured))


def _values(house: House, finding: Finding, counting: Mapping[str, Measured]) -> list[Grade]:
    """How well each measurement is shown that a finding rests on."""
    measurable = reading.measurable(house.definition.criteria)
    rests = (link_id_of(key) for key in finding.evidence)
    return [counting[one].grade if one in counting else "told" for one in rests if one in measurable]


def _day(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()
