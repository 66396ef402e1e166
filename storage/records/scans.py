"""Files that a virus scanner has still to look at, because it did not answer when they came, and what it says in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam

from storage import documents
from storage.records import record_marks
from storage.schema.document_tables import DocumentParts, Documents
from storage.tables import table

if TYPE_CHECKING:
    from storage.rows import Part
    from storage.transaction import Transaction

UNSCANNED, PARTLY = "unscanned", "scanned-partly"  # of `Part.flags`

_documents, _parts = table(Documents), table(DocumentParts)
_stored = _parts.c.state == "stored"
_this = (_parts.c.id == bindparam("id_"), _stored, _parts.c.flags.contains(UNSCANNED))
_WAITING = documents.PARTS.where(_stored, _parts.c.flags.contains(UNSCANNED)).order_by(_parts.c.id).limit(bindparam("limit_"))
_CLEAN = _parts.update().where(*_this).values(flags=bindparam("flags_"))
_INFECTED = _parts.update().where(*_this).values(state="refused", reason="infected", blob=None, flags=None)
_REFUSE = _documents.update().where(_documents.c.id == bindparam("id_")).values(state="refused", record=None)


def waiting(tx: Transaction, limit: int = 10) -> list[Part]:
    """Stored files that no scanner has looked at, though there is one."""
    return [documents.part_row(tx, row) for row in tx.rows(_WAITING, {"limit_": limit})]


def clean(tx: Transaction, part: Part, *, partly: bool = False) -> bool:
    """Nothing was found, in all of it or in its beginning. False: somebody else said so, or the file is gone."""
    kept = [one for one in part.flags if one != UNSCANNED]
    flags = ",".join([*kept, PARTLY] if partly else kept) or None
    return tx.changed(_CLEAN, {"id_": part.id, "flags_": flags})


def infected(tx: Transaction, part: Part) -> bool:
    """It is taken away; the caller deletes its bytes. A record that it alone stood for is missing again. False: as with `clean`."""
    if not tx.changed(_INFECTED, {"id_": part.id}):
        return False
    if not any(one.state == "stored" for one in documents.parts(tx, part.document_id)):
        document = documents.get(tx, part.document_id)
        tx.execute(_REFUSE, {"id_": document.id})
        others = (one.record for one in documents.for_chat(tx, document.chat_id))
        if document.record and document.record not in others:
            record_marks.drop(tx, document.chat_id, document.record)
    return True
