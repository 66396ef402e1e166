"""Uploads: announced when the message arrives, fetched file by file, closed when everything is settled.

A document is one file or one album; a part is one file of it. The bytes are in the vault under `Part.blob`.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import LargeBinary, bindparam, case, exists, literal_column, select

from storage.rows import Document, Part
from storage.schema.document_tables import DocumentParts, Documents
from storage.sealed import data_keys
from storage.sealed.sealing import Binding
from storage.tables import table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row

    from storage.transaction import Transaction

ALBUM_SECONDS = 1.5  # an album is complete when no part came for this long
_LARGEST = 2**62  # a declared size is anything that somebody wrote

_documents = table(Documents)
_parts = table(DocumentParts)
_wrapped: Any = literal_column(  # in words, because RETURNING does not name the table for SQLAlchemy
    "(SELECT data_keys.wrapped FROM data_keys WHERE data_keys.id = document_parts.key_id)", LargeBinary
).label("wrapped")
_area: Any = literal_column("(SELECT data_keys.area FROM data_keys WHERE data_keys.id = document_parts.key_id)").label("area")
PART = (*_parts.c, _wrapped, _area)  # what `part_row` reads
PARTS = select(*PART)
_announced = _parts.c.state == literal_column("'announced'")
_open = _documents.c.state == literal_column("'open'")
_held = _documents.c.state == literal_column("'held'")
_document = _documents.c.id == bindparam("id_")
_of_chat = _documents.c.chat_id == bindparam("chat_id_")

_GET = select(_documents).where(_document)
_ALBUM = select(_documents).where(_of_chat, _documents.c.album == bindparam("album_"))
_MESSAGE = (
    PARTS.join(_documents, _documents.c.id == _parts.c.document_id)
    .where(_of_chat, _parts.c.message_id == bindparam("message_id_"))
    .limit(1)
)
_INSERT = _documents.insert()
_INSERT_PART = _parts.insert().returning(*PART)
_REOPEN = (
    _documents.update()
    .where(_document)
    .values(state=case((_held, "held"), else_="open"), closes_at=bindparam("closes_"), closed_at=None)
    .returning(*_documents.c)
)
_CLOSABLE = (
    select(_documents)
    .where(
        _open,
        _documents.c.closes_at <= bindparam("now_"),
        ~exists().where(_parts.c.document_id == _documents.c.id, _announced),
    )
    .order_by(_documents.c.closes_at, _documents.c.id)
    .limit(bindparam("limit_"))
)
_any_stored = exists().where(_parts.c.document_id == _documents.c.id, _parts.c.state == "stored")
_CLOSE = (
    _documents.update()
    .where(_document, _open)
    .values(state=case((_any_stored, "closed"), else_="refused"), record=bindparam("record_"), closed_at=bindparam("now_"))
)
_PARTS = PARTS.where(_parts.c.document_id == bindparam("id_")).order_by(_parts.c.message_id, _parts.c.id)
_FILE_UNDER = _documents.update().where(_document).values(record=bindparam("record_"))
_GUARD = _documents.update().where(_document).values(guarded=bindparam("guarded_"))
_CAPTION = _documents.update().where(_document).values(caption=bindparam("caption_"))
_ASSIGN = _documents.update().where(_document).values(case_id=bindparam("case_id_"))
_FOR_CHAT = select(_documents).where(_of_chat).order_by(_documents.c.created_at, _documents.c.id)
_TWIN = (
    PARTS.join(_documents, _documents.c.id == _parts.c.document_id)
    .where(
        _parts.c.hmac == bindparam("hmac_"),
        _of_chat,
        _parts.c.id < bindparam("before_"),
        _parts.c.state == "stored",
        _documents.c.origin == "patient",
    )
    .order_by(_parts.c.id)
    .limit(1)
)
_BLOBS = select(_parts.c.blob).where(_parts.c.blob.is_not(None))
_ALL_STORED = PARTS.where(_parts.c.state == "stored", _parts.c.blob.is_not(None)).order_by(_parts.c.id)


def announce(
    tx: Transaction,
    chat_id: int,
    *,
    album: str | None,
    message_id: int,
    file_id: str,
    file_unique_id: str,
    kind: str,
    name: str | None = None,
    declared_type: str | None = None,
    declared_size: int | None = None,
    caption: str | None = None,
    answers_key: str | None = None,
    record: str | None = None,
    case_id: int | None = None,
    origin: str = "patient",
    held: bool = False,
    guarded: bool = False,
) -> tuple[Document, Part, bool]:
    """Write down that a file was sent, before it is fetched. `kind`: photo | document | voice | audio | video.

    A part of a known album joins its document (which re-opens if it was closed) and moves its closing; a message that was
    announced before changes nothing. True: the document is new. held: nothing may be kept yet, so it is not fetched before
    `held.release`, and neither its name nor its caption is written. guarded: it lies apart from its first byte on.
    """
    if held:
        name = caption = None
    known = tx.row(_MESSAGE, {"chat_id_": chat_id, "message_id_": message_id})
    if known is not None:
        return get(tx, known.document_id), part_row(tx, known), False
    closes_at = tx.now + timedelta(seconds=ALBUM_SECONDS if album else 0)
    document = _join(tx, chat_id, album, caption, closes_at) if album else None
    created = document is None
    if document is None:
        place = {"answers_key": answers_key, "record": record, "case_id": case_id, "origin": origin, "guarded": guarded}
        document = insert(
            tx, chat_id, album=album, caption=caption, closes_at=closes_at, state="held" if held else "open", **place
        )
    elif guarded and not document.guarded:
        guard(tx, document.id)
        document = replace(document, guarded=True)
    part = insert_part(
        tx,
        document,
        state="held" if document.state == "held" else "announced",
        message_id=message_id,
        file_id=file_id,
        file_unique_id=file_unique_id,
        kind=kind,
        name=name,
        declared_type=declared_type,
        declared_size=declared_size,
    )
    return document, part, created


def closable(tx: Transaction, limit: int = 100) -> list[Document]:
    """Open documents whose parts are all settled and whose closing time has passed."""
    return [_document_row(tx, row) for row in tx.rows(_CLOSABLE, {"now_": tx.now, "limit_": limit})]


def close(tx: Transaction, document_id: str, record: str | None) -> bool:
    """Close a document, filed under a record if that is known; refused when no part was stored. False: it was not open."""
    return tx.changed(_CLOSE, {"id_": document_id, "record_": record, "now_": tx.now})


def get(tx: Transaction, document_id: str) -> Document:
    """A document. Raises KeyError."""
    row = tx.row(_GET, {"id_": document_id})
    if row is None:
        raise KeyError(document_id)
    return _document_row(tx, row)


def parts(tx: Transaction, document_id: str) -> list[Part]:
    """The files of a document in the order they were sent."""
    return [part_row(tx, row) for row in tx.rows(_PARTS, {"id_": document_id})]


def file_under(tx: Transaction, document_id: str, record: str | None) -> None:
    """Say which record of the checklist a document is."""
    tx.execute(_FILE_UNDER, {"id_": document_id, "record_": record})


def guard(tx: Transaction, document_id: str, *, guarded: bool = True) -> None:
    """Whether this document lies apart from now on; `guarding.to_guard` finds the bytes that are still with the others."""
    tx.execute(_GUARD, {"id_": document_id, "guarded_": guarded})


def assign(tx: Transaction, document_id: str, case_id: int) -> None:
    """Say which case a document belongs to."""
    tx.execute(_ASSIGN, {"id_": document_id, "case_id_": case_id})


def for_chat(tx: Transaction, chat_id: int) -> list[Document]:
    """Every document of a chat, oldest first."""
    return [_document_row(tx, row) for row in tx.rows(_FOR_CHAT, {"chat_id_": chat_id})]


def number(tx: Transaction, document: Document) -> int:
    """The document's number in its chat, from 1."""
    return [one.id for one in for_chat(tx, document.chat_id)].index(document.id) + 1


