"""What the desk carries and how fast it answers, as counts and times. No names of patients, no words."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, select

from storage.tables import CaseMessages, Cases, Chats, table

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement

    from storage.transaction import Transaction

_chats, _cases, _messages = table(Chats), table(Cases), table(CaseMessages)
_open = _cases.c.closed_at.is_(None)
_many = func.count().label("many")
_since = _cases.c.opened_at >= bindparam("since_")
_OPENED = select(_many).select_from(_cases).where(_since)
_FIRST = (
    select(_cases.c.opened_at, func.min(_messages.c.at).label("first"))
    .join(_messages, and_(_messages.c.case_id == _cases.c.id, _messages.c.direction == "out"))
    .where(_since)
    .group_by(_cases.c.id, _cases.c.opened_at)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstAnswers:
    """Of cases opened within a span: how many were answered, after how long half of them, and nine of ten, had their answer."""

    cases: int
    answered: int
    half: timedelta | None
    nine_tenths: timedelta | None


def by_language(tx: Transaction) -> dict[str | None, int]:
    """Open cases."""
    return _counted(tx, _chats.c.language)


def by_holder(tx: Transaction) -> dict[int | None, int]:
    """Open cases by who holds them; None: nobody."""
    return _counted(tx, _cases.c.holder)


def _counted(tx: Transaction, column: ColumnElement[Any]) -> dict[Any, int]:
    joined = _cases.join(_chats, _chats.c.id == _cases.c.chat_id)
    found = select(column.label("key"), _many).select_from(joined).where(_open).group_by(column).order_by(_many.desc(), column)
    return {row.key: row.many for row in tx.rows(found)}


def first_answers(tx: Transaction, since: datetime) -> FirstAnswers:
    """Of every case opened since then."""
    spans = sorted(row.first - row.opened_at for row in tx.rows(_FIRST, {"since_": since}))
    opened = tx.row(_OPENED, {"since_": since})
    nine = spans[-(-len(spans) * 9 // 10) - 1] if spans else None
    half = median(spans) if spans else None
    return FirstAnswers(cases=int(opened.many) if opened else 0, answered=len(spans), half=half, nine_tenths=nine)
