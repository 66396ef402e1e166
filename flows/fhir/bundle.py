"""A case as a FHIR R4 Bundle: what a hospital or another system can take in, with every reference resolved inside.

A `collection` is a file; a `transaction` can be posted to a server, twice if need be: what has an identifier is updated, not doubled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flows.fhir.resources import Resource, Resources

if TYPE_CHECKING:
    from flows.fhir.case_file import CaseFile
    from flows.questionnaire import Questionnaire


def bundle(questionnaire: Questionnaire, case: CaseFile, *, transaction: bool = False) -> Resource:
    """The Bundle; numbers are int or Decimal, see response_fhir.dumps."""
    spelt = _to_post if transaction else _to_keep
    entries = [{"fullUrl": url, **spelt(resource)} for url, resource in Resources(questionnaire, case).entries()]
    kind = "transaction" if transaction else "collection"
    return {"resourceType": "Bundle", "type": kind, "timestamp": case.now.isoformat(), "entry": entries}


def _to_keep(resource: Resource) -> Resource:
    return {"resource": resource}


def _to_post(resource: Resource) -> Resource:
    """Without its id, for the server gives its own."""
    unnamed = {name: value for name, value in resource.items() if name != "id"}
    return {"resource": unnamed, "request": _request(resource)}


def _request(resource: Resource) -> dict[str, str]:
    """Create, or update what was sent before under the same identifier."""
    kind, known = resource["resourceType"], resource.get("identifier")
    if not known:
        return {"method": "POST", "url": kind}
    first = known[0] if isinstance(known, list) else known
    return {"method": "PUT", "url": f"{kind}?identifier={quote(first['system'], safe=':/')}|{quote(first['value'], safe='')}"}