def twin(tx: Transaction, chat_id: int, hmac: str, *, before: int) -> Part | None:
    """The first stored part of the patient's side in this chat with the very same bytes that came before part `before`."""
    row = tx.row(_TWIN, {"chat_id_": chat_id, "hmac_": hmac, "before_": before})
    return None if row is None else part_row(tx, row)


def blobs(tx: Transaction) -> set[str]:
    """Every blob that a row refers to; what else is in the vault is an orphan."""
    return {row.blob for row in tx.rows(_BLOBS)}


def all_stored(tx: Transaction) -> list[Part]:
    """Every part whose bytes are in the vault."""
    return [part_row(tx, row) for row in tx.rows(_ALL_STORED)]


def blob_context(part: Part) -> Binding | str:
    """What a part's bytes are bound to in the vault: the document and the family's key; parts of an early time have no such key."""
    if part.key_id is None or part.wrapped is None:
        return f"document_parts.blob:{part.id}"
    return Binding(context=context(part), key_id=part.key_id, wrapped=part.wrapped, guarded=part.guarded)


def context(part: Part) -> str:
    """The document that the bytes are bound to."""
    return f"documents:{part.document_id}/{part.id}"


def _join(tx: Transaction, chat_id: int, album: str, caption: str | None, closes_at: datetime) -> Document | None:
    known = tx.row(_ALBUM, {"chat_id_": chat_id, "album_": album})
    row = None if known is None else tx.row(_REOPEN, {"id_": known.id, "closes_": closes_at})
    if row is None:
        return None
    document = _document_row(tx, row)
    if caption and document.state != "held":  # it stands under any file of an album, not only under the first that came
        document = replace(document, caption="\n".join(filter(None, (document.caption, caption))))
        sealed = tx.maybe_seal(document.caption, f"documents.caption:{document.id}")
        tx.execute(_CAPTION, {"id_": document.id, "caption_": sealed})
    return document


