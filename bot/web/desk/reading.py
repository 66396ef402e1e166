"""What the pages of the desk show, read from rows. Every look passes through `cases.access` or leaves a line of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.group import Group
from storage import audit, cases, chats, coordinators, documents, overview, relay

if TYPE_CHECKING:
    from bot.effects.scene import House
    from bot.wording.card import Card
    from storage.overview import Cursor, Wanted
    from storage.rows import Case, CaseMessage, Coordinator, Document, Part
    from storage.transaction import Transaction

PAGE = 50  # cases of one list
LINES = 300  # lines of a conversation, the newest


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One case of a list. `disease` is the topic's words for it: a coded answer, never a person's own."""

    case: Case
    title: str
    language: str | None
    holder: str | None
    waiting: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    rows: tuple[Row, ...]
    next: Cursor | None
    staff: tuple[Coordinator, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One case, whole. `names`: what the desk calls whoever wrote a line."""

    card: Card
    lines: tuple[CaseMessage, ...]
    names: dict[int, str]
    documents: tuple[tuple[Document, tuple[Part, ...]], ...]


def listing(tx: Transaction, house: House, visitor: Coordinator, wanted: Wanted, after: Cursor | None) -> Listing:
    """One page of cases, and who works at the desk."""
    audit.write(tx, actor=str(visitor.telegram_id), action="case.list", object="cases")
    found = overview.page(tx, wanted, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    staff = {one.telegram_id: one for one in coordinators.everybody(tx)}
    since = overview.waiting(tx, [case.id for case in shown])
    rows = tuple(_row(tx, house, case, staff, since.get(case.id)) for case in shown)
    more = overview.Cursor(urgency=shown[-1].urgency, id=shown[-1].id) if len(found) > PAGE else None
    return Listing(rows=rows, next=more, staff=tuple(one for one in staff.values() if one.active))


def _row(tx: Transaction, house: House, case: Case, staff: dict[int, Coordinator], since: datetime | None) -> Row:
    holder = staff.get(case.holder) if case.holder else None
    return Row(
        case=case,
        title=cards.title(Group(tx=tx, house=house), case),
        language=chats.get(tx, case.chat_id).language,
        holder=holder.name if holder else None,
        waiting=since or (case.opened_at if case.holder is None and not case.closed_at else None),
    )


def sheet(tx: Transaction, house: House, visitor: Coordinator, number: str) -> Sheet | None:
    """A case by its number; None when there is none. Raises Denied when the visitor left the roster meanwhile."""
    known = cases.by_number(tx, number)
    if known is None:
        return None
    case = cases.access(tx, known.id, visitor.telegram_id, action="case.web", locked=False)
    lines = relay.history(tx, case.id)[-LINES:]
    authors = {line.author for line in lines if line.direction != "in"}
    return Sheet(
        card=cards.gather(Group(tx=tx, house=house), case),
        lines=tuple(lines),
        names={one: cards.name_of(tx, one) or "" for one in authors},
        documents=tuple((one, tuple(documents.parts(tx, one.id))) for one in documents.for_chat(tx, case.chat_id)),
    )
