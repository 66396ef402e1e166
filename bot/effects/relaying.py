"""What the patient's side says and sends, shown in the topic of its case, and kept so that it can be answered there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from bot.effects import cards
from bot.effects.group import Group
from bot.effects.scene import Lane
from bot.intakes import as_attachment
from bot.messages import File, Message
from bot.wording import desk as wording
from bot.wording import keys, values
from bot.wording.visible import quoted, visible
from storage import chats, coordinators, documents, outbox, relay

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from bot.effects.scene import Scene
    from storage.rows import Case, CaseMessage, Document, Part

CARRIED = 20 * 1024 * 1024  # bytes of a file that is sent on; it is in memory while it is sent
CAPTION = 700  # escaped characters of the patient's own caption under a file; a longer one is a message of its own
SHOWN_AGAIN = 20  # lines that are posted again in a topic that was made anew


def relay_words(scene: Scene, text: str, *, noted: bool = False, edited: bool = False) -> None:
    """The patient's words into the topic; kept for later when no case is open."""
    case = scene.case
    if case is None:
        relay.keep(scene.tx, scene.chat.id, author=scene.chat.telegram_id, body=text, patient_message_id=_message_id(scene))
        return
    group = Group(tx=scene.tx, house=scene.house)
    earlier = _earlier(scene, case) if edited else None
    if earlier is not None and earlier.body == text:
        return
    waited = cards.waiting_since(scene.tx, case) is not None
    reply_to = earlier.desk_message_id if earlier else _answered(scene, case)
    passed = scene.arrival is not None and scene.arrival.forwarded
    rows = _show(group, case.id, text, noted=noted and scene.questions_open, edited=edited, reply_to=reply_to, forwarded=passed)
    for number, row in enumerate(rows):
        relay.add(
            scene.tx,
            case.id,
            direction="in",
            author=scene.chat.telegram_id,
            body=text if number == 0 else None,
            patient_message_id=_message_id(scene),
            desk_outbox_id=row,
        )
    if not waited:
        cards.refresh(group, case)


def relay_document(scene: Scene, document_id: str, record: str | None) -> None:
    """A stored document into the topic, file by file from our store. One that nobody has named yet waits, unless a talk is on."""
    if scene.case is None or not (record or scene.intake.talking):
        return
    group = Group(tx=scene.tx, house=scene.house)
    show_document(group, scene.case, documents.get(scene.tx, document_id), record)
    cards.refresh(group, scene.case)


def everything_before(scene: Scene, case: Case, *, talking: bool) -> None:
    """What was said and sent before the case was opened."""
    group = Group(tx=scene.tx, house=scene.house)
    kept = relay.adopt(scene.tx, scene.chat.id, case.id)
    if kept:
        group.line(case.id, wording.shown_before(group.house.desk_words), kind="kept_words_follow")
    for line in kept:
        rows = _show(group, case.id, line.body or "", noted=True, edited=False, reply_to=None)
        relay.link(scene.tx, line.id, desk_outbox_id=rows[0])
    for document in documents.for_chat(scene.tx, scene.chat.id):
        if document.state == "closed" and document.origin == "patient" and (document.record or talking):
            show_document(group, case, document, document.record)


def repost(group: Group, case: Case) -> int | None:
    """The last lines of a case, in order, in a topic that is new; they can be answered there. Returns the last outbox row."""
    last = None
    for line in relay.history(group.tx, case.id)[-SHOWN_AGAIN:]:
        if _still_comes(group, line):
            continue
        if line.document_id and line.direction == "in":
            document = documents.get(group.tx, line.document_id)
            rows = _files(group, case.id, document, document.record)
        else:
            rows = [group.line(case.id, text, kind="line_reposted", lane=Lane.ANSWER) for text in _reworded(group, line)]
        for row in rows[:1]:
            relay.link(group.tx, line.id, desk_outbox_id=row)
        last = rows[-1] if rows else last
    return last


def _show(
    group: Group, case_id: int, text: str, *, noted: bool, edited: bool, reply_to: int | None, forwarded: bool = False
) -> list[int]:
    words, hidden = group.house.desk_words, visible(text)[1]
    pieces = quoted(text) or [""]
    return [
        group.topic(
            case_id,
            Message(text=wording.from_patient(words, piece, noted=noted, edited=edited, hidden=hidden, forwarded=forwarded)),
            kind="words_relayed",
            lane=Lane.ANSWER,
            reply_to=reply_to,
        )
        for piece in pieces
    ]


def show_document(group: Group, case: Case, document: Document, record: str | None) -> None:
    documents.assign(group.tx, document.id, case.id)
    if document.guarded and not _guarded(group, record):
        _unnamed(group, case.id, document)
        return
    lines = [line for line in relay.history(group.tx, case.id) if line.document_id == document.id]
    if _guarded(group, record):
        withdraw(group, case.id, document)
        lines = []
    shown = [line.at for line in lines]
    if shown and record:
        group.line(case.id, wording.filed(group.house.desk_words, _named(group, record)), kind="document_filed")
    _keep(group, case, document, _files(group, case.id, document, record, since=max(shown, default=None)))


def unveil(group: Group, case: Case, document: Document, record: str) -> None:
    """What was kept apart by mistake is shown like any other document."""
    _keep(group, case, document, _files(group, case.id, document, record))


