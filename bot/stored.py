"""What is stored of a case beside its answers, as an export states it: documents with the digests of their bytes, consents, values read in reports."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from flows import value_json
from flows.fhir.case_file import Agreement, StoredDocument, StoredFile
from flows.grounds.measured import Measured
from storage import documents
from storage.records import read_values

if TYPE_CHECKING:
    from flows.grounds.evidence import Grade
    from flows.library import Definition
    from flows.values import Quantity
    from storage.rows import Case, ConsentLine, Document, Part
    from storage.transaction import Transaction
    from storage.vault import Vault

BYTES = "application/octet-stream"
UNNAMED = {"voice": "Voice message"}  # what a document is that is no record of the checklist


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


def unopened(document: Document, parts: list[Part], definition: Definition) -> StoredDocument:
    """A document of which nobody looked at the bytes."""
    record = definition.record(document.record)
    return StoredDocument(
        id=document.id,
        title=record.text.english if record else UNNAMED.get(document.record or "", "Document"),
        code=record.code if record else None,
        received=document.created_at,
        files=tuple(StoredFile(content_type=part.content_type or BYTES, size=part.size or 0, sha256=None) for part in parts),
    )


def opened(document: StoredDocument, parts: list[Part], vault: Vault, *, with_documents: bool) -> StoredDocument:
    """With the digest of every file, and with the bytes when they are wanted. Raises UnknownBlob, Tampered."""
    files = zip(document.files, parts, strict=True)
    return replace(document, files=tuple(_file(file, part, vault, with_documents=with_documents) for file, part in files))


def _file(file: StoredFile, part: Part, vault: Vault, *, with_documents: bool) -> StoredFile:
    digest, kept = hashlib.sha256(), bytearray()
    for chunk in vault.stream(part.blob or "", documents.blob_context(part)):
        digest.update(chunk)
        if with_documents:
            kept += chunk
    data = base64.b64encode(kept).decode() if with_documents else None
    return replace(file, sha256=digest.hexdigest(), data=data)


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
