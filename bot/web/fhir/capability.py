"""What this server can do, for programs: FHIR's CapabilityStatement. It says nothing about anybody."""

from __future__ import annotations

from typing import Any

VERSION, DATE = "4.0.1", "2026-11-29"
SEARCHES: dict[str, tuple[str, ...]] = {
    "Patient": ("_id", "identifier"),
    "QuestionnaireResponse": ("_id", "patient", "subject"),
    "DocumentReference": ("_id", "patient", "subject"),
    "Observation": ("_id", "patient", "subject"),
    "Consent": ("_id", "patient"),
    "Provenance": ("_id", "patient"),
}
READS = (*SEARCHES, "Bundle", "Binary")
KINDS = {"_id": "token", "identifier": "token", "patient": "reference", "subject": "reference"}
SECURITY = (
    "A credential of one hospital, issued by the desk for a time, as a bearer token. It shows the open cases that were sent to this "
    "hospital, for as long as the family says yes to sharing. Every request is written down."
)


def statement(base: str) -> dict[str, Any]:
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "Careline"},
        "implementation": {"description": "Careline, for hospitals that cases were sent to", "url": base},
        "fhirVersion": VERSION,
        "format": ["json"],
        "rest": [{"mode": "server", "security": {"description": SECURITY}, "resource": [_resource(kind) for kind in READS]}],
    }


def _resource(kind: str) -> dict[str, Any]:
    params = [{"name": name, "type": KINDS[name]} for name in SEARCHES.get(kind, ())]
    interactions = [{"code": "read"}, *([{"code": "search-type"}] if params else [])]
    whole = "http://hl7.org/fhir/OperationDefinition/Patient-everything"
    operations = [{"name": "everything", "definition": whole}] if kind == "Patient" else []
    return {
        "type": kind,
        "interaction": interactions,
        **({"searchParam": params} if params else {}),
        **({"operation": operations} if operations else {}),
    }
