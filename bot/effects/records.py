"""Effects of documents and records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import closing, desk
from bot.wording import records
from flows.events import (
    DocumentHeld,
    DocumentQueried,
    DocumentReceived,
    DocumentRefused,
    DocumentTooLarge,
    RecordAsked,
    RecordMarked,
    RecordsFinished,
    RecordsListed,
)
from storage import audit, documents

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene
    from flows.records import Record


def document_received(scene: Scene, event: DocumentReceived) -> None:
    """The bytes are stored: now, and not before, it may be said."""
    if event.record:
        documents.file_under(scene.tx, event.attachment.document_id, event.record)
        _seen(scene, scene.house.definition.record(event.record))
    if scene.case:
        desk.relay_document(scene, event.attachment.document_id, event.record)
    if event.record != "voice":
        scene.preface(records.received(scene.words, event.attachment, scene.house.definition.record(event.record)))


def _seen(scene: Scene, record: Record | None) -> None:
    """A record that was filed raises the evidence of its criteria to "seen in a document" (flows.evidence.grade)."""
    if record is not None and record.criteria:
        detail = f"{record.id}: {' '.join(record.criteria)}"
        audit.write(scene.tx, actor="patient", action="evidence.document", object=f"chat:{scene.chat.id}", detail=detail)


def document_held(scene: Scene, _event: DocumentHeld) -> None:
    scene.preface(records.held(scene.words))


def document_too_large(scene: Scene, event: DocumentTooLarge) -> None:
    scene.preface(records.too_large(scene.words, event.limit))


def document_refused(scene: Scene, event: DocumentRefused) -> None:
    scene.preface(records.refused(scene.words, event.reason))


def document_queried(scene: Scene, event: DocumentQueried) -> None:
    message = records.what_is_it(scene.words, scene.house.definition.records, event.number, scene.take_preface())
    scene.say(message, kind="document_queried")


def record_asked(scene: Scene, event: RecordAsked) -> None:
    record, index = _record(scene, event.record)
    length = len(scene.house.definition.records)
    message = records.asked(scene.words, record, index, (event.number, event.count), length, scene.take_preface())
    scene.say(message, kind="record_asked")


def record_marked(scene: Scene, event: RecordMarked) -> None:
    record = scene.house.definition.record(event.record)
    scene.rewrite_text(records.marked(scene.words, record, event.mark), kind="record_marked")


def records_listed(scene: Scene, _event: RecordsListed) -> None:
    message = records.listed(scene.words, scene.checklist(), questions_open=scene.questions_open)
    scene.say(message, kind="records_listed")


def records_finished(scene: Scene, _event: RecordsFinished) -> None:
    if scene.case is None:
        return
    missing = [state.record for state in scene.checklist() if state.state in {"missing", "later"} and state.record.required]
    scene.say_prefaces()
    scene.say(records.finished(scene.words, scene.case.number, missing, closing.disclaimer(scene)), kind="records_finished")


def _record(scene: Scene, record_id: str) -> tuple[Record, int]:
    ids = [record.id for record in scene.house.definition.records]
    index = ids.index(record_id)
    return scene.house.definition.records[index], index


EFFECTS: dict[type, Effect] = {
    DocumentReceived: document_received,
    DocumentHeld: document_held,
    DocumentTooLarge: document_too_large,
    DocumentRefused: document_refused,
    DocumentQueried: document_queried,
    RecordAsked: record_asked,
    RecordMarked: record_marked,
    RecordsListed: records_listed,
    RecordsFinished: records_finished,
}
