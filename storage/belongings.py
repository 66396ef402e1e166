"""What there is of a chat, asked in one statement: most turns are of somebody who has no case, no marked record and no document yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import and_, bindparam, func, literal, select

from storage import responses
from storage.schema.document_tables import Documents, RecordMarks
from storage.sending import handing
from storage.tables import Cases, Responses, table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

    from storage.rows import Chat, StoredResponse
    from storage.transaction import Transaction


class Belongings(NamedTuple):
    """Whether a chat has any of these; a case only while it is open. `unsent`: messages to the patient that wait or are being sent."""

    case: bool
    past: bool  # a case that is closed
    marks: bool
    documents: bool
    unsent: bool
    response: StoredResponse | None


def _has(rows: Table, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(rows.c.chat_id).where(rows.c.chat_id == bindparam("chat_id_"), *where).limit(1).exists()


_cases = table(Cases)
_responses = table(Responses)
_one = select(literal(1).label("one")).subquery("one")
_newest = select(func.max(_responses.c.number)).where(_responses.c.chat_id == bindparam("chat_id_")).scalar_subquery()
_OF_CHAT = select(
    _has(_cases, _cases.c.closed_at.is_(None)).label("case"),
    _has(_cases, _cases.c.closed_at.is_not(None)).label("past"),
    _has(table(RecordMarks)).label("marks"),
    _has(table(Documents)).label("documents"),
    handing.unsent(bindparam("bot_"), bindparam("telegram_id_")).label("unsent"),
    *responses.COLUMNS,
).select_from(_one.outerjoin(_responses, and_(_responses.c.chat_id == bindparam("chat_id_"), _responses.c.number == _newest)))


def of_chat(tx: Transaction, chat: Chat) -> Belongings:
    """Of one chat."""
    row = tx.row(_OF_CHAT, {"chat_id_": chat.id, "telegram_id_": chat.telegram_id, "bot_": "patient"})
    assert row is not None  # there is one in any case
    return Belongings(
        case=bool(row.case),
        past=bool(row.past),
        marks=bool(row.marks),
        documents=bool(row.documents),
        unsent=bool(row.unsent),
        response=None if row.id is None else responses.stored(tx, row),
    )
