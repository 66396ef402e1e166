"""The addresses for hospitals as OpenAPI describes them; each answers with FHIR JSON, whose shape FHIR says."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from bot.web.fhir.capability import READS, SEARCHES
from bot.web.fhir.outcome import TYPE

SCHEME = "hospital"
SCHEMES = {SCHEME: {"type": "http", "scheme": "bearer", "description": "A credential of one hospital, issued under Hospitals"}}
ADDRESSES = {
    "/fhir/metadata": "What this server can do: a CapabilityStatement; open to everybody",
    "/fhir/{kind}/{id}": f"One resource: {', '.join(one for one in READS if one != 'Binary')}. A Bundle is a whole case",
    "/fhir/Binary/{id}": "A file of a document, byte by byte as it came, as an attachment",
    "/fhir/Patient/{id}/$everything": "Everything about one case that is told, as a searchset",
    "/fhir/{kind}": f"Search: {'; '.join(f'{kind} by ' + ', '.join(names) for kind, names in SEARCHES.items())}",
}
PLACES = {"kind": {"type": "string", "enum": list(READS)}, "id": {"type": "string", "format": "uuid"}}
ASKED = ("_id", "identifier", "patient", "subject", "_count", "_after")
WRONG = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.NOT_ACCEPTABLE,
    HTTPStatus.TOO_MANY_REQUESTS,
)


def paths() -> dict[str, Any]:
    """For the `paths` of an OpenAPI document."""
    return {address: {"get": _operation(address, summary)} for address, summary in ADDRESSES.items()}


def _operation(address: str, summary: str) -> dict[str, Any]:
    open_to_all, search = address.endswith("metadata"), address.endswith("{kind}")
    inside = [{"name": one, "in": "path", "required": True, "schema": PLACES[one]} for one in PLACES if f"{{{one}}}" in address]
    asked = [{"name": one, "in": "query", "required": False, "schema": {"type": "string"}} for one in ASKED if search]
    told = "application/octet-stream" if "Binary" in address else TYPE
    answers: dict[str, Any] = {"200": {"description": "What was asked for", "content": {told: {"schema": {}}}}}
    outcome: dict[str, Any] = {"content": {TYPE: {"schema": {}}}}
    wrong = {str(one.value): {"description": f"{one.phrase}: an OperationOutcome", **outcome} for one in WRONG}
    return {
        "tags": ["hospitals"],
        "summary": summary,
        "operationId": "fhir_" + "_".join(part.strip("{}$") for part in address.split("/")[2:]),
        "parameters": inside + asked,
        "responses": answers | ({} if open_to_all else wrong),
        "security": [] if open_to_all else [{SCHEME: []}],
    }
