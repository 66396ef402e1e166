"""tus 1.0 (core, creation, termination): the headers and status codes of it, over bot/uploads/page.py."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from bot.uploads.page import LARGEST, Absent, Busy, Elsewhere, Refused

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.uploads.page import Progress, Uploading

VERSION = "1.0.0"
PIECE = "application/offset+octet-stream"
LONGEST_NAME = 1000  # characters
DIGITS = 15
HEADERS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
ABOUT = {"Tus-Version": VERSION, "Tus-Extension": "creation,termination", "Tus-Max-Size": str(LARGEST)}

Answer = Callable[["Request"], Awaitable[Response]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Tus:
    """The addresses below a link."""

    uploading: Uploading

    def routes(self) -> list[Route]:
        files, file = "/upload/{secret}/files", "/upload/{secret}/files/{upload}"
        return [
            Route(files, _guarded(self._begin), methods=["POST"]),
            Route(files, _about, methods=["OPTIONS"]),
            Route(file, _guarded(self._progress), methods=["HEAD"]),
            Route(file, _guarded(self._append), methods=["PATCH"]),
            Route(file, _guarded(self._cancel), methods=["DELETE"]),
        ]

    async def _begin(self, request: Request) -> Response:
        size = _count(request, "upload-length")
        secret = request.path_params["secret"]
        upload = await self.uploading.begin(secret, _name(request.headers.get("upload-metadata", "")), size)
        return _said(HTTPStatus.CREATED, Location=f"/upload/{secret}/files/{upload}")

    async def _progress(self, request: Request) -> Response:
        return _at(HTTPStatus.OK, await self.uploading.progress(**request.path_params))

    async def _append(self, request: Request) -> Response:
        if request.headers.get("content-type") != PIECE or "content-encoding" in request.headers:
            return _said(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        offset = _count(request, "upload-offset")
        pieces = request.stream()
        return _at(HTTPStatus.NO_CONTENT, await self.uploading.append(**request.path_params, offset=offset, pieces=pieces))

    async def _cancel(self, request: Request) -> Response:
        await self.uploading.cancel(**request.path_params)
        return _said(HTTPStatus.NO_CONTENT)


async def _about(_: Request) -> Response:
    return _said(HTTPStatus.NO_CONTENT, **ABOUT)


def _guarded(answer: Answer) -> Answer:
    """What can go wrong, as the protocol says it. A link of somebody else, an old one and none at all look the same.

    A browser sends a request that broke off again by itself, all of its bytes to a place where they are not wanted: it is hung up on.
    """

    async def run(request: Request) -> Response:
        if request.headers.get("tus-resumable") != VERSION:
            return _said(HTTPStatus.PRECONDITION_FAILED, **ABOUT)
        try:
            return await answer(request)
        except Absent:
            return _said(HTTPStatus.NOT_FOUND, Connection="close")
        except Busy:
            return _said(HTTPStatus.LOCKED, Connection="close")
        except Elsewhere:
            return _said(HTTPStatus.CONFLICT, Connection="close")
        except Refused:
            return _said(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, Connection="close")
        except (ValueError, ClientDisconnect):
            return _said(HTTPStatus.BAD_REQUEST)

    return run


def _said(status: HTTPStatus, **headers: str) -> Response:
    return Response(status_code=status, headers=HEADERS | headers)


def _at(status: HTTPStatus, progress: Progress) -> Response:
    return _said(status, **{"Upload-Offset": str(progress.offset), "Upload-Length": str(progress.size)})


def _count(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise ValueError(name)
    return int(text)


def _name(metadata: str) -> str:
    """The file's own name, for people to read; nothing on the disk is called so."""
    for pair in metadata.split(","):
        key, _, value = pair.strip().partition(" ")
        if key == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8", "replace")[:LONGEST_NAME]
            except (binascii.Error, ValueError):
                return ""
    return ""
