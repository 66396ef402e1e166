"""Cases as a list for the desk: the most urgent first, then the oldest, or the newest first, or whoever waits longest for an answer.

Page by page, at a cost that does not grow with what is stored; the last order looks at every open case that the filters leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, or_, select

from storage.rows import Case
from storage.tables import CaseMessages, Cases, Chats, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Subquery

    from storage.transaction import Transaction

URGENCIES: Final = ("urgent", "soon", "routine")
NOBODY: Final = 0  # as a holder: cases that nobody holds

_cases, _messages, _chats = table(Cases), table(CaseMessages), table(Chats)
_ids = _messages.c.case_id
_ANSWERED = func.max(_messages.c.id)
_replies = _messages.alias("replies")
_replied = (
    select(func.max(_replies.c.id))
    .where(_replies.c.case_id == _cases.c.id, _replies.c.direction == "out")
    .correlate(_cases)
    .scalar_subquery()
)
_unanswered = (
    select(func.min(_messages.c.at))
    .where(_ids == _cases.c.id, _messages.c.direction == "in", _messages.c.id > func.coalesce(_replied, 0))
    .correlate(_cases)
    .scalar_subquery()
)
_free = case((_cases.c.holder.is_(None), _cases.c.opened_at))
_SINCE = func.coalesce(_unanswered, _free)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What a list is of; None: any. `holder` NOBODY: unclaimed. `number`: the beginning of a case number."""

    closed: bool = False
    holder: int | None = None
    stage: str | None = None
    urgency: str | None = None
    flagged: bool = False
    number: str = ""
    newest: bool = False
    waiting: bool = False  # only who waits for an answer or for somebody to take the case, the longest wait first


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """The last case of the page before."""

    urgency: str = URGENCIES[0]
    id: int = 0
    since: datetime | None = None  # of a list by waiting


def page(tx: Transaction, wanted: Wanted, *, after: Cursor | None = None, limit: int = 50) -> list[Case]:
    """Cases after a cursor. Raises ValueError for an urgency that nobody knows."""
    if wanted.waiting:
        return _longest(tx, wanted, after, limit)
    if wanted.newest:
        return _newest(tx, wanted, after, limit)
    start = after or Cursor()
    found: list[Case] = []
    for urgency in URGENCIES[URGENCIES.index(start.urgency) :]:
        if wanted.urgency in (None, urgency):
            beyond = start.id if urgency == start.urgency else 0
            found += _some(tx, wanted, urgency, beyond, limit - len(found))
        if len(found) >= limit:
            break
    return found


def _longest(tx: Transaction, wanted: Wanted, after: Cursor | None, limit: int) -> list[Case]:
    conditions = [*_conditions(wanted), *([] if wanted.urgency is None else [_cases.c.urgency == wanted.urgency])]
    found = select(_cases, _SINCE.label("since")).where(*conditions).subquery()
    beyond: list[ColumnElement[bool]] = [found.c.since.is_not(None)]
    if after and after.since:
        beyond.append(or_(found.c.since > after.since, and_(found.c.since == after.since, found.c.id > after.id)))
    rows = tx.rows(select(*_own(found)).where(*beyond).order_by(found.c.since, found.c.id).limit(limit))
    return [Case(**row._asdict()) for row in rows]


def _own(found: Subquery) -> list[ColumnElement[Any]]:
    return [found.c[one.name] for one in _cases.c]


def _newest(tx: Transaction, wanted: Wanted, after: Cursor | None, limit: int) -> list[Case]:
    conditions = [*_conditions(wanted), *([_cases.c.id < after.id] if after else [])]
    conditions += [] if wanted.urgency is None else [_cases.c.urgency == wanted.urgency]
    rows = tx.rows(select(_cases).where(*conditions).order_by(_cases.c.id.desc()).limit(limit))
    return [Case(**row._asdict()) for row in rows]


def _some(tx: Transaction, wanted: Wanted, urgency: str, beyond: int, limit: int) -> list[Case]:
    conditions = and_(_cases.c.urgency == urgency, _cases.c.id > beyond, *_conditions(wanted))
    rows = tx.rows(select(_cases).where(conditions).order_by(_cases.c.id).limit(limit))
    return [Case(**row._asdict()) for row in rows]


def _conditions(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    yield _cases.c.closed_at.is_not(None) if wanted.closed else _cases.c.closed_at.is_(None)
    if wanted.holder is not None:
        yield _cases.c.holder.is_(None) if wanted.holder == NOBODY else _cases.c.holder == wanted.holder
    if wanted.stage is not None:
        yield _cases.c.stage == wanted.stage
    if wanted.flagged:
        yield _cases.c.red_flag_at.is_not(None)
    if wanted.number:
        yield _cases.c.number.between(wanted.number, f"{wanted.number}\x7f")  # a prefix that the index of numbers finds


@dataclass(frozen=True, kw_only=True, slots=True)
class Unalerted:
    """Open cases that nobody holds and that have no alert of their own: how many, by language, and the most urgent ones."""

    count: int
    languages: tuple[tuple[str | None, int], ...]
    first: tuple[Case, ...]


_UNALERTED = (_cases.c.closed_at.is_(None), _cases.c.holder.is_(None), _cases.c.alert_outbox_id.is_(None))
_ANY_UNALERTED = select(_cases.c.id).where(*_UNALERTED).limit(1)


def any_unalerted(tx: Transaction) -> bool:
    return tx.row(_ANY_UNALERTED, {}) is not None


def unalerted(tx: Transaction, *, limit: int = 8) -> Unalerted:
    joined = _cases.join(_chats, _chats.c.id == _cases.c.chat_id)
    many = func.count().label("many")
    grouped = select(_chats.c.language, many).select_from(joined).where(*_UNALERTED).group_by(_chats.c.language)
    languages = tuple((row.language, row.many) for row in tx.rows(grouped.order_by(many.desc(), _chats.c.language)))
    urgency = case({name: place for place, name in enumerate(URGENCIES)}, value=_cases.c.urgency)
    rows = tx.rows(select(_cases).where(*_UNALERTED).order_by(urgency, _cases.c.id).limit(limit))
    first = tuple(Case(**row._asdict()) for row in rows)
    return Unalerted(count=sum(many for _, many in languages), languages=languages, first=first)


def waiting(tx: Transaction, ids: Sequence[int]) -> dict[int, datetime]:
    """Since when the patient's side waits for an answer, by case; only those that wait."""
    replies = select(_ids, _ANSWERED.label("last")).where(_ids.in_(ids), _messages.c.direction == "out").group_by(_ids)
    replied = {row.case_id: row.last for row in tx.rows(replies)}
    said = select(_ids, _messages.c.id, _messages.c.at).where(_ids.in_(ids), _messages.c.direction == "in")
    since: dict[int, datetime] = {}
    for row in tx.rows(said.order_by(_messages.c.id)):
        if row.id > replied.get(row.case_id, 0):
            since.setdefault(row.case_id, row.at)
    return since
