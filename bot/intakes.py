"""An intake as rows: loads what `flows` decides on, saves what changed. No decisions here."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from bot.recent import Recent
from flows.casework.tasks import WAITING
from flows.dialogue.versions import carried
from flows.fhir.launch import NOBODY
from flows.files import fetchable
from flows.foreseen import foreseen
from flows.inputs import Announced, Attachment, Sent, Twin, Unusable
from flows.intake import Intake, Moment, Unfiled
from flows.response import QuestionnaireResponse
from storage import belongings, cases, chats, documents, responses
from storage.desk import ratings, tasks
from storage.records import record_marks

if TYPE_CHECKING:
    from bot.arrivals import Arrival
    from bot.catalogues import Catalogue
    from flows.aside import Aside
    from flows.fhir.launch import Writer
    from flows.library import Definition
    from flows.records import Mark
    from storage.belongings import Belongings
    from storage.rows import Case, Chat, Document, Part, StoredResponse
    from storage.transaction import Transaction

A_MINUTE = timedelta(minutes=1)
RECENT = Recent[QuestionnaireResponse]()  # by the response's id, which no other store has too


def moment(tx: Transaction, definition: Definition, chat: Chat, words: Catalogue, writer: Writer = NOBODY) -> Moment:
    """What a turn may know of now, as the patient's side has it. `words`: of the language that a definition's texts are told in."""
    zone = ZoneInfo(chat.zone or "UTC")
    return Moment(
        definition=definition,
        now=tx.now,
        today=tx.now.astimezone(zone).date(),
        zone=zone,
        new_id=lambda: str(uuid.uuid4()),
        translate=words.worded,
        writer=writer,
    )


def load(tx: Transaction, chat: Chat) -> tuple[Intake, Case | None]:
    """The state of a chat and its open case."""
    return read(tx, chat, belongings.of_chat(tx, chat))


def read(tx: Transaction, chat: Chat, has: Belongings) -> tuple[Intake, Case | None]:
    """The same from what there is of the chat."""
    case = cases.open_for(tx, chat.id) if has.case else None
    stored = has.response
    intake = Intake(
        language=chat.language,
        response=_response(stored) if stored else None,
        talking=chat.talking,
        case_open=case is not None,
        claimed=case is not None and case.holder is not None,
        state="in_memory" if chat.state == "in_memory" else "stopped" if chat.state == "stopped" else "open",
        reminders_on=chat.reminders_on,
        aside=cast("Aside | None", chat.aside),
        marks=cast("dict[str, Mark]", record_marks.for_chat(tx, chat.id)) if has.marks else {},
        unfiled=tuple(_unfiled(tx, chat)) if has.documents else (),
        rating=ratings.listening(tx, chat.id) if has.past and case is None else None,
    )
    return intake, case


def current(tx: Transaction, chat_id: int, definition: Definition) -> QuestionnaireResponse | None:
    """The response as one to the version in use, for reading: it is written down with the next turn of the patient's side."""
    stored = responses.current(tx, chat_id)
    if stored is None:
        return None
    response = _response(stored)
    new = carried(definition.questionnaire, response, now=tx.now, today=tx.now.date())
    return new.response if new else response


def _response(stored: StoredResponse) -> QuestionnaireResponse:
    known = RECENT.get(stored.id, stored.body)
    return known or RECENT.put(stored.id, stored.body, QuestionnaireResponse.loads(stored.body))


def save(tx: Transaction, chat: Chat, before: Intake, after: Intake) -> None:
    """What a turn changed."""
    changes = {
        name: getattr(after, name)
        for name in ("language", "talking", "state", "reminders_on", "aside")
        if getattr(before, name) != getattr(after, name)
    }
    if changes:
        chats.update(tx, chat.id, **changes)
    if after.response is not None and after.response != before.response:
        response, body = after.response, after.response.dumps()
        known = before.response is not None and before.response.id == response.id
        named = (response.id, response.questionnaire, response.revision, response.status)
        responses.save(tx, chat.id, *named, body, known=known)
        RECENT.put(response.id, body, response)
    for record, mark in after.marks.items():
        if before.marks.get(record) != mark:
            record_marks.put(tx, chat.id, record, mark)


