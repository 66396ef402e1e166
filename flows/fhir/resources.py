"""The resources of a Bundle, one function for each kind.

The addresses are made from the case's own ids, so that the same case always gives the same ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flows.fhir.launch import LOINC, PATIENT, id_in, known_of_patient
from flows.fhir.nodes import OWN, bcp47
from flows.fhir.observations import observations, observed
from flows.fhir.responses import to_fhir

if TYPE_CHECKING:
    from flows.fhir.case_file import Agreement, CaseFile, StoredDocument
    from flows.grounds.measured import Measured
    from flows.questionnaire import Questionnaire
    from flows.values import Coding

Resource = dict[str, Any]

IDENTIFIERS = f"{OWN.removesuffix('StructureDefinition/')}NamingSystem/"
SHA_256 = "urn:oid:2.16.840.1.101.3.4.2.1"  # the algorithm's own object identifier
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
PROVENANCE = "provenance"  # the key of what says where everything came from
SOFTWARE = {"display": "Careline intake"}


def consent_key(consent: str) -> str:
    """The key of the resource of one consent."""
    return f"consent/{consent}"


@dataclass(frozen=True, slots=True)
class Resources:
    questionnaire: Questionnaire
    case: CaseFile

    def entries(self) -> Iterator[tuple[str, Resource]]:
        """(address, resource) in an order in which everything referred to comes first, as far as there is one."""
        response = self._response()
        yield self._url(PATIENT), self._patient()
        yield _urn(self.case.response.id), response
        for document in self.case.documents:
            yield _urn(document.id), self._document(document)
            yield from self._binaries(document)
        for key, observation in observations(self.questionnaire, response):
            yield self._url(key), {**observation, **self._about(key), "derivedFrom": [_reference(_urn(self.case.response.id))]}
        for one in self.case.measured:
            yield self._url(f"read/{one.id}"), self._read(one)
        for agreement in self.case.agreements:
            yield self._url(consent_key(agreement.consent)), self._consent(agreement)
        yield self._url(PROVENANCE), self._provenance()

    def _response(self) -> Resource:
        made = to_fhir(self.questionnaire, self.case.response, language=bcp47(self.case.language))
        return {**made, "identifier": _identifier("response", self.case.response.id), "subject": self._patient_reference()}

    def _patient(self) -> Resource:
        """The patient by the case's number; nothing that names somebody."""
        return {
            "resourceType": "Patient",
            "id": self._id(PATIENT),
            "identifier": [_identifier("case", self.case.number)],
            **known_of_patient(self.questionnaire, self.case.response.value),
        }

    def _document(self, document: StoredDocument) -> Resource:
        coding = {"coding": [_coding(document.code)]} if document.code else {}
        return {
            "resourceType": "DocumentReference",
            "id": document.id,
            "identifier": [_identifier("document", document.id)],
            "status": "current",
            "type": {**coding, "text": document.title},
            "subject": self._patient_reference(),
            "date": document.received.isoformat(),
            "content": [{"attachment": self._attachment(document, number)} for number in range(len(document.files))],
        }

    def _attachment(self, document: StoredDocument, number: int) -> dict[str, Any]:
        file = document.files[number]
        address = {"url": self._url(f"{document.id}/{number}")} if file.data is not None else {}
        return {"contentType": file.content_type, **address, "size": file.size, "title": document.title}

    def _binaries(self, document: StoredDocument) -> Iterator[tuple[str, Resource]]:
        for number, file in enumerate(document.files):
            if file.data is not None:
                key = f"{document.id}/{number}"
                made = {"resourceType": "Binary", "id": self._id(key), "contentType": file.content_type, "data": file.data}
                yield self._url(key), made

    def _read(self, one: Measured) -> Resource:
        """A value that a coordinator read in a report, led back to that where it is here."""
        here = one.document in {document.id for document in self.case.documents}
        source = {"derivedFrom": [_reference(_urn(one.document))]} if one.document and here else {}
        return {**observed(self.questionnaire, one), **self._about(f"read/{one.id}"), **source}

    def _consent(self, agreement: Agreement) -> Resource:
        about = self._about(consent_key(agreement.consent))
        return {
            "resourceType": "Consent",
            "id": about["id"],
            "language": bcp47(agreement.language),
            "extension": [{"url": f"{OWN}text-sha256", "valueString": agreement.text_hash}],
            "identifier": about["identifier"],
            "status": "active" if agreement.given else "inactive" if agreement.withdrawn else "rejected",
            "scope": {"coding": [{"system": f"{TERMINOLOGY}consentscope", "code": "patient-privacy"}]},
            "category": [{"coding": [{"system": LOINC, "code": "59284-0"}]}],
            "patient": self._patient_reference(),
            "dateTime": agreement.at.isoformat(),
            "policyRule": {"text": f"{agreement.consent}, text version {agreement.text_version}"},
            "provision": {"type": "permit" if agreement.given else "deny"},
        }

    def _provenance(self) -> Resource:
        """Where this came from, and by which digest each file can be recognised (R4 attachments have SHA-1 only)."""
        documents = self.case.documents
        files = [
            {"role": "source", "what": {"reference": _urn(one.id), "identifier": {"system": SHA_256, "value": file.sha256}}}
            for one in documents
            for file in one.files
            if file.sha256
        ]
        return {
            "resourceType": "Provenance",
            "id": self._id(PROVENANCE),
            "target": [_reference(_urn(self.case.response.id)), *(_reference(_urn(one.id)) for one in documents)],
            "recorded": self.case.now.isoformat(),
            "agent": [{"who": SOFTWARE, "onBehalfOf": self._patient_reference()}],
            **({"entity": files} if files else {}),
        }

    def _about(self, key: str) -> dict[str, Any]:
        """Id, identifier and patient of a resource that is known by a key inside its response."""
        known = _identifier("item", f"{self.case.response.id}/{key}")
        return {"id": self._id(key), "identifier": [known], "subject": self._patient_reference()}

    def _patient_reference(self) -> dict[str, str]:
        return _reference(self._url(PATIENT))

    def _id(self, key: str) -> str:
        return id_in(self.case.response.id, key)

    def _url(self, key: str) -> str:
        return _urn(self._id(key))


def _urn(id_: str) -> str:
    return f"urn:uuid:{id_}"


def _reference(url: str) -> dict[str, str]:
    return {"reference": url}


def _identifier(kind: str, value: str) -> dict[str, str]:
    return {"system": f"{IDENTIFIERS}{kind}", "value": value}


def _coding(code: Coding) -> Mapping[str, str]:
    fields = {"system": code.system, "code": code.code, "display": code.display}
    return {name: value for name, value in fields.items() if value}
