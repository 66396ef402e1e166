"""What a person said about a record of the checklist: sent later, not there, received."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.schema.document_tables import RecordMarks
from storage.tables import table

if TYPE_CHECKING:
    from datetime import datetime

    from storage.transaction import Transaction

_marks = table(RecordMarks)
_insert = insert(_marks)
_PUT = _insert.on_conflict_do_update(
    index_elements=["chat_id", "record"], set_={"mark": _insert.excluded.mark, "at": _insert.excluded.at}
)
_DROP = _marks.delete().where(_marks.c.chat_id == bindparam("chat_id_"), _marks.c.record == bindparam("record_"))
_ALL = select(_marks.c.record, _marks.c.mark, _marks.c.at).where(_marks.c.chat_id == bindparam("chat_id_"))


def put(tx: Transaction, chat_id: int, record: str, mark: str) -> None:
    """Set the mark of a record: later | none | received."""
    tx.later(_PUT, {"chat_id": chat_id, "record": record, "mark": mark, "at": tx.now})


def drop(tx: Transaction, chat_id: int, record: str) -> None:
    """Nothing is known of a record any more."""
    tx.execute(_DROP, {"chat_id_": chat_id, "record_": record})


def for_chat(tx: Transaction, chat_id: int) -> dict[str, str]:
    """Record -> mark."""
    return {row.record: row.mark for row in tx.rows(_ALL, {"chat_id_": chat_id})}


def times(tx: Transaction, chat_id: int) -> dict[str, datetime]:
    """Record -> when its mark was set."""
    return {row.record: row.at for row in tx.rows(_ALL, {"chat_id_": chat_id})}