def announce(tx: Transaction, chat: Chat, arrival: Arrival, *, moment: Moment, intake: Intake, case: Case | None) -> Arrival:
    """Write down a file that came; what it means for the talk is `flows`' to say. Parts of an album are said once."""
    upload = arrival.upload
    assert upload is not None and arrival.message_id is not None
    verdict = fetchable(moment, intake, upload.declared_size)
    created = True
    likely = foreseen(moment, intake, _requests(tx, moment, case), f"{upload.caption}\n{upload.name}")
    if verdict != "too-large":
        _, _, created = documents.announce(
            tx,
            chat.id,
            album=upload.album,
            message_id=arrival.message_id,
            file_id=upload.file_id,
            file_unique_id=upload.file_unique_id,
            kind=upload.kind,
            name=upload.name,
            declared_type=upload.declared_type,
            declared_size=upload.declared_size,
            caption=upload.caption,
            held=verdict == "held",
            record=likely.record,
            guarded=likely.apart,
        )
    return replace(
        arrival, said=Announced(kind=upload.kind, size=upload.declared_size, caption=upload.caption, joins=not created)
    )


def _requests(tx: Transaction, moment: Moment, case: Case | None) -> list[str | None]:
    """What the open requests to the family want, by record."""
    found = tasks.of_case(tx, case.id) if case else []
    items = (moment.definition.support.item(one.item) for one in found if one.owner == "family" and one.state in WAITING)
    return [item.record if item else None for item in items]


def closed(tx: Transaction, document: Document) -> Sent | Unusable:
    """A document whose parts are all settled, as something that was sent."""
    parts = documents.parts(tx, document.id)
    stored = [part for part in parts if part.state == "stored"]
    if not stored:
        return Unusable(reason=next((part.reason for part in parts if part.reason), "unreadable"))
    return Sent(
        attachment=as_attachment(document, stored),
        record=document.record,
        number=documents.number(tx, document),
        files=len(stored),
        unreadable=sum(part.readable is False for part in stored),
        photo=_first_photo(tx, document, stored),
        twin=_twin(tx, document, stored),
        apart=document.guarded,
    )


def as_attachment(document: Document, parts: list[Part]) -> Attachment:
    pages = sum(part.pages or 1 for part in parts)
    return Attachment(
        document_id=document.id,
        content_type=parts[0].content_type or "application/octet-stream",
        pages=pages,
        size=max(part.size or 0 for part in parts),
    )


def _first_photo(tx: Transaction, document: Document, stored: list[Part]) -> bool:
    """Whether these are the first photos of this chat: Telegram made them smaller, which is worth a word, once."""
    if not any(part.kind == "photo" for part in stored):
        return False
    before = (one for one in documents.for_chat(tx, document.chat_id) if one.id != document.id and one.origin == "patient")
    return not any(part.kind == "photo" and part.state == "stored" for one in before for part in documents.parts(tx, one.id))


def _twin(tx: Transaction, document: Document, stored: list[Part]) -> Twin | None:
    """The earlier document that this one repeats, if every file of it came before."""
    first = min(part.id for part in stored)
    found = [documents.twin(tx, document.chat_id, part.hmac or "", before=first) for part in stored]
    if document.record or any(one is None for one in found):
        return None
    earlier = documents.get(tx, next(one.document_id for one in found if one))
    return Twin(record=earlier.record)


def _unfiled(tx: Transaction, chat: Chat) -> list[Unfiled]:
    return [
        Unfiled(
            number=number,
            attachment=as_attachment(document, parts),
            opens=any(part.readable is not False for part in parts),
        )
        for number, document in enumerate(documents.for_chat(tx, chat.id), start=1)
        if document.state == "closed" and document.record is None and document.origin == "patient"
        for parts in [[part for part in documents.parts(tx, document.id) if part.state == "stored"]]
        if parts and not (parts[0].content_type or "").startswith("audio/")
    ]


def heard(tx: Transaction, chat: Chat) -> Chat:
    """The person is there: reachable again, and the clock of reminders starts anew. It shows minutes, so one writing a minute will do."""
    if chat.unreachable_at is None and timedelta() <= tx.now - chat.last_heard_at < A_MINUTE:
        return chat
    chats.update(tx, chat.id, last_heard_at=tx.now, unreachable_at=None)
    return replace(chat, last_heard_at=tx.now, unreachable_at=None)