def insert(tx: Transaction, chat_id: int, *, caption: str | None = None, **values: Any) -> Document:
    """A new document. `values`: the other columns of it."""
    document = Document(id=str(uuid.uuid4()), chat_id=chat_id, caption=caption, created_at=tx.now, closed_at=None, **values)
    sealed = tx.maybe_seal(caption, f"documents.caption:{document.id}")
    columns = {name: getattr(document, name) for name in Document.__slots__}
    tx.execute(_INSERT, {**columns, "caption": sealed})
    return document


def _document_row(tx: Transaction, row: Row[tuple[object, ...]]) -> Document:
    return Document(**{**row._asdict(), "caption": tx.maybe_unseal(row.caption, f"documents.caption:{row.id}")})


def insert_part(
    tx: Transaction,
    document: Document,
    *,
    name: str | None,
    declared_size: int | None,
    link_id: int | None = None,
    **values: Any,
) -> Part:
    """A new file of a document, under the key of the place where that lies."""
    row = tx.row(
        _INSERT_PART,
        {
            **values,
            "document_id": document.id,
            "name": tx.maybe_seal(name, f"document_parts.name:{document.id}"),
            "declared_size": None if declared_size is None else max(0, min(declared_size, _LARGEST)),
            "attempts": 0,
            "created_at": tx.now,
            "key_id": data_keys.of(tx, document.chat_id, "guarded" if document.guarded else "records")[0],
            "link_id": link_id,
        },
    )
    assert row is not None  # an insert returns its row
    return part_row(tx, row)


def part_row(tx: Transaction, row: Row[tuple[object, ...]]) -> Part:
    """A row of `PARTS` as a part."""
    values = {name: value for name, value in row._asdict().items() if name != "leased_until"}
    values["name"] = tx.maybe_unseal(row.name, f"document_parts.name:{row.document_id}")
    values["guarded"] = row.area == "guarded"
    del values["area"]
    values["flags"] = tuple((row.flags or "").split(",")) if row.flags else ()
    values["facts"] = tx.unseal_json(row.facts, f"document_parts.facts:{row.id}") if row.facts else {}
    return Part(**values)
