"""Effects of documents and records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import closing, desk
from bot.effects.filing import file_under
from bot.wording import records
from flows.events import (
    DocumentHeld,
    DocumentQueried,
    DocumentReceived,
    DocumentRefused,
    DocumentRepeated,
    DocumentTooLarge,
    RecordAsked,
    RecordMarked,
    RecordsFinished,
    RecordsListed,
    UploadEnded,
    UploadOffered,
)
from storage import audit, documents
from storage.records import upload_links

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene
    from flows.records import Record


def document_received(scene: Scene, event: DocumentReceived) -> None:
    """The bytes are stored: now, and not before, it may be said."""
    record = scene.house.definition.record(event.record)
    if event.record:
        file_under(scene.tx, scene.house, event.attachment.document_id, event.record)
        if event.unreadable < event.files:
            _seen(scene, record)
    if scene.case:
        desk.relay_document(scene, event.attachment.document_id, event.record)
    if event.record != "voice":
        scene.preface(records.received(scene.words, event, record))


def document_repeated(scene: Scene, event: DocumentRepeated) -> None:
    if event.kept_as and event.record is None:  # nobody has said what the earlier one is: as far apart as it came
        documents.file_under(scene.tx, event.attachment.document_id, event.kept_as)
    elif event.kept_as:
        file_under(scene.tx, scene.house, event.attachment.document_id, event.kept_as)
    scene.preface(records.repeated(scene.words, scene.house.definition.record(event.record)))


def _seen(scene: Scene, record: Record | None) -> None:
    """A record that was filed raises the evidence of its criteria to "a document came" (flows.grounds.evidence.grade)."""
    if record is not None and record.criteria:
        detail = f"{record.id}: {' '.join(record.criteria)}"
        audit.write(scene.tx, actor="patient", action="evidence.document", object=f"chat:{scene.chat.id}", detail=detail)


def document_held(scene: Scene, _event: DocumentHeld) -> None:
    scene.preface(records.held(scene.words))


def document_too_large(scene: Scene, event: DocumentTooLarge) -> None:
    """The page keeps what comes, so before the yes to that there is no link to it."""
    scene.preface(records.too_large(scene.words, event.limit))
    if event.kept or not scene.house.upload_url(""):
        _offer(scene, None)
    else:
        scene.preface(records.page_later(scene.words))


def upload_offered(scene: Scene, event: UploadOffered) -> None:
    _offer(scene, event.record)


def upload_ended(scene: Scene, _event: UploadEnded) -> None:
    upload_links.revoke(scene.tx, scene.chat.id)
    scene.rewrite_text(records.upload_ended(scene.words), kind="upload_ended")


def _offer(scene: Scene, record: str | None) -> None:
    """A fresh link; the one before it stops working. Where there is no page, what to do instead."""
    url = scene.house.upload_url(upload_links.make(scene.tx, scene.chat.id, record=record))
    days = upload_links.LIFE.days
    message = (
        records.upload(scene.words, url, days, scene.take_preface())
        if url
        else records.no_upload(scene.words, scene.take_preface())
    )
    scene.say(message, kind="upload_offered")


def document_refused(scene: Scene, event: DocumentRefused) -> None:
    scene.preface(records.refused(scene.words, event.reason))


def document_queried(scene: Scene, event: DocumentQueried) -> None:
    message = records.what_is_it(scene.words, scene.house.definition.records, event.number, scene.take_preface())
    parts = documents.parts(scene.tx, event.attachment.document_id)
    came = next((part.message_id for part in parts if part.message_id), None)  # by the page: with no message
    scene.say(message, kind="document_queried", reply_to=came)


def record_asked(scene: Scene, event: RecordAsked) -> None:
    record, index = _record(scene, event.record)
    length = len(scene.house.definition.records)
    place = (event.number, event.count)
    message = records.asked(scene.words, record, index, place, length, scene.take_preface(), state=event.state)
    scene.say(message, kind="record_asked")


def record_marked(scene: Scene, event: RecordMarked) -> None:
    record = scene.house.definition.record(event.record)
    said = records.marked(scene.words, record, event.mark)
    if scene.arrival and scene.arrival.query is None:  # in words: there is no press, so no message to be written anew
        scene.preface(said)
    else:
        scene.rewrite_text(said, kind="record_marked")


def records_listed(scene: Scene, _event: RecordsListed) -> None:
    message = records.listed(scene.words, scene.checklist(), questions_open=scene.questions_open)
    scene.say(message, kind="records_listed")


def records_finished(scene: Scene, _event: RecordsFinished) -> None:
    if scene.case is None:
        return
    missing = [state.record for state in scene.checklist() if state.asked or (state.state == "later" and state.record.required)]
    scene.say_prefaces()
    disclaimer = closing.disclaimer(scene)
    said = records.finished(scene.words, scene.case.number, missing, disclaimer, scene.promise, shared=scene.shared)
    scene.say(said, kind="records_finished")


def _record(scene: Scene, record_id: str) -> tuple[Record, int]:
    ids = [record.id for record in scene.house.definition.records]
    index = ids.index(record_id)
    return scene.house.definition.records[index], index


EFFECTS: dict[type, Effect] = {
    DocumentReceived: document_received,
    DocumentHeld: document_held,
    DocumentTooLarge: document_too_large,
    DocumentRefused: document_refused,
    DocumentRepeated: document_repeated,
    UploadOffered: upload_offered,
    UploadEnded: upload_ended,
    DocumentQueried: document_queried,
    RecordAsked: record_asked,
    RecordMarked: record_marked,
    RecordsListed: records_listed,
    RecordsFinished: records_finished,
}
