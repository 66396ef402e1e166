"""A case as a file: gathered from rows in a transaction, then opened and written as a FHIR Bundle or as a table, outside of it. Nothing
here asks who wants it.

Whoever calls this has let the reading be written down: casework through `cases.access`, the command line through `cases.operated`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from bot.intakes import current
from bot.stored import agreements, leaving, opened, read_in_reports, unopened
from flows.fhir.bundle import bundle
from flows.fhir.case_file import CaseFile
from flows.fhir.flat import flat
from flows.fhir.nodes import bcp47
from flows.fhir.responses import dumps, to_fhir
from storage import chats, consents
from storage.sealed.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from flows.library import Definition
    from storage.rows import Case, Part
    from storage.transaction import Transaction
    from storage.vault import Vault

Format = Literal["fhir", "csv"]
FORMATS: dict[Format, tuple[str, str]] = {"fhir": ("json", "application/fhir+json"), "csv": ("csv", "text/csv")}


class NotExported(ValueError):
    """There is nothing in this case that could be exported."""


class Erased(NotExported):
    """Everything about this case was deleted at the wish of the patient's side. There is nothing to export."""


class NoAnswers(NotExported):
    """There are no answers in this case yet, so there is nothing to export."""


class FileLost(NotExported):
    """The bytes of a document of this case are missing or were changed. Nothing was exported; look at the backups."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """An export: its name has the case's number and nothing else."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Gathered:
    """A case as its rows tell it. `parts`: the files of each document, whose bytes nobody has looked at yet."""

    file: CaseFile
    parts: tuple[list[Part], ...]


def gather(tx: Transaction, definition: Definition, case: Case) -> Gathered:
    """Raises NotExported."""
    chat = chats.get(tx, case.chat_id)
    if chat.state == "erased":
        raise Erased(Erased.__doc__)
    response = current(tx, case.chat_id, definition)
    if response is None:
        raise NoAnswers(NoAnswers.__doc__)
    documents = leaving(tx, definition, case)
    file = CaseFile(
        number=case.number,
        response=response,
        language=chat.language or "en",
        documents=tuple(unopened(one, parts, definition) for one, parts in documents),
        agreements=tuple(agreements(consents.history(tx, case.chat_id))),
        measured=read_in_reports(tx, case.chat_id),
        now=tx.now,
    )
    return Gathered(file=file, parts=tuple(parts for _, parts in documents))


def open_documents(found: Gathered, vault: Vault, *, with_documents: bool = False) -> CaseFile:
    """With the digests of its documents; reads every byte of them. Raises FileLost."""
    each = zip(found.file.documents, found.parts, strict=True)
    try:
        documents = tuple(opened(one, parts, vault, with_documents=with_documents) for one, parts in each)
    except (UnknownBlob, Tampered) as error:
        raise FileLost(FileLost.__doc__) from error
    return replace(found.file, documents=documents)


def make(
    found: Gathered,
    vault: Vault,
    definition: Definition,
    format_: Format,
    *,
    with_documents: bool = False,
    transaction: bool = False,
) -> Made:
    """The file of a case. Blocks for as long as its documents take to be read. Raises FileLost."""
    extension, content_type = FORMATS[format_]
    if format_ == "csv":
        text = _table(definition, found.file)
    else:
        file = open_documents(found, vault, with_documents=with_documents)
        text = dumps(bundle(definition.form, file, transaction=transaction))
    return Made(name=f"{found.file.number}.{extension}", content_type=content_type, data=text.encode())


def _table(definition: Definition, file: CaseFile) -> str:
    language = bcp47(file.language)
    return flat(to_fhir(definition.form, file.response, language=language))
