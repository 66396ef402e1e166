"""Documents that lie apart, such as a passport: in a place of their own, under a key of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from storage import documents
from storage.schema.document_tables import DocumentParts, Documents
from storage.sealed import data_keys
from storage.sealed.sealing import Binding
from storage.tables import table

if TYPE_CHECKING:
    from storage.rows import Part
    from storage.transaction import Transaction

_documents, _parts = table(Documents), table(DocumentParts)
_parts_of_copies = _parts.alias()
_named = _documents.alias()
_digests = select(_parts.c.hmac).where(_parts.c.document_id == bindparam("id_"), _parts.c.hmac.is_not(None))
_FOLLOW = (
    _documents.update()
    .where(
        _documents.c.chat_id == select(_named.c.chat_id).where(_named.c.id == bindparam("id_")).scalar_subquery(),
        _documents.c.origin == "patient",
        _documents.c.id.in_(select(_parts_of_copies.c.document_id).where(_parts_of_copies.c.hmac.in_(_digests))),
    )
    .values(guarded=True, record=select(_named.c.record).where(_named.c.id == bindparam("id_")).scalar_subquery())
)
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


def follow(tx: Transaction, document_id: str) -> None:
    """Copies of a guarded document, sent before or after it, lie apart as well and are called what it is called."""
    tx.execute(_FOLLOW, {"id_": document_id})


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
