"""The upload page: one HTML file in the patient's language, two scripts and a style sheet, nothing from anywhere else."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from fastapi import APIRouter
from starlette.responses import Response
from starlette.routing import Route

from bot.uploads.page import LARGEST, Absent
from bot.web.tus import Tus
from bot.wording import upload as wording

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.catalogues import Catalogue, Catalogues
    from bot.uploads.page import Uploading

FOLDER = Path(__file__).parent / "page"
TYPES = {"upload.css": "text/css", "upload.js": "text/javascript", "tus.js": "text/javascript", "zip.js": "text/javascript"}
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'none'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadPage:
    """What is served for a link, and the same nothing for everything that is no link."""

    uploading: Uploading
    catalogues: Catalogues

    def router(self) -> APIRouter:
        own = [Route("/upload/{secret}", self._page), Route("/upload-page/{name}", _file)]
        return APIRouter(routes=[*own, *Tus(uploading=self.uploading).routes()])

    async def _page(self, request: Request) -> Response:
        try:
            language = await self.uploading.language(request.path_params["secret"])
        except Absent:
            return _answer(self._nothing(), "text/html", HTTPStatus.NOT_FOUND)
        return _answer(_filled(self.catalogues[language]), "text/html")

    def _nothing(self) -> str:
        """In every language, because nobody knows whose link it was."""
        said = ((self.catalogues[one], wording.nothing(self.catalogues[one])) for one in self.catalogues.languages)
        lines = "".join(f'<p lang="{words.language}" dir="auto">{html.escape(text)}</p>' for words, text in said)
        return f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>404</title><link rel="stylesheet" href="/upload-page/upload.css"><main>{lines}</main>'


def _filled(words: Catalogue) -> str:
    said = wording.page(words)
    shown = {name: html.escape(text) for name, text in said.items()}
    more = {"language": words.language, "direction": "rtl" if words.right_to_left else "ltr", "limit": str(LARGEST)}
    template = Template((FOLDER / "upload.html").read_text(encoding="utf-8"))
    return template.substitute(shown, words=html.escape(json.dumps(said, ensure_ascii=False)), **more)


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in TYPES:
        return Response(status_code=HTTPStatus.NOT_FOUND, headers=HEADERS)
    return _answer((FOLDER / name).read_text(encoding="utf-8"), TYPES[name])


def _answer(text: str, kind: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    return Response(text, media_type=kind, status_code=status, headers=HEADERS)
