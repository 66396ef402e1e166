"""Read-only FHIR R4 for hospitals: the cases that were sent to them, as long as the family says yes. See capability.py for what there is."""

from __future__ import annotations

import asyncio
import base64
import itertools
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from bot.exports import FileLost, open_documents
from bot.naming import file_name
from bot.web.fhir.asked import Asked
from bot.web.fhir.capability import READS, SEARCHES, statement
from bot.web.fhir.door import Door, Found
from bot.web.fhir.outcome import HEADERS, TYPE, Refused, missing, refused, told, wrong
from bot.web.fhir.shelf import Shelf, bundle, resources
from storage import documents
from storage.sealed.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from bot.web.fhir.shelf import Resource
    from storage.desk.shared_cases import Shared
    from storage.rows import Part
    from storage.vault import Vault

T = TypeVar("T")
JSON = {"*/*", "application/*", TYPE, "application/json", ""}
FORMATS = {"json", TYPE, "application/json"}
BYTES = "application/octet-stream"
INLINE = 20 << 20  # bytes of a file that is told inside JSON
SAFE = {
    "application/pdf",
    "application/dicom",
    "application/zip",
    "text/plain",
}  # and pictures, but for those that can hold a script


@dataclass(frozen=True, kw_only=True, slots=True)
class FhirPages:
    """`base`: where this program is found from outside, "" when nobody said."""

    door: Door
    vault: Vault
    base: Callable[[], str]

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/fhir", include_in_schema=False)
        for path, page in self._pages():
            router.add_api_route(path, _safely(page), methods=["GET"])
        router.add_api_route("/{rest:path}", _nowhere, methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
        return router

    def _pages(self) -> Iterable[tuple[str, Callable[[Request], Awaitable[Response]]]]:
        return (
            ("/metadata", self._metadata),
            ("/Patient/{id}/$everything", self._everything),
            ("/Binary/{id}", self._binary),
            ("/{kind}/{id}", self._read),
            ("/{kind}", self._search),
        )

    async def _metadata(self, request: Request) -> Response:
        return told(statement(self._base(request)))

    async def _read(self, request: Request) -> Response:
        kind, id_ = request.path_params["kind"], request.path_params["id"]
        if kind not in READS:
            raise missing()
        if kind == "Bundle":
            return told(await self._of_case(request, kind, id_, partial(_collection, self._base(request), self.vault)))
        return told(await self._of_case(request, kind, id_, partial(_one, kind, id_)))

    async def _everything(self, request: Request) -> Response:
        id_, base = request.path_params["id"], self._base(request)
        resources = await self._of_case(request, "Patient", id_, _everything)
        return told(_searchset(base, resources, f"{base}/Patient/{id_}/$everything", len(resources)))

    async def _search(self, request: Request) -> Response:
        kind, base = request.path_params["kind"], self._base(request)
        if kind not in SEARCHES:
            raise missing()
        asked = Asked.of(kind, request.query_params.multi_items())

        def look(on: Shelf) -> Found[Resource]:
            cases = asked.cases(on.cases)
            page = asked.page(cases)
            makers = [_everything(on, shared) for shared in page]
            tell = partial(_page, base, asked, cases, page, makers)
            return Found(cases=page, tell=tell, kind=kind, action="hospital.search")

        return told(await self.door.opened(request, look))

    async def _binary(self, request: Request) -> Response:
        """The bytes as they came; as FHIR JSON only for who asks for that alone."""
        id_ = request.path_params["id"]
        number, record, part = await self._of_case(request, "Binary", id_, partial(_file, id_))
        kind = part.content_type or BYTES
        try:
            if request.headers.get("accept", "").split(";")[0].strip() == TYPE:
                return told(await asyncio.to_thread(self._inside, id_, part, kind))
            first, rest = await asyncio.to_thread(self._begun, part)
        except (UnknownBlob, Tampered) as error:
            raise _lost() from error
        plain = kind if kind in SAFE or (kind.startswith("image/") and "xml" not in kind) else BYTES
        named = {"Content-Disposition": f'attachment; filename="{file_name(f"{number}-{record}-{part.id}", kind)}"'}
        return StreamingResponse(itertools.chain(first, rest), media_type=plain, headers=HEADERS | named)

    def _inside(self, id_: str, part: Part, kind: str) -> Resource:
        if (part.size or 0) > INLINE:
            raise Refused(HTTPStatus.NOT_ACCEPTABLE, "too-costly", "This file comes as it is only; ask with Accept: */*.")
        data = base64.b64encode(b"".join(self.vault.stream(part.blob or "", documents.blob_context(part)))).decode()
        return {"resourceType": "Binary", "id": id_, "contentType": kind, "data": data}

    def _begun(self, part: Part) -> tuple[list[bytes], Iterable[bytes]]:
        rest = iter(self.vault.stream(part.blob or "", documents.blob_context(part)))
        return list(itertools.islice(rest, 1)), rest

    async def _of_case(self, request: Request, kind: str, id_: str, read: Callable[[Shelf, Shared], Callable[[], T]]) -> T:
        """What is told of the case that a resource belongs to: `read` in a transaction, and made after it. Raises Refused, FileLost."""
        if set(request.query_params) - {"_format"}:
            raise wrong("This address takes no parameters but _format.")

        def look(on: Shelf) -> Found[T]:
            shared = on.case_of(kind, id_)
            if shared is None:
                raise missing()
            return Found(cases=[shared], tell=read(on, shared), kind=kind)

        return await self.door.opened(request, look)

    def _base(self, request: Request) -> str:
        return f"{(self.base() or str(request.base_url)).rstrip('/')}/fhir"


def _everything(on: Shelf, shared: Shared) -> Callable[[], list[Resource]]:
    return partial(resources, on.definition, shared, on.gathered(shared).file)


def _one(kind: str, id_: str, on: Shelf, shared: Shared) -> Callable[[], Resource]:
    everything = _everything(on, shared)
    return lambda: next(one for one in everything() if (one["resourceType"], one["id"]) == (kind, id_))


def _file(id_: str, on: Shelf, shared: Shared) -> Callable[[], tuple[str, str, Part]]:
    """The number of the case, the record and the file."""
    found = next((shared.case.number, record, part) for name, record, part in on.files(shared) if name == id_)
    return lambda: found


def _collection(base: str, vault: Vault, on: Shelf, shared: Shared) -> Callable[[], Resource]:
    """A case to keep, with the digests of its documents, every byte of which is read for that."""
    found, definition = on.gathered(shared), on.definition

    def made() -> Resource:
        file = open_documents(found, vault)
        entries = [{"fullUrl": _url(base, one), "resource": one} for one in resources(definition, shared, file)]
        now = file.now.isoformat()
        return {"resourceType": "Bundle", "id": bundle(shared), "type": "collection", "timestamp": now, "entry": entries}

    return made


def _page(
    base: str, asked: Asked, cases: list[Shared], page: list[Shared], makers: list[Callable[[], list[Resource]]]
) -> Resource:
    """One page of a search."""
    wanted, kind = asked.given.get("_id"), asked.kind
    found = [one for make in makers for one in make() if one["resourceType"] == kind and wanted in {None, one["id"]}]
    more = bool(page) and page[-1] != cases[-1]
    # How many there are on later pages is known of patients only, and a wrong total is worse than none.
    total = len(cases) if kind == "Patient" else None if more or asked.after else len(found)
    made = _searchset(base, found, asked.address(base, asked.after), total)
    if more:
        made["link"].append({"relation": "next", "url": asked.address(base, page[-1].case.id)})
    return made


def _searchset(base: str, found: list[Resource], address: str, total: int | None) -> Resource:
    entries = [{"fullUrl": _url(base, one), "resource": one, "search": {"mode": "match"}} for one in found]
    made: Resource = {"resourceType": "Bundle", "type": "searchset", "link": [{"relation": "self", "url": address}]}
    made |= {} if total is None else {"total": total}
    return made | ({"entry": entries} if entries else {})


def _url(base: str, resource: Resource) -> str:
    return f"{base}/{resource['resourceType']}/{resource['id']}"


def _safely(page: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """What cannot be told is told as an OperationOutcome."""

    async def shown(request: Request) -> Response:
        try:
            _acceptable(request)
            return await page(request)
        except Refused as error:
            return refused(error)
        except FileLost:
            return refused(_lost())

    return shown


def _acceptable(request: Request) -> None:
    accepted = {one.split(";")[0].strip() for one in request.headers.get("accept", "").split(",")}
    wanted = request.query_params.get("_format", "json")
    if wanted not in FORMATS or not (accepted & JSON or "/Binary/" in request.url.path):
        raise Refused(HTTPStatus.NOT_ACCEPTABLE, "not-supported", f"This server speaks {TYPE}.")


def _lost() -> Refused:
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "incomplete", "A file of this case cannot be read. Tell the desk.")


async def _nowhere(request: Request) -> Response:
    if request.method in {"GET", "HEAD"}:
        return refused(missing())
    return refused(Refused(HTTPStatus.METHOD_NOT_ALLOWED, "not-supported", "This server only reads.", {"Allow": "GET"}))
