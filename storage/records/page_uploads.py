"""Files that arrive by the upload page: a part of a document from the first byte on, examined like any other after the last one.

Such a part is `uploading`, then `announced`; its file_id is the random name of its upload, its blob the draft in the vault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from storage import documents
from storage.schema.document_tables import DocumentParts, Documents, UploadLinks
from storage.tables import table

if TYPE_CHECKING:
    from storage.rows import Document, Part
    from storage.transaction import Transaction

PAGE = "page"  # the kind of these parts

_documents, _parts, _links = table(Documents), table(DocumentParts), table(UploadLinks)
_part = _parts.c.id == bindparam("id_")
_uploading = _parts.c.state == "uploading"
_DRAFTED = _parts.update().where(_part, _uploading).values(blob=bindparam("blob_"))
_FIND = documents.PARTS.where(_parts.c.file_id == bindparam("name_"), _parts.c.link_id == bindparam("link_id_"))
_OF_LINK = documents.PARTS.where(_parts.c.link_id == bindparam("link_id_")).order_by(_parts.c.id)
_UPLOADING = documents.PARTS.where(_uploading).order_by(_parts.c.id)
_ARRIVED = _parts.update().where(_part, _uploading).values(state="announced", blob=bindparam("blob_"), hmac=bindparam("hmac_"))
_OPEN = _documents.update().where(_documents.c.id == bindparam("id_")).values(state="open", closes_at=bindparam("now_"))
_DROP = _parts.delete().where(_part, _uploading)
_DROP_DOCUMENT = _documents.delete().where(_documents.c.id == bindparam("id_"))
_TAKEN = select(func.coalesce(func.sum(_parts.c.declared_size), 0)).where(_parts.c.link_id == bindparam("link_id_"))
_STALE = documents.PARTS.join(_links, _links.c.id == _parts.c.link_id).where(
    _uploading, (_links.c.revoked_at.is_not(None)) | (_links.c.expires_at <= bindparam("now_"))
)


def begin(
    tx: Transaction, chat_id: int, *, link_id: int, upload: str, name: str, size: int, record: str | None, guarded: bool = False
) -> tuple[Document, Part]:
    """A file is about to arrive. The caller holds the lock of the chat, makes the draft and says so with `drafted`."""
    document = documents.insert(
        tx,
        chat_id,
        state="uploading",
        closes_at=tx.now,
        album=None,
        answers_key=None,
        record=record,
        case_id=None,
        origin="patient",
        guarded=guarded,
    )
    part = documents.insert_part(
        tx,
        document,
        state="uploading",
        message_id=0,
        kind=PAGE,
        file_id=upload,
        file_unique_id=upload,
        name=name,
        declared_type=None,
        declared_size=size,
        link_id=link_id,
    )
    return document, part


def drafted(tx: Transaction, part_id: int, blob: str) -> bool:
    """Where its bytes are being kept. False: the upload was dropped meanwhile, and the caller discards the draft."""
    return tx.changed(_DRAFTED, {"id_": part_id, "blob_": blob})


def find(tx: Transaction, link_id: int, upload: str) -> Part | None:
    """An upload of this link by its name, whatever its state."""
    row = tx.row(_FIND, {"name_": upload, "link_id_": link_id})
    return documents.part_row(tx, row) if row else None


def of_link(tx: Transaction, link_id: int) -> list[Part]:
    """Everything that came, or is still coming, by this link."""
    return [documents.part_row(tx, row) for row in tx.rows(_OF_LINK, {"link_id_": link_id})]


def uploading(tx: Transaction) -> list[Part]:
    """Every upload that is not complete."""
    return [documents.part_row(tx, row) for row in tx.rows(_UPLOADING)]


def taken(tx: Transaction, link_id: int) -> int:
    """Bytes that uploads of this link have claimed."""
    row = tx.row(_TAKEN, {"link_id_": link_id})
    return int(row[0]) if row else 0


def arrived(tx: Transaction, part: Part, *, blob: str, hmac: str) -> bool:
    """The last byte is in the vault; the document is examined next. False: the upload was dropped meanwhile."""
    if not tx.changed(_ARRIVED, {"id_": part.id, "blob_": blob, "hmac_": hmac}):
        return False
    tx.execute(_OPEN, {"id_": part.document_id, "now_": tx.now})
    return True


def drop(tx: Transaction, part: Part) -> bool:
    """Give up an upload that is not complete; the caller deletes its blob. False: it is complete, or gone."""
    if not tx.changed(_DROP, {"id_": part.id}):
        return False
    tx.execute(_DROP_DOCUMENT, {"id_": part.document_id})
    return True


def stale(tx: Transaction) -> list[Part]:
    """Uploads that can never be completed, because their link does not work any more."""
    return [documents.part_row(tx, row) for row in tx.rows(_STALE, {"now_": tx.now})]
