"""The parts of a case as the JSON interface tells them, one function each. What is read is what the pages read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.effects.cards import alarmed
from bot.web.desk import events, reading, shapes, showing
from bot.wording import card, measured
from bot.wording import timeline as wording
from bot.wording.visible import visible
from storage import audit, relay
from storage.desk import submissions, tasks

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.catalogues import Catalogue
    from bot.effects.scene import House
    from storage.desk.submissions import Submission
    from storage.desk.tasks import Task
    from storage.rows import Case
    from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """One look at one case, which is written down already. `asked`: what stands in the address after the question mark."""

    tx: Transaction
    house: House
    words: Catalogue
    case: Case
    asked: Mapping[str, str]


def common(case: Case) -> dict[str, Any]:
    """What a list and a case tell alike."""
    return {
        "number": case.number,
        "stage": case.stage,
        "urgency": case.urgency,
        "holder": case.holder,
        "opened": case.opened_at,
        "closed": case.closed_at,
        "flagged": alarmed(case),
    }


def case_(look: Look) -> shapes.Case:
    made, words, address = reading.card(look.tx, look.house, look.case), look.words, f"/desk/cases/{look.case.number}"
    told = [(one, card.line(words, made, one)) for one in made.findings]
    papers = {"dossier": "dossier", "packet": "packet", "fhir": "export/fhir", "csv": "export/csv"}
    return shapes.Case(
        **common(look.case),
        title=card.title(words, look.house.definition, made.case, made.response),
        close_reason=look.case.close_reason,
        facts=[one for one in card.facts(words, made, commands=False) if one],
        criteria=[
            shapes.Finding(criterion=one.criterion.id, status=one.status, why=list(line.why), evidence=list(line.beside))
            for one, line in told
        ],
        measured=[
            shapes.Value(id=one.id, test=one.link_id, text=measured.line(words, look.house.definition, one))
            for one in made.measured
        ],
        records=[shapes.Record(record=one.record.id, state=one.state) for one in made.records],
        papers={name: f"{address}/{rest}" for name, rest in papers.items()},
    )


def _documents(look: Look) -> shapes.Documents:
    found = reading.stored(look.tx, look.house, look.case)
    return shapes.Documents(documents=[_document(look.case, one) for one in found])


def _document(case: Case, stored: reading.Stored) -> shapes.Document:
    files = [
        shapes.File(
            id=part.id,
            content_type=part.content_type,
            size=part.size,
            look=showing.preview(stored, part),
            address=f"/desk/cases/{case.number}/files/{part.id}" if part.blob else None,
        )
        for part in stored.parts
    ]
    one = stored.document
    return shapes.Document(
        id=one.id, record=one.record, origin=one.origin, received=one.created_at, guarded=stored.guarded, files=files
    )


def _conversation(look: Look) -> shapes.Conversation:
    lines = [
        shapes.Line(
            id=one.id,
            direction=one.direction,
            author=None if one.direction == "in" else one.author,
            text=visible(one.body or "")[0],
            at=one.at,
        )
        for one in relay.newest(look.tx, look.case.id, reading.LINES)
    ]
    return shapes.Conversation(lines=lines)


def _tasks(look: Look) -> shapes.Tasks:
    return shapes.Tasks(tasks=[_task(one) for one in tasks.of_case(look.tx, look.case.id)])


def _task(one: Task) -> shapes.Task:
    return shapes.Task(id=one.id, item=one.item, text=one.body, owner=one.owner, state=one.state, due=one.due, day=one.day)


def _submissions(look: Look) -> shapes.Submissions:
    return shapes.Submissions(submissions=[_submission(one) for one in submissions.of_case(look.tx, look.case.id)])


def _submission(one: Submission) -> shapes.Submission:
    lines = [
        shapes.Answer(
            state=line.state, day=line.day, reason=line.reason, text=line.body, documents=list(line.documents), by=line.by
        )
        for line in one.lines
    ]
    return shapes.Submission(id=one.id, centre=one.centre, protocols=list(one.protocols), state=one.state, lines=lines)


def _timeline(look: Look) -> shapes.Timeline:
    kind = look.asked.get("kind", "") if look.asked.get("kind") in wording.KINDS else ""
    before = events.Place.before(look.asked.get("before", ""), look.tx.now)
    found, older = events.page(
        events.Looked(tx=look.tx, house=look.house, words=look.words, case=look.case, before=before), kind
    )
    told = [shapes.Happened(kind=one.place.kind, at=one.place.at, who=one.who, text=one.text, body=one.body) for one in found]
    return shapes.Timeline(events=told, next=f"kind={kind}&before={older}" if older else None)


def _planned(look: Look) -> shapes.Plans:
    told = [
        shapes.Planned(id=one.id, kind=one.kind, due=one.due_at, text=showing.planned(look.words, one))
        for one in reading.planned(look.tx, look.case)
    ]
    return shapes.Plans(planned=told)


def _trail(look: Look) -> shapes.Trail:
    lines = audit.about(look.tx, f"case:{look.case.id}", limit=reading.TRAIL)
    return shapes.Trail(lines=[shapes.Trace(at=one.at, actor=one.actor, action=one.action) for one in lines])


def _protocols(look: Look) -> shapes.Protocols:
    rows = reading.protocols(look.tx, look.house, reading.card(look.tx, look.house, look.case))
    told = [
        shapes.Protocol(
            protocol=row.protocol.id,
            product=row.protocol.product,
            stale=row.stale,
            criteria={cell.criterion: cell.status if cell.verified else "unverified" for cell in row.cells},
        )
        for row in rows
    ]
    return shapes.Protocols(protocols=told)


PARTS: tuple[tuple[str, Callable[[Look], BaseModel], type[BaseModel], tuple[str, ...]], ...] = (
    ("documents", _documents, shapes.Documents, ()),
    ("conversation", _conversation, shapes.Conversation, ()),
    ("tasks", _tasks, shapes.Tasks, ()),
    ("submissions", _submissions, shapes.Submissions, ()),
    ("timeline", _timeline, shapes.Timeline, ("kind", "before")),
    ("planned", _planned, shapes.Plans, ()),
    ("trail", _trail, shapes.Trail, ()),
    ("protocols", _protocols, shapes.Protocols, ()),
)
