"""The keys of one family's documents: random, wrapped by the master key, one for each area. Erasing them erases the documents."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Literal

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.schema.document_tables import DataKeys
from storage.sealed.sealing import data_key
from storage.tables import table

if TYPE_CHECKING:
    from storage.transaction import Transaction

Area = Literal["records", "guarded"]

_keys = table(DataKeys)
_OF = select(_keys.c.id, _keys.c.wrapped).where(_keys.c.chat_id == bindparam("chat_id_"), _keys.c.area == bindparam("area_"))
_INSERT = insert(_keys).on_conflict_do_nothing(index_elements=["chat_id", "area"])


def of(tx: Transaction, chat_id: int, area: Area = "records") -> tuple[str, bytes]:
    """A chat's key of one area, made when there is none: its id and the wrapped key."""
    known = {"chat_id_": chat_id, "area_": area}
    row = tx.row(_OF, known)
    if row is None:
        key_id = secrets.token_hex(16)
        made = {"id": key_id, "chat_id": chat_id, "area": area, "wrapped": data_key(tx.keys, key_id), "created_at": tx.now}
        tx.execute(_INSERT, made)
        row = tx.row(_OF, known)  # somebody else may have been first
    assert row is not None
    return row.id, row.wrapped
