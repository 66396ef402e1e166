"""A case as a file: gathered from rows and the vault, written as a FHIR Bundle or as a table. Nothing here asks who wants it.

Whoever calls this has let the reading be written down: casework through `cases.access`, the command line through `cases.operated`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from bot.intakes import current
from bot.stored import agreements, read_in_reports, stored_documents
from flows.fhir.bundle import bundle
from flows.fhir.case_file import CaseFile
from flows.fhir.flat import flat
from flows.fhir.nodes import bcp47
from flows.fhir.responses import dumps, to_fhir
from storage import chats, consents
from storage.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from flows.library import Definition
    from flows.response import QuestionnaireResponse
    from storage.rows import Case
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


def make(
    tx: Transaction,
    vault: Vault,
    definition: Definition,
    case: Case,
    format_: Format,
    *,
    with_documents: bool = False,
    transaction: bool = False,
) -> Made:
    """The file of a case. Raises NotExported."""
    extension, content_type = FORMATS[format_]
    if format_ == "csv":
        text = _table(tx, definition, case)
    else:
        made = bundle_of(tx, vault, definition, case, with_documents=with_documents, transaction=transaction)
        text = dumps(made)
    return Made(name=f"{case.number}.{extension}", content_type=content_type, data=text.encode())


def bundle_of(
    tx: Transaction,
    vault: Vault | None,
    definition: Definition,
    case: Case,
    *,
    with_documents: bool = False,
    transaction: bool = False,
) -> dict[str, Any]:
    """The FHIR Bundle of a case as JSON values (`flows.fhir.responses.dumps` writes them). Raises NotExported.

    Every document is opened, so that its digest can be told; without a vault none is, and none is told.
    """
    response = _response(tx, definition, case)
    try:
        documents = stored_documents(tx, vault, definition, case, with_documents=with_documents)
    except (UnknownBlob, Tampered) as error:
        raise FileLost(FileLost.__doc__) from error
    found = CaseFile(
        number=case.number,
        response=response,
        language=chats.get(tx, case.chat_id).language or "en",
        documents=tuple(documents),
        agreements=tuple(agreements(consents.history(tx, case.chat_id))),
        measured=read_in_reports(tx, case.chat_id),
        now=tx.now,
    )
    return bundle(definition.form, found, transaction=transaction)


def _table(tx: Transaction, definition: Definition, case: Case) -> str:
    language = bcp47(chats.get(tx, case.chat_id).language or "en")
    return flat(to_fhir(definition.form, _response(tx, definition, case), language=language))


def _response(tx: Transaction, definition: Definition, case: Case) -> QuestionnaireResponse:
    if chats.get(tx, case.chat_id).state == "erased":
        raise Erased(Erased.__doc__)
    response = current(tx, case.chat_id, definition)
    if response is None:
        raise NoAnswers(NoAnswers.__doc__)
    return response
