"""A coordinator's words and files on their way to the patient's side, and changes of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.effects import cards, undoing
from bot.effects.group import Group
from bot.effects.scene import Lane, call_patient
from bot.messages import File, Message
from bot.wire import MAX_TEXT
from bot.wording import desk as wording
from bot.wording import reply
from storage import chats, documents, outbox, relay

if TYPE_CHECKING:
    from bot.arrivals import Upload
    from bot.effects.act import DeskScene
    from bot.effects.scene import House
    from flows.events import Replied
    from storage.rows import CaseMessage, Document, Part
    from storage.transaction import Transaction

KIND = "reply"  # of outbox rows that carry a coordinator's words; see settling.py
OWN_IDS = 1 << 40  # added to message ids of the desk's files: parts are told apart by message id, and the chats count apart
COLLISION = timedelta(minutes=15)
LOOKED_BACK = 20  # lines of the talk
COORDINATOR = "coordinator"  # origin of a document


def replied(scene: DeskScene, event: Replied) -> None:
    """To the patient's side: words at once, a file as soon as it is in our store. From now on their words go to the desk."""
    waited = cards.waiting_since(scene.tx, scene.own_case) is not None
    _warn(scene)
    if scene.act.arrival.upload:
        _announce(scene, scene.act.arrival.upload, event)
    else:
        _say(scene, event)
    chats.update(scene.tx, scene.chat.id, talking=True)
    if waited:
        cards.refresh(Group(tx=scene.tx, house=scene.house), scene.own_case)


def _warn(scene: DeskScene) -> None:
    """Two people write to one family within a short time: who writes now hears of it while the reply can still be taken back."""
    case, me, lately = scene.own_case, scene.act.coordinator.telegram_id, scene.tx.now - COLLISION
    said = [one for one in relay.newest(scene.tx, case.id, LOOKED_BACK) if one.direction == "out" and one.at > lately]
    other = next((one for one in reversed(said) if one.author != me), None)
    if other is not None:
        words, name = scene.house.desk_words, cards.name_of(scene.tx, other.author) or ""
        text = wording.wrote_too(words, name, scene.tx.now - other.at)
        if scene.act.on_page:
            scene.act.answer(Message(text=text))
            return
        group = Group(tx=scene.tx, house=scene.house)
        group.topic(case.id, Message(text=text), kind="reply_collides", lane=Lane.URGENT, reply_to=scene.said_at)


def _say(scene: DeskScene, event: Replied) -> None:
    case, arrival = scene.own_case, scene.act.arrival
    message = reply.words_of(scene.words, scene.act.name, event.text, questions_open=scene.questions_open)
    quoted = relay.by_desk_message(scene.tx, case.id, arrival.reply_to) if arrival.reply_to else None
    row = scene.say(
        message,
        kind=KIND,
        unique_key=key(case.id, arrival.message_id or 0),
        reply_to=quoted.patient_message_id if quoted else None,
        due_at=undoing.preview(scene),
    )
    relay.add(
        scene.tx,
        case.id,
        direction="out",
        author=event.coordinator,
        body=event.text,
        desk_message_id=arrival.message_id,
        patient_outbox_id=row,
    )
    if scene.act.on_page:
        undoing.show(scene, event.text)


def _announce(scene: DeskScene, upload: Upload, event: Replied) -> None:
    """Fetched by the desk bot because of its origin; `send_document` follows when it is stored."""
    case, arrival = scene.own_case, scene.act.arrival
    undoing.preview(scene)
    document, _, created = announce_part(scene, upload, caption=event.text)
    if created:
        relay.add(
            scene.tx,
            case.id,
            direction="out",
            author=event.coordinator,
            body=event.text,
            document_id=document.id,
            desk_message_id=arrival.message_id,
        )


def announce_part(scene: DeskScene, upload: Upload, *, caption: str) -> tuple[Document, Part, bool]:
    return documents.announce(
        scene.tx,
        scene.chat.id,
        album=album_of(upload),
        message_id=OWN_IDS + (scene.act.arrival.message_id or 0),
        file_id=upload.file_id,
        file_unique_id=upload.file_unique_id,
        kind=upload.kind,
        name=upload.name,
        declared_type=upload.declared_type,
        declared_size=upload.declared_size,
        caption=caption,
        case_id=scene.own_case.id,
        origin=COORDINATOR,
    )


def album_of(upload: Upload) -> str | None:
    """The desk's albums never join those of the patient's side."""
    return f"desk/{upload.album}" if upload.album else None


def send_document(tx: Transaction, house: House, document: Document) -> None:
    """Every part of a coordinator's document is settled: send what is stored, say what is not."""
    line = _line_of(tx, document)
    chat = chats.get(tx, document.chat_id)
    stored = [part for part in documents.parts(tx, document.id) if part.state == "stored"]
    refused = next((part.reason or "" for part in documents.parts(tx, document.id) if part.state == "refused"), None)
    documents.close(tx, document.id, None)
    if line is None or document.case_id is None or chat.state != "open":
        return
    if refused is not None:
        group = Group(tx=tx, house=house)
        told = Message(text=wording.file_refused(house.desk_words, refused))
        group.topic(document.case_id, told, kind="file_refused", reply_to=line.desk_message_id)
    words = house.catalogues[chat.language]
    caption = reply.caption_of(words, _author(tx, line), document.caption or "")
    for number, part in enumerate(stored):
        call = house.wire.file(_file(document, part, number, caption if number == 0 else ""), chat.telegram_id)
        due_at = tx.now + house.second_thoughts if house.second_thoughts else None
        unique = f"{key(document.case_id, line.desk_message_id or 0)}/{number}"
        row = call_patient(tx, chat.telegram_id, call, kind=KIND, due_at=due_at, unique_key=unique)
        if number == 0:
            relay.link(tx, line.id, patient_outbox_id=row)


def correct(scene: DeskScene, line: CaseMessage, text: str) -> bool:
    """The coordinator changed a reply: so changes what the patient's side reads. False: it does not fit in the one message."""
    message = reply.words_of(scene.words, scene.act.name, text, questions_open=False)
    sent = outbox.get(scene.tx, line.patient_outbox_id) if line.patient_outbox_id else None
    if sent is None or line.document_id or len(message.text) > MAX_TEXT or not (sent.unique_key or "").endswith("/0"):
        return False
    call = scene.house.wire.edit(message, scene.chat.telegram_id)
    call_patient(scene.tx, scene.chat.telegram_id, call, kind="reply_corrected", target_outbox_id=sent.id)
    return True


def key(case_id: int, desk_message_id: int) -> str:
    """Which message of the desk an outbox row carries: the same message is never sent twice, and its delivery can be shown on it."""
    return f"{KIND}/{case_id}/{desk_message_id}"


def _file(document: Document, part: Part, number: int, caption: str) -> File:
    as_: Literal["document", "photo", "voice"] = {"photo": "photo", "voice": "voice"}.get(part.kind, "document")  # type: ignore[assignment]
    return File(document_id=document.id, part=number, as_=as_, name=part.name or "document", caption=caption)


def _line_of(tx: Transaction, document: Document) -> CaseMessage | None:
    lines = relay.history(tx, document.case_id) if document.case_id else []
    return next((line for line in lines if line.document_id == document.id and line.direction == "out"), None)


def _author(tx: Transaction, line: CaseMessage) -> str:
    return cards.name_of(tx, line.author) or ""
