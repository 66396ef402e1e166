"""How a case stands by its criteria: the findings with what has grown old, and how well each is shown. Gathered from rows, decided by flows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from flows import evidence as rules
from flows import records, screening
from flows.freshness import Days
from storage import document_dates, evidence, record_marks

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.effects.scene import House
    from flows.evidence import Grade
    from flows.findings import Finding
    from flows.response import QuestionnaireResponse
    from storage.rows import Chat
    from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """`findings` in the page's order; `grades`: criterion -> how well it is shown."""

    findings: tuple[Finding, ...] = ()
    grades: Mapping[str, Grade] = field(default_factory=dict)

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
    days = Days(told=told, received=received)
    findings = screening.screen(house.definition, response, today=_day(tx.now, zone), days=days)
    raised = evidence.grades(tx, chat.id, {one.criterion.id: rules.basis(one, response) for one in findings})
    came = {one.record.id for one in records.checklist(house.definition, response, marks) if one.state == "received"}  # type: ignore[arg-type]
    return Standing(
        findings=findings,
        grades={
            one.criterion.id: rules.grade(
                one.criterion, raised=cast("Grade | None", raised.get(one.criterion.id)), received=came
            )
            for one in findings
        },
    )


def _day(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()
