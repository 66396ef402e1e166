"""Values that coordinators read in reports: the amount sealed, its day and its report beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from storage.rows import ReadValue
from storage.schema.desk_tables import ReadValues
from storage.schema.document_tables import Documents
from storage.tables import table

if TYPE_CHECKING:
    from datetime import date

    from storage.transaction import Transaction

_values, _documents = table(ReadValues), table(Documents)
_ADD = _values.insert().returning(_values.c.id)
_FOR_CHAT = (
    select(_values, _documents.c.record)
    .select_from(_values.outerjoin(_documents, _documents.c.id == _values.c.document_id))
    .where(_values.c.chat_id == bindparam("chat_id_"))
    .order_by(_values.c.day, _values.c.id)
)
_DROP = _values.delete().where(_values.c.id == bindparam("id_"), _values.c.chat_id == bindparam("chat_id_"))


def add(
    tx: Transaction, chat_id: int, link_id: str, amount: Any, *, day: date, document_id: str | None, grade: str, by: int
) -> int:
    """Keep one. `amount`: a JSON value. Returns its number."""
    sealed = tx.seal_json(amount, _context(chat_id, link_id))
    row = {"chat_id": chat_id, "link_id": link_id, "amount": sealed, "day": day, "document_id": document_id}
    return int(tx.execute(_ADD, {**row, "grade": grade, "by": by, "at": tx.now}).scalar_one())


def for_chat(tx: Transaction, chat_id: int) -> list[ReadValue]:
    """All of them, the oldest day first."""
    return [_value(tx, row) for row in tx.rows(_FOR_CHAT, {"chat_id_": chat_id})]


def drop(tx: Transaction, chat_id: int, id_: int) -> None:
    """It was read wrongly."""
    tx.execute(_DROP, {"chat_id_": chat_id, "id_": id_})


def _value(tx: Transaction, row: Any) -> ReadValue:
    amount = tx.unseal_json(row.amount, _context(row.chat_id, row.link_id))
    return ReadValue(**{**row._asdict(), "amount": amount})


def _context(chat_id: int, link_id: str) -> str:
    return f"read_values.amount:{chat_id}:{link_id}"
