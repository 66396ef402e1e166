"""What the desk carries and how fast it answers, as counts and times; and responses to be counted. No names of patients, no words."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from storage import responses
from storage.rows import StoredResponse
from storage.tables import CaseMessages, Cases, Chats, Responses, table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from sqlalchemy import ColumnElement

    from storage.transaction import Transaction

MOST = 500  # responses and cases that are looked into, the newest

_chats, _responses, _cases, _messages = table(Chats), table(Responses), table(Cases), table(CaseMessages)
_open = _cases.c.closed_at.is_(None)
_many = func.count().label("many")


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
    """Of the newest cases opened since then."""
    first = (
        select(func.min(_messages.c.at))
        .where(_messages.c.case_id == _cases.c.id, _messages.c.direction == "out")
        .scalar_subquery()
        .label("first")
    )
    found = select(_cases.c.opened_at, first).where(_cases.c.opened_at >= since).order_by(_cases.c.id.desc()).limit(MOST)
    rows = tx.rows(found)
    spans = sorted(row.first - row.opened_at for row in rows if row.first is not None)
    nine = spans[-(-len(spans) * 9 // 10) - 1] if spans else None
    return FirstAnswers(cases=len(rows), answered=len(spans), half=median(spans) if spans else None, nine_tenths=nine)


def begun(tx: Transaction, since: datetime) -> Iterator[StoredResponse]:
    """The newest responses that were begun since then, each the current one of its chat."""
    found = select(_responses.c.chat_id).where(_responses.c.created_at >= since).order_by(_responses.c.created_at.desc())
    for chat_id in dict.fromkeys(row.chat_id for row in tx.rows(found.limit(MOST))):
        current = responses.current(tx, chat_id)
        if current is not None:
            yield current
