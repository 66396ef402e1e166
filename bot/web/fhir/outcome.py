"""How hospitals' programs are answered: FHIR JSON, and an OperationOutcome where there is nothing to tell. No word of anybody in either."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from flows.fhir.responses import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPE = "application/fhir+json"
APART = "sandbox; default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": APART,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Refused(Exception):
    """Nothing is told. `code`: of FHIR's issue types; `text`: why, in English, for whoever writes the program that asks."""

    def __init__(self, status: HTTPStatus, code: str, text: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(text)
        self.status, self.code, self.text, self.headers = status, code, text, dict(headers or {})


def refused(error: Refused) -> Response:
    issue = {"severity": "error", "code": error.code, "diagnostics": error.text}
    return told({"resourceType": "OperationOutcome", "issue": [issue]}, error.status, error.headers)


def told(resource: dict[str, Any], status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None) -> Response:
    return Response(dumps(resource), status, HEADERS | dict(headers or {}), f"{TYPE}; charset=utf-8")


def missing() -> Refused:
    """The same for what is not there and for what this hospital may not see."""
    return Refused(HTTPStatus.NOT_FOUND, "not-found", "There is no such resource for this credential.")


def wrong(text: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, "not-supported", text)
