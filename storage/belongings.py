"""What there is of a chat, asked in one statement: most turns are of somebody who has no case, no marked record and no document yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, select

from storage.tables import Cases, Documents, RecordMarks, table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from storage.transaction import Transaction


class Belongings(NamedTuple):
    """Whether a chat has any of these; a case only while it is open."""

    case: bool
    past: bool  # a case that is closed
    marks: bool
    documents: bool


def _has(rows: Table, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(rows.c.chat_id).where(rows.c.chat_id == bindparam("chat_id_"), *where).limit(1).exists()


_cases = table(Cases)
_OF_CHAT = select(
    _has(_cases, _cases.c.closed_at.is_(None)).label("case"),
    _has(_cases, _cases.c.closed_at.is_not(None)).label("past"),
    _has(table(RecordMarks)).label("marks"),
    _has(table(Documents)).label("documents"),
)


def of_chat(tx: Transaction, chat_id: int) -> Belongings:
    """Of one chat."""
    row = tx.row(_OF_CHAT, {"chat_id_": chat_id})
    assert row is not None  # a row of three truths
    return Belongings(*map(bool, row))
