"""What the pages of the desk show, read from rows. Every look passes through `cases.access` or leaves a line of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import intakes
from bot.effects import cards
from bot.effects.group import Group
from flows.trials.table import table
from storage import audit, cases, chats, coordinators, documents, overview, relay, reminders, saved_views

if TYPE_CHECKING:
    from bot.effects.scene import House
    from bot.wording.card import Card
    from flows.response import QuestionnaireResponse
    from flows.trials.table import Row as ProtocolRow
    from storage.overview import Cursor, Wanted
    from storage.rows import AuditLine, Case, CaseMessage, Chat, Coordinator, Document, Part, Reminder
    from storage.transaction import Transaction

PAGE = 50  # cases of one list
LINES = 300  # lines of a conversation, the newest
REFUSED = "document.refused"  # in the audit log, instead of the look at a document that somebody asked for
TRAIL = 100  # lines of the audit log about one case, the newest

Opens = Callable[["Stored", "Part", "Case"], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One case of a list. `response`: for the disease in its title, a coded answer, never a person's own words."""

    case: Case
    response: QuestionnaireResponse | None
    language: str | None
    holder: str | None
    waiting: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    rows: tuple[Row, ...]
    next: Cursor | None
    staff: tuple[Coordinator, ...]
    views: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A document with its files. `guarded`: a record that is kept apart, such as the passport."""

    document: Document
    parts: tuple[Part, ...]
    guarded: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One case, whole. `names`: what the desk calls whoever wrote a line or stands in the trail, by their number as text."""

    card: Card
    lines: tuple[CaseMessage, ...]
    names: dict[str, str]
    documents: tuple[Stored, ...]
    protocols: tuple[ProtocolRow, ...]
    planned: tuple[Reminder, ...]
    trail: tuple[AuditLine, ...]
    chat: Chat
    now: datetime


def listing(
    tx: Transaction, house: House, visitor: Coordinator, wanted: Wanted, after: Cursor | None, *, limit: int = PAGE
) -> Listing:
    """One page of cases, and who works at the desk."""
    audit.write(tx, actor=str(visitor.telegram_id), action="case.list", object="cases")
    found = overview.page(tx, wanted, after=after, limit=limit + 1)
    shown = found[:limit]
    staff = {one.telegram_id: one for one in coordinators.everybody(tx)}
    since = overview.waiting(tx, [case.id for case in shown])
    rows = tuple(_row(tx, house, case, staff, since.get(case.id)) for case in shown)
    more = overview.Cursor(urgency=shown[-1].urgency, id=shown[-1].id) if len(found) > limit else None
    active = tuple(one for one in staff.values() if one.active)
    return Listing(rows=rows, next=more, staff=active, views=saved_views.of(tx, visitor.telegram_id))


def _row(tx: Transaction, house: House, case: Case, staff: dict[int, Coordinator], since: datetime | None) -> Row:
    holder = staff.get(case.holder) if case.holder else None
    waiting = since or (case.opened_at if case.holder is None else None)
    return Row(
        case=case,
        response=intakes.current(tx, case.chat_id, house.definition),
        language=chats.get(tx, case.chat_id).language,
        holder=holder.name if holder else None,
        waiting=None if case.closed_at else waiting,
    )


def opened(tx: Transaction, visitor: Coordinator, number: str, *, action: str) -> Case | None:
    """A case by its number, with the line in the audit log that says who looked at what; None when there is none. Raises Denied."""
    known = cases.by_number(tx, number)
    return None if known is None else cases.access(tx, known.id, visitor.telegram_id, action=action, locked=False)


def sheet(tx: Transaction, house: House, visitor: Coordinator, number: str) -> Sheet | None:
    """A case by its number; None when there is none. Raises Denied when the visitor left the roster meanwhile."""
    case = opened(tx, visitor, number, action="case.web")
    if case is None:
        return None
    card = cards.gather(Group(tx=tx, house=house), case)
    lines, trail = relay.newest(tx, case.id, LINES), audit.about(tx, f"case:{case.id}", limit=TRAIL)
    actors = (
        {str(line.author) for line in lines if line.direction != "in"} | {line.actor for line in trail} | {str(case.holder)}
    )
    return Sheet(
        card=card,
        lines=tuple(lines),
        names={one: cards.name_of(tx, int(one)) or one for one in actors if one.isdigit()},
        documents=stored(tx, house, case),
        protocols=protocols(tx, house, card),
        planned=planned(tx, case),
        trail=tuple(trail),
        chat=chats.get(tx, case.chat_id),
        now=tx.now,
    )


def card(tx: Transaction, house: House, case: Case) -> Card:
    """The card of a case whose reading was written down."""
    return cards.gather(Group(tx=tx, house=house), case)


def protocols(tx: Transaction, house: House, card: Card) -> tuple[ProtocolRow, ...]:
    """The trials that take patients, beside the answers of a case; none where nothing was answered."""
    today = tx.now.astimezone(ZoneInfo(card.zone or "UTC")).date()
    found = table(house.definition, card.screened, today=today) if card.screened else ()
    return tuple(row for row in found if row.protocol.registry.open)


def planned(tx: Transaction, case: Case) -> tuple[Reminder, ...]:
    """Messages and appointments that are to come."""
    return tuple(one for one in reminders.for_chat(tx, case.chat_id) if one.state == "planned")


def stored(tx: Transaction, house: House, case: Case) -> tuple[Stored, ...]:
    """Documents of this case's chat, from both sides, oldest first."""
    guarded = {record.id for record in house.definition.records if record.guarded}
    return tuple(
        Stored(document=one, parts=tuple(documents.parts(tx, one.id)), guarded=one.guarded or one.record in guarded)
        for one in documents.for_chat(tx, case.chat_id)
    )


def file(
    tx: Transaction, house: House, visitor: Coordinator, number: str, part_id: int, *, action: str, opens: Opens
) -> tuple[Stored, Part, Case] | None:
    """One stored file of a case; None for everything else: what is not there, another case's, what does not open for this visitor."""
    case = cases.by_number(tx, number)
    if case is None:
        return None
    files = ((one, part) for one in stored(tx, house, case) for part in one.parts)
    found = next(((one, part, case) for one, part in files if part.id == part_id and part.blob), None)
    good = found is not None and opens(*found)
    opened(tx, visitor, number, action=action if good else REFUSED)
    return found if good else None
