"""What the pages of the desk show, read from rows. Every look passes through `cases.access` or leaves a line of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot import intakes
from bot.effects import cards
from bot.effects.group import Group
from flows.staff import roles
from flows.trials.table import table
from storage import audit, cases, chats, coordinators, documents, relay, reminders
from storage.desk import next_acts, overview, saved_views
from storage.desk.overview import Cursor

if TYPE_CHECKING:
    from bot.effects.scene import House
    from bot.wording.card import Card
    from flows.response import QuestionnaireResponse
    from flows.staff.desk import About
    from flows.trials.table import Row as ProtocolRow
    from storage.desk.overview import Wanted
    from storage.rows import AuditLine, Case, CaseMessage, Chat, Coordinator, Document, NextAct, Part, Reminder
    from storage.transaction import Transaction

PAGE = 50  # cases of one list
LINES = 300  # lines of a conversation, the newest
REFUSED = "document.refused"  # in the audit log, instead of the look at a document that somebody asked for
TRAIL = 100  # lines of the audit log about one case, the newest

Opens = Callable[["Stored", "Part", "Case"], bool]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One case of a list. `response`: for the disease in its title, a coded answer, never a person's own words.

    `level`: 2 when what the desk promised is over, see flows.staff.desk.Desk.level.
    """

    case: Case
    response: QuestionnaireResponse | None
    language: str | None
    holder: str | None
    waiting: datetime | None
    level: int
    next: NextAct | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    rows: tuple[Row, ...]
    next: Cursor | None
    staff: tuple[Coordinator, ...]
    views: dict[str, str]
    now: datetime
    today: date


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
    staff: tuple[Coordinator, ...]
    after: Case | None
    now: datetime


def listing(
    tx: Transaction, house: House, visitor: Coordinator, wanted: Wanted, after: Cursor | None, *, limit: int = PAGE
) -> Listing:
    """One page of cases, and who works at the desk. Its day is that of the desk's office."""
    audit.write(tx, actor=str(visitor.telegram_id), action="case.list", object="cases")
    found = overview.page(tx, wanted, after=after, limit=limit + 1)
    shown = found[:limit]
    staff = {one.telegram_id: one for one in coordinators.everybody(tx)}
    since = overview.waiting(tx, [case.id for case in shown])
    acts = next_acts.of(tx, [case.id for case in shown])
    rows = tuple(_row(tx, house, case, staff, since.get(case.id), acts.get(case.id)) for case in shown)
    more = _place(wanted, rows[-1].case, rows[-1].waiting) if len(found) > limit else None
    active = tuple(one for one in staff.values() if one.active)
    today = tx.now.astimezone(house.desk_zone).date()
    return Listing(rows=rows, next=more, staff=active, views=saved_views.of(tx, visitor.telegram_id), now=tx.now, today=today)


def following(tx: Transaction, wanted: Wanted, case: Case) -> Case | None:
    """The case that comes after this one in a list, or the first one where this one is in it no more."""
    since = _waits(case, overview.waiting(tx, [case.id]).get(case.id))
    found = overview.page(tx, wanted, after=_place(wanted, case, since), limit=2)
    return next((one for one in found if one.id != case.id), None)


def _waits(case: Case, since: datetime | None) -> datetime | None:
    """Since when somebody waits for the desk: for an answer, or for anybody to take the case."""
    return since or (case.opened_at if case.holder is None else None)


def _place(wanted: Wanted, case: Case, since: datetime | None) -> Cursor:
    return Cursor(urgency=case.urgency, id=case.id, since=since if wanted.waiting else None)


def _row(
    tx: Transaction, house: House, case: Case, staff: dict[int, Coordinator], since: datetime | None, act: NextAct | None
) -> Row:
    holder = staff.get(case.holder) if case.holder else None
    waiting = None if case.closed_at else _waits(case, since)
    about: About = "answer" if case.holder else "claim"
    return Row(
        case=case,
        response=intakes.current(tx, case.chat_id, house.definition),
        language=chats.get(tx, case.chat_id).language,
        holder=holder.name if holder else None,
        waiting=waiting,
        level=house.definition.desk.level(about, waiting, tx.now) if waiting else 0,
        next=None if case.closed_at else act,
    )


def opened(tx: Transaction, visitor: Coordinator, number: str, *, action: str) -> Case | None:
    """A case by its number, with the line in the audit log that says who looked at what; None when there is none. Raises Denied."""
    known = cases.by_number(tx, number)
    return None if known is None else cases.access(tx, known.id, visitor.telegram_id, action=action, locked=False)


def sheet(tx: Transaction, house: House, visitor: Coordinator, number: str, wanted: Wanted | None = None) -> Sheet | None:
    """A case by its number; None when there is none. `wanted`: the list from which it was opened.

    Raises Denied when the visitor left the roster meanwhile.
    """
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
        staff=tuple(one for one in coordinators.roster(tx) if roles.may(one.role, "act")),
        after=following(tx, wanted, case) if wanted else None,
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
    cases.allowed(tx, case.id, visitor.telegram_id)
    files = ((one, part) for one in stored(tx, house, case) for part in one.parts)
    found = next(((one, part, case) for one, part in files if part.id == part_id and part.blob), None)
    good = found is not None and opens(*found)
    cases.access(tx, case.id, visitor.telegram_id, action=action if good else REFUSED, locked=False)
    return found if good else None
