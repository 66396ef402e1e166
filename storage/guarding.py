"""Documents that lie apart, such as a passport: in a place of their own, under a key of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam

from storage import data_keys, documents
from storage.document_tables import DocumentParts, Documents
from storage.sealing import Binding
from storage.tables import table

if TYPE_CHECKING:
    from storage.rows import Part
    from storage.transaction import Transaction

_documents, _parts = table(Documents), table(DocumentParts)
_GUARD = _documents.update().where(_documents.c.id == bindparam("id_")).values(guarded=True)
_TO_GUARD = (
    documents.PARTS.join(_documents, _documents.c.id == _parts.c.document_id)
    .where(_documents.c.guarded, _parts.c.state == "stored", _parts.c.blob.not_like("g%"))
    .order_by(_parts.c.id)
    .limit(bindparam("limit_"))
)
_MOVE = (
    _parts.update()
    .where(_parts.c.id == bindparam("id_"), _parts.c.blob == bindparam("before_"))
    .values(blob=bindparam("blob_"), key_id=bindparam("key_"))
)


def guard(tx: Transaction, document_id: str) -> None:
    """From now on this document lies apart; `to_guard` finds the bytes that are still with the others."""
    tx.execute(_GUARD, {"id_": document_id})


def to_guard(tx: Transaction, limit: int = 10) -> list[Part]:
    """Stored parts of guarded documents whose bytes do not lie apart yet."""
    return [documents.part_row(tx, row) for row in tx.rows(_TO_GUARD, {"limit_": limit})]


def apart(tx: Transaction, part: Part) -> Binding:
    """What the bytes of a guarded part are to be bound to."""
    key_id, wrapped = data_keys.of(tx, documents.get(tx, part.document_id).chat_id, "guarded")
    return Binding(context=documents.context(part), key_id=key_id, wrapped=wrapped, guarded=True)


def moved(tx: Transaction, part: Part, *, blob: str, key_id: str) -> bool:
    """The bytes lie in another blob now. False: they were moved or erased meanwhile, and the caller deletes the new blob."""
    return tx.changed(_MOVE, {"id_": part.id, "before_": part.blob, "blob_": blob, "key_": key_id})
