"""What a dossier is made of: the rows of one case as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.group import Group
from storage import cases, chats, consents, documents, responses
from storage.records import document_dates

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.effects.scene import House
    from bot.wording.card import Card
    from storage.rows import AnswerChange, Document, Part
    from storage.transaction import Transaction


class NotShared(Exception):
    """The family has not said yes to showing this case to hospitals."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Paper:
    """A document of the patient's side with its stored files. `digests`: SHA-256 of the plain bytes, filled in when printing.

    `day`: the one that stands on it, if a coordinator has read it.
    """

    document: Document
    parts: tuple[Part, ...]
    guarded: bool
    day: date | None = None
    digests: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Material:
    """`card`: what the desk's card shows; `changes`: answers that were replaced, oldest first; `language`: the family's."""

    card: Card
    language: str
    changes: tuple[AnswerChange, ...]
    papers: tuple[Paper, ...]


def gather(tx: Transaction, house: House, case_id: int) -> Material:
    """Raises NotShared (also for a case whose family took the yes back, or had everything deleted) and KeyError."""
    case = cases.get(tx, case_id)
    if not consents.shares(tx, case.chat_id) or chats.get(tx, case.chat_id).state == "erased":
        raise NotShared(NotShared.__doc__)
    stored = responses.current(tx, case.chat_id)
    return Material(
        card=cards.gather(Group(tx=tx, house=house), case),
        language=chats.get(tx, case.chat_id).language or "en",
        changes=tuple(responses.changes(tx, stored.id)) if stored else (),
        papers=tuple(_papers(tx, house, case.chat_id)),
    )


def guards(house: House) -> Mapping[str, bool]:
    """Record -> whether it is kept apart."""
    return {record.id: record.guarded for record in house.definition.records}


def _papers(tx: Transaction, house: House, chat_id: int) -> list[Paper]:
    guarded, days = guards(house), document_dates.for_chat(tx, chat_id)
    found = [one for one in documents.for_chat(tx, chat_id) if one.state == "closed" and one.origin == "patient"]
    return [
        Paper(document=one, parts=parts, guarded=one.guarded or guarded.get(one.record or "", False), day=days.get(one.id))
        for one in found
        for parts in [tuple(part for part in documents.parts(tx, one.id) if part.state == "stored")]
        if parts
    ]
