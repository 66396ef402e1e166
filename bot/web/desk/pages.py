"""The pages of the desk: plain HTML made here, one small script to come in from Telegram, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime
from fastapi import APIRouter, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response

from bot.web.desk import reading
from bot.web.desk.door import COOKIE, IDLE, Door
from bot.wording import card, desk, web
from flows.case import STAGES
from storage.cases import Denied
from storage.overview import NOBODY, URGENCIES, Cursor, Wanted

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.effects.scene import House
    from storage.database import Database
    from storage.rows import Coordinator

STATIC = Path(__file__).parent / "static"
TYPES = {"desk.css": "text/css", "enter.js": "text/javascript"}
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self' https://web.telegram.org https://*.telegram.org {framed}",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}

Page = Callable[[Request, "Coordinator"], Awaitable[Response]]


class Pages:
    """`framed`: another page that may show ours in a frame, such as the sandbox's."""

    def __init__(self, *, database: Database, house: House, door: Door, secure: bool, framed: str = "") -> None:
        self._database, self._house, self._door, self._secure = database, house, door, secure
        self._headers = {name: value.format(framed=framed) for name, value in SAFE.items()} | (HSTS if secure else {})
        self._templates = Environment(
            loader=PackageLoader("bot.web.desk"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/desk", include_in_schema=False)
        router.add_api_route("/", self._front, methods=["GET"])
        router.add_api_route("/enter", self._enter, methods=["POST"])
        router.add_api_route("/static/{name}", self._static, methods=["GET"])
        router.add_api_route("/cases", self._for_visitors(self._cases), methods=["GET"])
        router.add_api_route("/cases/{number}", self._for_visitors(self._case), methods=["GET"])
        return router

    async def _front(self, request: Request) -> Response:
        """Whoever is in already sees the cases; everybody else the page whose script takes Telegram's words to `enter`."""
        if await self._door.visitor(request.cookies.get(COOKIE)):
            return RedirectResponse("cases", HTTPStatus.SEE_OTHER, headers=self._headers)
        return self._page("enter.html", self._house.desk_words)

    async def _enter(self, request: Request) -> Response:
        cookie = await self._door.enter((await request.body())[:10_000].decode(errors="replace"))
        if cookie is None:
            return Response(status_code=HTTPStatus.FORBIDDEN, headers=self._headers)
        response = Response(status_code=HTTPStatus.NO_CONTENT, headers=self._headers)
        self._remember(response, cookie)
        return response

    async def _static(self, name: str) -> Response:
        if name not in TYPES:
            return Response(status_code=HTTPStatus.NOT_FOUND, headers=self._headers)
        return FileResponse(STATIC / name, media_type=TYPES[name], headers=self._headers)

    def _for_visitors(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """A page for people on the roster. Each page is a sign of life that lets the visit go on."""

        async def shown(request: Request) -> Response:
            visitor = await self._door.visitor(request.cookies.get(COOKIE))
            if visitor is None:
                return self._page("enter.html", self._house.desk_words, status=HTTPStatus.FORBIDDEN)
            response = await page(request, visitor)
            self._remember(response, self._door.cookie(visitor.telegram_id))
            return response

        return shown

    async def _cases(self, request: Request, visitor: Coordinator) -> Response:
        wanted, after = _wanted(request, visitor), _cursor(request)
        found = await self._database.transact(lambda tx: reading.listing(tx, self._house, visitor, wanted, after))
        words = self._words(visitor)
        return self._page(
            "cases.html",
            words,
            found=found,
            asked=request.query_params,
            visitor=visitor,
            stages=[(one, card.stage(words, self._house.definition, one)) for one in STAGES],
            urgencies=desk.urgencies(words),
        )

    async def _case(self, request: Request, visitor: Coordinator) -> Response:
        number = request.path_params["number"]
        words = self._words(visitor)
        try:
            found = await self._database.transact(lambda tx: reading.sheet(tx, self._house, visitor, number))
        except Denied:
            return self._page("enter.html", words, status=HTTPStatus.FORBIDDEN)
        if found is None:
            return self._page("missing.html", words, status=HTTPStatus.NOT_FOUND)
        summary = Markup(card.card(words, found.card).text)  # noqa: S704 - our own markup, escaped where it is made
        return self._page("case.html", words, found=found, case=found.card.case, summary=summary, record=self._record(words))

    def _record(self, words: Catalogue) -> Callable[[str | None], str]:
        def name(record: str | None) -> str:
            known = self._house.definition.record(record) if record else None
            return known.text.worded(words.worded) if known else record or ""

        return name

    def _words(self, visitor: Coordinator) -> Catalogue:
        return self._house.catalogues[visitor.language]

    def _page(self, template: str, words: Catalogue, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
        text = self._templates.get_template(template).render(
            t=web.texts(words), words=words, moment=_moment(words), language=words.language.replace("_", "-"), **values
        )
        return HTMLResponse(text, status, headers=self._headers)

    def _remember(self, response: Response, cookie: str) -> None:
        """Inside Telegram's own page the cookie is a third party's, which browsers take only when it is secure."""
        same_site = "none" if self._secure else "lax"
        seconds = int(IDLE.total_seconds())
        response.set_cookie(COOKIE, cookie, seconds, path="/desk", secure=self._secure, httponly=True, samesite=same_site)  # type: ignore[arg-type]


def _wanted(request: Request, visitor: Coordinator) -> Wanted:
    """What the address asks for; what makes no sense asks for nothing."""
    asked = request.query_params
    view, holder = asked.get("view", ""), asked.get("holder", "")
    number = asked.get("number", "").strip().upper()
    return Wanted(
        closed=view == "closed",
        holder=visitor.telegram_id if view == "mine" else NOBODY if view == "unclaimed" else _digits(holder),
        stage=asked.get("stage") if asked.get("stage") in STAGES else None,
        urgency=asked.get("urgency") if asked.get("urgency") in URGENCIES else None,
        flagged=view == "flagged",
        number=number if not number or number.startswith("CL") else f"CL-{number}",
    )


def _cursor(request: Request) -> Cursor | None:
    urgency, id_ = request.query_params.get("after", ""), _digits(request.query_params.get("id", ""))
    return Cursor(urgency=urgency, id=id_) if urgency in URGENCIES and id_ is not None else None


def _digits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else None  # noqa: PLR2004 - below 2**63


def _moment(words: Catalogue) -> Callable[[datetime | None], str]:
    def told(at: datetime | None) -> str:
        return words.isolate(format_datetime(at, "short", locale=words.dates)) if at else ""

    return told
