"""The day that stands on a document, as a coordinator read it: from it a record grows old."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.schema.document_tables import DocumentDates, Documents
from storage.tables import table

if TYPE_CHECKING:
    from datetime import date

    from storage.transaction import Transaction

_dates, _documents = table(DocumentDates), table(Documents)
_insert = insert(_dates)
_PUT = _insert.on_conflict_do_update(
    index_elements=["document_id"], set_={name: _insert.excluded[name] for name in ("day", "by", "at")}
)
_of_chat = _documents.c.chat_id == bindparam("chat_id_")
_joined = _dates.join(_documents, _documents.c.id == _dates.c.document_id)
_ALL = select(_dates.c.document_id, _dates.c.day).select_from(_joined).where(_of_chat)
_NEWEST = (
    select(_documents.c.record, func.max(_dates.c.day).label("day"))
    .select_from(_joined)
    .where(_of_chat, _documents.c.record.is_not(None))
    .group_by(_documents.c.record)
)


def put(tx: Transaction, document_id: str, day: date, *, by: int) -> None:
    """Set the day of a document, or set it right."""
    tx.execute(_PUT, {"document_id": document_id, "day": day, "by": by, "at": tx.now})


def for_chat(tx: Transaction, chat_id: int) -> dict[str, date]:
    """Document -> its day."""
    return {row.document_id: row.day for row in tx.rows(_ALL, {"chat_id_": chat_id})}


def of_records(tx: Transaction, chat_id: int) -> dict[str, date]:
    """Record -> the newest day of a document that was filed under it."""
    return {row.record: row.day for row in tx.rows(_NEWEST, {"chat_id_": chat_id})}
