"""Documents that came before the consent to keep anything: written down without name or bytes, until the answer is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal_column, select

from storage.schema.document_tables import DocumentParts, Documents
from storage.tables import table

if TYPE_CHECKING:
    from storage.transaction import Transaction

_documents = table(Documents)
_parts = table(DocumentParts)
_held = (_documents.c.chat_id == bindparam("chat_id_"), _documents.c.state == literal_column("'held'"))
_of_held = _parts.c.document_id.in_(select(_documents.c.id).where(*_held))

_RELEASE_PARTS = _parts.update().where(_of_held).values(state="announced")
_RELEASE = _documents.update().where(*_held).values(state="open", closes_at=bindparam("now_"))
_DROP_PARTS = _parts.delete().where(_of_held)
_DROP = _documents.delete().where(*_held)


def release(tx: Transaction, chat_id: int) -> None:
    """They may be kept: fetch them."""
    tx.execute(_RELEASE_PARTS, {"chat_id_": chat_id})
    tx.execute(_RELEASE, {"chat_id_": chat_id, "now_": tx.now})


def drop(tx: Transaction, chat_id: int) -> None:
    """They may not be kept: forget them."""
    tx.execute(_DROP_PARTS, {"chat_id_": chat_id})
    tx.execute(_DROP, {"chat_id_": chat_id})
