"""Effects of what coordinators find out about documents: the records are marked, the topic says so, the card follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.act import DeskScene, at_desk
from bot.effects.filing import file_under
from bot.effects.group import Group
from bot.effects.relaying import show_document, unveil
from bot.effects.scene import Lane
from bot.wording import papers, values
from flows.desk_events import DocumentDated, DocumentFiled, DocumentJudged
from storage import audit, documents
from storage.records import document_dates, record_marks

if TYPE_CHECKING:
    from bot.effects.registry import Effect


def filed(scene: DeskScene, event: DocumentFiled) -> None:
    """It counts as received, and what it was taken for before does not. What is kept apart does not stay in the group either."""
    was = documents.get(scene.tx, event.document_id)
    before = was.record
    apart = file_under(scene.tx, scene.house, event.document_id, event.record)
    if before and not any(one.record == before for one in documents.for_chat(scene.tx, scene.chat.id)):
        record_marks.drop(scene.tx, scene.chat.id, before)
    record_marks.put(scene.tx, scene.chat.id, event.record, "received")
    if apart:
        show_document(_group(scene), scene.own_case, documents.get(scene.tx, event.document_id), event.record)
    elif was.guarded:
        unveil(_group(scene), scene.own_case, documents.get(scene.tx, event.document_id), event.record)
    _told(scene, papers.filed(scene.act.words, scene.act.name, _named(scene, event.record)), event.document_id, event.record)


def judged(scene: DeskScene, event: DocumentJudged) -> None:
    if event.record:
        record_marks.put(scene.tx, scene.chat.id, event.record, event.verdict)
    told = papers.judged(scene.act.words, scene.act.name, event.verdict, _named(scene, event.record))
    _told(scene, told, event.document_id, event.verdict)


def dated(scene: DeskScene, event: DocumentDated) -> None:
    """From this day the record grows old."""
    document_dates.put(scene.tx, event.document_id, event.day, by=event.coordinator)
    what = _named(scene, documents.get(scene.tx, event.document_id).record)
    told = papers.dated(scene.act.words, scene.act.name, values.day(scene.act.words, event.day), what)
    _told(scene, told, event.document_id, "dated")


def _told(scene: DeskScene, text: str, document_id: str, what: str) -> None:
    """A line in the topic, one in the audit log, and the card anew."""
    case, group = scene.own_case, _group(scene)
    group.line(case.id, text, kind="document_judged", lane=Lane.ANSWER)
    audit.write(
        scene.tx,
        actor=str(scene.act.coordinator.telegram_id),
        action="document.judged",
        object=f"case:{case.id}",
        detail=f"document={document_id} {what}",
    )
    cards.refresh(group, case)


def _named(scene: DeskScene, record: str | None) -> str:
    known = scene.house.definition.record(record)
    return known.text.worded(scene.act.words.worded) if known else ""


def _group(scene: DeskScene) -> Group:
    return Group(tx=scene.tx, house=scene.house)


EFFECTS: dict[type, Effect] = {
    DocumentFiled: at_desk(filed),
    DocumentJudged: at_desk(judged),
    DocumentDated: at_desk(dated),
}
