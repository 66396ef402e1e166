"""What a coordinator does with a document in the topic: look into it, say what it is, that it does not serve, or from which day it is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from bot.casework import talk
from bot.casework.acts import settle
from bot.casework.when import day
from bot.effects.group import Group
from bot.effects.rules import as_ruled
from bot.effects.scene import Lane
from bot.previews import PREVIEW
from bot.wording import counter, keys, papers
from bot.wording.keys import Verb
from flows.desk_events import DocumentDated, DocumentFiled, DocumentJudged
from storage import audit, documents, relay

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.effects.act import DeskScene
    from storage.rows import Document

    Event = DocumentFiled | DocumentJudged | DocumentDated
    Verdict = Literal["unreadable", "outdated"]


def preview(scene: DeskScene, number: int) -> None:
    """A page of it as a picture, or its words; drawn when it is sent, and kept nowhere."""
    which, page = keys.apart(number)
    document = _document(scene, which)
    audit.write(
        scene.tx, actor=str(_me(scene)), action="document.previewed", object=f"case:{scene.own_case.id}",
        detail=f"document={document.id} page={page}",
    )  # fmt: skip
    wanted = {"document": document.id, "number": which, "page": page, "case": scene.own_case.id}
    Group(tx=scene.tx, house=scene.house).call(
        "sendPhoto",
        {PREVIEW: wanted},
        kind="document_previewed",
        lane=Lane.ANSWER,
        thread_case_id=scene.own_case.id,
        document_id=document.id,
    )


def name(scene: DeskScene, number: int) -> None:
    """Opens the list of records; with one of them, the document is filed under it and counts as received.

    So is one that is kept apart: somebody took it for a passport, say, and it is none.
    """
    which, index = keys.apart(number)
    document, records = _sent(scene, which), scene.house.definition.records
    if index == keys.OPEN:
        rows = keys.records(scene.act.words, scene.own_case.id, which, records)
        scene.act.redraw(rows, kind="choice_opened")
    else:
        record = records[index].id
        _settle(scene, DocumentFiled(document_id=document.id, record=record, coordinator=_me(scene)))
        _own_buttons(scene, which)


def own_buttons(scene: DeskScene, number: int) -> None:
    _own_buttons(scene, number)


def judge(verdict: Verdict) -> Callable[[DeskScene, int], None]:
    """Shows what the patient's side would read, with a button that sends it."""

    def ask(scene: DeskScene, number: int) -> None:
        document = _document(scene, number)
        text = papers.to_patient(scene.words, verdict, _record(scene, document))
        rows = keys.judged(scene.act.words, scene.own_case.id, number, verdict)
        scene.act.answer(papers.previewed(scene.act.words, text, rows))

    return ask


def judged(verdict: Verdict, *, tell: bool) -> Callable[[DeskScene, int], None]:
    """Marks the record, and tells the patient's side in its own language if that is wanted and the rules of replies allow it."""

    def do(scene: DeskScene, number: int) -> None:
        document = _document(scene, number)
        if tell and not talk.tell(scene, papers.to_patient(scene.words, verdict, _record(scene, document))):
            return
        event = DocumentJudged(document_id=document.id, record=document.record, verdict=verdict, coordinator=_me(scene))
        _settle(scene, event)
        scene.act.redraw((), kind="choice_closed")

    return do


def dated(scene: DeskScene, said: str) -> None:
    """/dated 2026-11-02, as a reply to the document."""
    document = replied(scene)
    languages = tuple(dict.fromkeys((scene.house.desk_language, "en")))
    found = day(said, today=scene.act.today, languages=languages)
    if document is None:
        scene.act.tell(papers.reply_to_it(scene.act.words))
    elif not isinstance(found, date):
        scene.act.tell(counter.no_day(scene.act.words, found))
    else:
        _date(scene, document, found)


def replied(scene: DeskScene) -> Document | None:
    """The document of the patient's side that was replied to in the topic."""
    reply_to = scene.act.arrival.reply_to
    line = relay.by_desk_message(scene.tx, scene.own_case.id, reply_to) if reply_to else None
    found = documents.get(scene.tx, line.document_id) if line and line.document_id and line.direction == "in" else None
    return found if found and may_be_looked_into(scene, found) else None


def may_be_looked_into(scene: DeskScene, document: Document) -> bool:
    """What the patient's side sent and is not kept apart."""
    record = scene.house.definition.record(document.record)
    return document.origin == "patient" and not document.guarded and not (record is not None and record.guarded)


def date_suggested(scene: DeskScene, number: int) -> None:
    """The day that the file itself names, taken over by a press."""
    which, days = divmod(number, keys.DAYS)
    _date(scene, _document(scene, which), date.fromordinal(days))


def _date(scene: DeskScene, document: Document, found: date) -> None:
    if found > scene.act.today:
        scene.act.tell(papers.in_the_future(scene.act.words))
    else:
        _settle(scene, DocumentDated(document_id=document.id, day=found, coordinator=_me(scene)))


def _settle(scene: DeskScene, event: Event) -> None:
    if scene.own_case.closed_at:
        scene.act.tell(counter.is_closed(scene.act.words))
    else:
        settle(scene, (as_ruled(scene.own_case), (event,)))


def _own_buttons(scene: DeskScene, number: int) -> None:
    own = keys.document if may_be_looked_into(scene, _sent(scene, number)) else keys.guarded
    scene.act.redraw(own(scene.act.words, scene.own_case.id, number), kind="choice_closed")


def _document(scene: DeskScene, number: int) -> Document:
    """A document of the patient's side that is not kept apart, by its number in the chat. Raises IndexError."""
    found = _sent(scene, number)
    if not may_be_looked_into(scene, found):
        raise IndexError(number)
    return found


def _sent(scene: DeskScene, number: int) -> Document:
    """Likewise, whether or not it is kept apart."""
    found = documents.for_chat(scene.tx, scene.chat.id)[max(number - 1, 0)]
    if number < 1 or found.origin != "patient":
        raise IndexError(number)
    return found


def _record(scene: DeskScene, document: Document) -> str:
    known = scene.house.definition.record(document.record)
    return known.text.worded(scene.words.worded) if known else ""


def _me(scene: DeskScene) -> int:
    return scene.act.coordinator.telegram_id


DOCUMENTS: dict[Verb, Callable[[DeskScene, int], None]] = {
    Verb.PREVIEW: preview,
    Verb.NAME: name,
    Verb.DOCUMENT: own_buttons,
    Verb.UNREADABLE: judge("unreadable"),
    Verb.OUTDATED: judge("outdated"),
    Verb.TELL_UNREADABLE: judged("unreadable", tell=True),
    Verb.TELL_OUTDATED: judged("outdated", tell=True),
    Verb.MARK_UNREADABLE: judged("unreadable", tell=False),
    Verb.MARK_OUTDATED: judged("outdated", tell=False),
    Verb.DATED: date_suggested,
}
