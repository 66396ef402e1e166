"""What one hospital may read, as FHIR resources under addresses of this server. Ids are made from ids, never from anybody's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot import exports
from bot.exports import NotExported
from bot.stored import leaving
from bot.web.fhir.outcome import missing
from flows.casework.submissions import ENDED
from flows.fhir.bundle import bundle as bundled
from flows.fhir.launch import PATIENT, id_in
from flows.fhir.resources import PROVENANCE, consent_key
from storage import consents
from storage.desk import shared_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.exports import Gathered
    from flows.fhir.case_file import CaseFile
    from flows.library import Definition
    from storage.desk.credentials import Credential
    from storage.desk.shared_cases import Shared
    from storage.rows import Part
    from storage.transaction import Transaction

Resource = dict[str, Any]
BUNDLE = "bundle"


@dataclass(frozen=True, slots=True)
class Shelf:
    """`cases`: what the hospital of this credential may read in this very transaction."""

    tx: Transaction
    definition: Definition
    credential: Credential
    cases: tuple[Shared, ...]

    def case_of(self, kind: str, id_: str) -> Shared | None:
        """The case that a resource belongs to."""
        ids = IDS.get(kind, _told_ids)
        return next((one for one in self.cases if id_ in ids(self, one, kind)), None)

    def files(self, shared: Shared) -> Iterator[tuple[str, str, Part]]:
        """Every Binary of a case: its id, the record, the file."""
        for document, parts in leaving(self.tx, self.definition, shared.case):
            for number, part in enumerate(parts):
                yield _binary(shared, document.id, number), document.record or "document", part

    def gathered(self, shared: Shared) -> Gathered:
        """A case as its rows tell it. Raises Refused where there is nothing to tell."""
        try:
            return exports.gather(self.tx, self.definition, shared.case)
        except NotExported as error:
            raise missing() from error

    def resources(self, shared: Shared) -> list[Resource]:
        """Everything told of one case, without digests, for nobody opens its documents. Raises Refused."""
        return resources(self.definition, shared, self.gathered(shared).file)


def resources(definition: Definition, shared: Shared, file: CaseFile) -> list[Resource]:
    """Everything told of one case, its Binaries by address only."""
    found = [(entry["fullUrl"], entry["resource"]) for entry in bundled(definition.form, file)["entry"]]
    names = {url: f"{one['resourceType']}/{one['id']}" for url, one in found}
    return [_addressed(_with_files(shared, one), names) for _, one in found]


def shelf(tx: Transaction, definition: Definition, credential: Credential) -> Shelf:
    """Asks anew for every request: who withdrew, whose case closed, what was taken back is not among them any more."""
    return Shelf(tx, definition, credential, tuple(shared_cases.at(tx, credential.centre, ended=ENDED)))


def patient(shared: Shared) -> str:
    """The id of its Patient."""
    return id_in(shared.response_id, PATIENT)


def bundle(shared: Shared) -> str:
    """The id of its Bundle."""
    return id_in(shared.response_id, BUNDLE)


def _binary(shared: Shared, document: str, number: int) -> str:
    return id_in(shared.response_id, f"{document}/{number}")


def _with_files(shared: Shared, resource: Resource) -> Resource:
    if resource["resourceType"] != "DocumentReference":
        return resource
    content = [
        {"attachment": one["attachment"] | {"url": f"Binary/{_binary(shared, resource['id'], number)}"}}
        for number, one in enumerate(resource["content"])
    ]
    return resource | {"content": content}


def _addressed(node: Any, names: dict[str, str]) -> Any:
    """With addresses of this server instead of those inside a file."""
    if isinstance(node, dict):
        return {
            name: names.get(one, one) if name in LINKS and isinstance(one, str) else _addressed(one, names)
            for name, one in node.items()
        }
    return [_addressed(one, names) for one in node] if isinstance(node, list) else node


LINKS = {"reference", "url"}


def _told_ids(self: Shelf, shared: Shared, kind: str) -> set[str]:
    return {one["id"] for one in self.resources(shared) if one["resourceType"] == kind}


def _consents(self: Shelf, shared: Shared, _kind: str) -> set[str]:
    return {id_in(shared.response_id, consent_key(one)) for one in consents.current(self.tx, shared.case.chat_id)}


IDS: dict[str, Callable[[Shelf, Shared, str], set[str]]] = {
    "Patient": lambda _, one, __: {patient(one)},
    "QuestionnaireResponse": lambda _, one, __: {one.response_id},
    "Bundle": lambda _, one, __: {bundle(one)},
    "Consent": _consents,
    "Provenance": lambda _, one, __: {id_in(one.response_id, PROVENANCE)},
    "Binary": lambda shelf, one, _: {name for name, *_ in shelf.files(one)},
    "DocumentReference": lambda shelf, one, _: {each.id for each, _ in leaving(shelf.tx, shelf.definition, one.case)},
}
