"""What there is of a chat, asked in one statement: most turns are of somebody who has no case, no marked record and no document yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, func, literal_column, select

from storage import chats, responses
from storage.rows import Chat
from storage.schema.document_tables import Documents, RecordMarks
from storage.sending import handing
from storage.tables import Cases, Chats, Responses, table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Table

    from storage.rows import StoredResponse
    from storage.transaction import Transaction


class Belongings(NamedTuple):
    """Whether a chat has any of these; a case only while it is open. `unsent`: messages to the patient that wait or are being sent."""

    case: bool
    past: bool  # a case that is closed
    marks: bool
    documents: bool
    unsent: bool
    response: StoredResponse | None


_chats, _cases, _responses = table(Chats), table(Cases), table(Responses)
_CHAT = tuple(Chat.__slots__)


def _has(rows: Table, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(rows.c.chat_id).where(rows.c.chat_id == _chats.c.id, *where).limit(1).correlate(_chats).exists()


_of_chat = _responses.alias("of_chat")
_newest = select(func.max(_of_chat.c.number)).where(_of_chat.c.chat_id == _chats.c.id).correlate(_chats).scalar_subquery()
_EACH = select(
    *(_chats.c[name] for name in _CHAT),
    _has(_cases, _cases.c.closed_at.is_(None)).label("case"),
    _has(_cases, _cases.c.closed_at.is_not(None)).label("past"),
    _has(table(RecordMarks)).label("marks"),
    _has(table(Documents)).label("documents"),
    handing.unsent(literal_column("'patient'"), _chats.c.telegram_id).label("unsent"),
    *responses.COLUMNS,
).select_from(_chats.outerjoin(_responses, and_(_responses.c.chat_id == _chats.c.id, _responses.c.number == _newest)))
_OF_CHAT = _EACH.where(_chats.c.id == bindparam("chat_id_"))
_OF_SENDER = _EACH.where(_chats.c.telegram_id == bindparam("telegram_id_"))


def of_chat(tx: Transaction, chat: Chat) -> Belongings:
    """Of one chat."""
    row = tx.row(_OF_CHAT, {"chat_id_": chat.id})
    assert row is not None  # chats are never deleted
    return _belongings(tx, row)


def of_sender(tx: Transaction, telegram_id: int) -> tuple[Chat, Belongings] | None:
    """The chat of a Telegram account, held until the transaction ends, with what there is of it; None: there is no such chat yet."""
    held = chats.hold(tx, telegram_id)
    row = tx.row(_OF_SENDER, {"telegram_id_": telegram_id})
    if row is None or not held():  # somebody may have made it between the two
        return None
    return Chat(**dict(zip(_CHAT, row, strict=False))), _belongings(tx, row)


def _belongings(tx: Transaction, row: Row[Any]) -> Belongings:
    newest = row[len(_CHAT) + len(Belongings._fields) - 1 :]
    return Belongings(
        case=bool(row.case),
        past=bool(row.past),
        marks=bool(row.marks),
        documents=bool(row.documents),
        unsent=bool(row.unsent),
        response=None if newest[0] is None else responses.stored(tx, newest),
    )