def _keep(group: Group, case: Case, document: Document, rows: Iterable[int]) -> None:
    author = chats.get(group.tx, case.chat_id).telegram_id
    for row in rows:
        relay.add(
            group.tx, case.id, direction="in", author=author, body=document.caption, document_id=document.id, desk_outbox_id=row
        )


def _unnamed(group: Group, case_id: int, document: Document) -> None:
    """What may be a record that is kept apart is not shown before the family has said what it is."""
    told = wording.perhaps_guarded(group.house.desk_words, case_id, documents.number(group.tx, document))
    group.topic(case_id, told, kind="guarded_record_named")


def _files(group: Group, case_id: int, document: Document, record: str | None, *, since: datetime | None = None) -> list[int]:
    """The outbox rows that show a document; a guarded record is only named. `since`: only files of an album that came after."""
    words = group.house.desk_words
    if _guarded(group, record):
        named = wording.guarded(words, _named(group, record), case_id, documents.number(group.tx, document))
        return [group.topic(case_id, named, kind="guarded_record_named")]
    caption = (quoted(document.caption or "") or [""])[0]
    own_message = len(caption) > CAPTION
    under = wording.document(words, _named(group, record), "" if own_message else caption)
    stored = [part for part in documents.parts(group.tx, document.id) if part.state == "stored"]
    new = [(number, part) for number, part in enumerate(stored) if since is None or part.created_at > since]
    if not new:
        return []
    rows = [_shown(group, case_id, document, part, number, under if (number, part) == new[0] else None) for number, part in new]
    return [
        *rows,
        *(_show(group, case_id, document.caption or "", noted=False, edited=False, reply_to=None) if own_message else ()),
    ]


def _shown(group: Group, case_id: int, document: Document, part: Part, number: int, under: str | None) -> int:
    """One file, with what an inspection found in it; what Telegram does not carry is described instead. `under`: of the first one."""
    words = group.house.desk_words
    found = wording.looked(words, flags=part.flags, unreadable=part.readable is False)
    text = "\n".join(filter(None, (under, found)))
    if (part.size or 0) <= CARRIED:
        file = _file(document, part, number, text)
        return group.file(case_id, file if under is None else _first(group, case_id, document, file), kind="document_relayed")
    what = values.pages(words, as_attachment(document, [part]))
    large = wording.too_large(words, what, naturalsize(part.size or 0), ", ".join(part.facts.values()))
    return group.line(case_id, "\n".join(filter(None, (text, large))), kind="document_described", lane=Lane.ANSWER)


def naturalsize(size: int) -> str:
    """Bytes for people: `812 MB`."""
    return f"{size / 1024 / 1024:,.0f} MB" if size < 10 * 1024**3 else f"{size / 1024**3:,.1f} GB"


def _guarded(group: Group, record: str | None) -> bool:
    known = group.house.definition.record(record)
    return known is not None and known.guarded


def withdraw(group: Group, case_id: int, document: Document) -> None:
    """What was shown before it was known that it must not be leaves the group: every file of it, and every look into it."""
    for row in outbox.showing(group.tx, case_id, document.id):
        group.call("deleteMessage", {}, kind="guarded_withdrawn", lane=Lane.ANSWER, target_outbox_id=row)


def _file(document: Document, part: Part, number: int, caption: str) -> File:
    """Under a name of ours: the sender's file name may name a person. `number` counts the stored parts."""
    as_: Literal["document", "photo", "voice"] = {"photo": "photo", "voice": "voice"}.get(part.kind, "document")  # type: ignore[assignment]
    return File(
        document_id=document.id, part=number, as_=as_, name=f"{document.record or 'document'}-{number + 1}", caption=caption
    )


def _first(group: Group, case_id: int, document: Document, file: File) -> File:
    """The first file of a document carries its buttons."""
    number = [one.id for one in documents.for_chat(group.tx, document.chat_id)].index(document.id) + 1
    return replace(file, rows=keys.document(group.house.desk_words, case_id, number))


def _named(group: Group, record: str | None) -> str:
    known = group.house.definition.record(record)
    return known.text.worded(group.house.desk_words.worded) if known else ""


def _reworded(group: Group, line: CaseMessage) -> list[str]:
    """A line of the history as it was shown first, but said of whom it is."""
    words = group.house.desk_words
    pieces = quoted(line.body or "")
    if line.direction == "in":
        return [wording.from_patient(words, piece, noted=False, edited=False, hidden=0) for piece in pieces]
    author = coordinators.get(group.tx, line.author)
    name = author.name if author else str(line.author)
    worded = wording.noted if line.direction == "note" else wording.told_patient
    return [worded(words, name, piece) for piece in pieces]


def _still_comes(group: Group, line: CaseMessage) -> bool:
    """Its message was not sent yet, so it goes to the new topic by itself."""
    row = outbox.get(group.tx, line.desk_outbox_id) if line.desk_outbox_id else None
    return row is not None and row.state in {"waiting", "sending"}


def _earlier(scene: Scene, case: Case) -> CaseMessage | None:
    message_id = _message_id(scene)
    return relay.by_patient_message(scene.tx, case.id, message_id) if message_id else None


def _answered(scene: Scene, case: Case) -> int | None:
    """The message in the topic that the patient's side answered with a reply in its own chat."""
    told = scene.arrival.reply_to if scene.arrival else None
    line = relay.by_patient_message(scene.tx, case.id, told) if told else None
    return line.desk_message_id if line else None


def _message_id(scene: Scene) -> int | None:
    return scene.arrival.message_id if scene.arrival else None
