"""/lab anc 0.4 10^9/L 2026-11-20: a value that a coordinator read in a report, alone or as a reply to it, from the topic or the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.casework import papers
from bot.casework.acts import settle
from bot.effects import cards
from bot.effects.rules import as_ruled
from bot.stored import read_in_reports
from bot.wording import counter
from bot.wording import measured as wording
from flows.desk_events import ValueRead, ValueTakenBack
from flows.grounds import measured as rules
from flows.grounds import measuring
from storage import documents
from storage.records import document_dates

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from storage.rows import Document


def command(scene: DeskScene, said: str) -> None:
    """In the topic: a reply to a document names where the value stands."""
    _take(scene, said, papers.replied(scene))


def on_page(scene: DeskScene, fields: Mapping[str, str]) -> None:
    """From the page of the case: `test`, `amount`, `day` and, if one was chosen, `document`."""
    wanted = fields.get("document", "")
    document = next((one for one in documents.for_chat(scene.tx, scene.chat.id) if one.id == wanted), None)
    if wanted and (document is None or not papers.may_be_looked_into(scene, document)):
        scene.act.tell(wording.no_such_document(scene.act.words))
        return
    _take(scene, " ".join(fields.get(name, "") for name in ("test", "amount", "day")), document)


def take_back(scene: DeskScene, number: int) -> None:
    """It was read wrongly; what counted before counts again."""
    known = next((one for one in read_in_reports(scene.tx, scene.chat.id) if one.id == number), None)
    if known is None:
        scene.act.tell(wording.gone(scene.act.words))
    elif scene.own_case.holder not in (None, _me(scene), known.by):
        scene.act.tell(counter.held_by(scene.act.words, _holder(scene)))
    else:
        _settle(scene, ValueTakenBack(value=number, link_id=known.link_id, coordinator=_me(scene)))


def _take(scene: DeskScene, said: str, document: Document | None) -> None:
    definition, words = scene.house.definition, scene.act.words
    known = document_dates.for_chat(scene.tx, scene.chat.id).get(document.id) if document else None
    found = measuring.read(said, definition, wording.names(words), language=words.language, today=scene.act.today, usual=known)
    if isinstance(found, measuring.Unclear):
        scene.act.answer(wording.unclear(words, definition, found))
        return
    named = document.id if document else None
    grade = rules.grade_of(coordinator=_me(scene), holder=scene.own_case.holder, document=named)
    if grade == "no-document":
        scene.act.tell(wording.no_document(words))
        return
    event = ValueRead(
        link_id=found.link_id, amount=found.amount, day=found.day, document=named, grade=grade, coordinator=_me(scene)
    )
    _settle(scene, event)


def _settle(scene: DeskScene, event: ValueRead | ValueTakenBack) -> None:
    if scene.own_case.closed_at:
        scene.act.tell(counter.is_closed(scene.act.words))
    else:
        settle(scene, (as_ruled(scene.own_case), (event,)))


def _me(scene: DeskScene) -> int:
    return scene.act.coordinator.telegram_id


def _holder(scene: DeskScene) -> str:
    return cards.name_of(scene.tx, scene.own_case.holder) or ""
