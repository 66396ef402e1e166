"""What is stored of a case beside its answers, as an export states it: documents with the digests of their bytes, consents, values read in reports."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, cast

from flows import value_json
from flows.fhir.case_file import Agreement, StoredDocument, StoredFile
from flows.grounds.measured import Measured
from storage import documents, read_values

if TYPE_CHECKING:
    from flows.grounds.evidence import Grade
    from flows.library import Definition
    from flows.values import Quantity
    from storage.rows import Case, ConsentLine, Document, Part
    from storage.transaction import Transaction
    from storage.vault import Vault

UNNAMED = {"voice": "Voice message"}  # what a document is that is no record of the checklist


def stored_documents(
    tx: Transaction, vault: Vault | None, definition: Definition, case: Case, *, with_documents: bool
) -> list[StoredDocument]:
    """What the patient's side sent and we keep. Without a vault nobody looks at the bytes. Raises UnknownBlob, Tampered."""
    return [
        _document(one, definition, [_file(vault, part, with_documents=with_documents) for part in parts])
        for one, parts in leaving(tx, definition, case)
    ]


def leaving(tx: Transaction, definition: Definition, case: Case) -> list[tuple[Document, list[Part]]]:
    """The documents of a case that may leave the house with it, and their files: nothing that is kept apart, such as a passport."""
    apart = {record.id for record in definition.records if record.guarded}
    return [
        (one, parts)
        for one in documents.for_chat(tx, case.chat_id)
        if one.state == "closed" and one.origin == "patient" and not one.guarded and one.record not in apart
        for parts in [[part for part in documents.parts(tx, one.id) if part.state == "stored" and part.blob]]
        if parts
    ]


def _document(document: Document, definition: Definition, files: list[StoredFile]) -> StoredDocument:
    record = definition.record(document.record)
    return StoredDocument(
        id=document.id,
        title=record.text.english if record else UNNAMED.get(document.record or "", "Document"),
        code=record.code if record else None,
        received=document.created_at,
        files=tuple(files),
    )


def _file(vault: Vault | None, part: Part, *, with_documents: bool) -> StoredFile:
    """What is recognised by a digest must have been opened. The bytes go along only when they are wanted."""
    content_type, size = part.content_type or "application/octet-stream", part.size or 0
    if vault is None:
        return StoredFile(content_type=content_type, size=size, sha256=None)
    digest, kept = hashlib.sha256(), bytearray()
    for chunk in vault.stream(part.blob or "", documents.blob_context(part)):
        digest.update(chunk)
        if with_documents:
            kept += chunk
    return StoredFile(
        content_type=content_type,
        size=size,
        sha256=digest.hexdigest(),
        data=base64.b64encode(kept).decode() if with_documents else None,
    )


def agreements(lines: list[ConsentLine]) -> list[Agreement]:
    """The newest line of each consent, and whether it was ever given."""
    newest = {line.consent: line for line in lines}
    once = {line.consent for line in lines if line.given}
    return [
        Agreement(
            consent=line.consent,
            given=line.given,
            withdrawn=not line.given and line.consent in once,
            text_version=line.text_version,
            text_hash=line.text_hash,
            language=line.language,
            at=line.at,
        )
        for line in newest.values()
    ]


def read_in_reports(tx: Transaction, chat_id: int) -> tuple[Measured, ...]:
    """Every value that coordinators read, the oldest day first."""
    return tuple(
        Measured(
            id=one.id,
            link_id=one.link_id,
            amount=cast("Quantity", value_json.from_json(one.amount)),
            day=one.day,
            grade=cast("Grade", one.grade),
            by=one.by,
            document=one.document_id,
            record=one.record,
        )
        for one in read_values.for_chat(tx, chat_id)
    )
