"""What every page of the desk has in common: safe headers, templates, who comes in, and that what is sent back came from our own page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from babel.dates import format_datetime
from fastapi import Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from bot.web.desk.door import COOKIE, IDLE, Door
from bot.wording import web
from flows.staff import roles
from storage.cases import Denied

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from bot.catalogues import Catalogue
    from bot.effects.scene import House
    from storage.database import Database
    from storage.rows import Coordinator

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'self' https://web.telegram.org https://*.telegram.org"
)
APART = "sandbox; default-src 'none'; frame-ancestors 'none'"  # for bytes that strangers made
SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
LONGEST = 20_000  # bytes of what a page sends back

Page = Callable[[Request, "Coordinator"], Awaitable[Response]]
TEMPLATES = Environment(
    loader=PackageLoader("bot.web.desk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """`framed`: another page that may show ours in a frame, such as the sandbox's."""

    database: Database
    house: House
    door: Door
    secure: bool
    framed: str = ""

    @property
    def headers(self) -> dict[str, str]:
        policy = f"{POLICY} {self.framed}".rstrip()
        return SAFE | {"Content-Security-Policy": policy} | (HSTS if self.secure else {})

    def words(self, visitor: Coordinator) -> Catalogue:
        return self.house.catalogues[visitor.language]

    def for_visitors(self, page: Page, *, api: bool = False) -> Callable[[Request], Awaitable[Response]]:
        """A page for people on the roster. Each page is a sign of life that lets the visit go on. `api`: strangers get no words."""

        async def shown(request: Request) -> Response:
            visitor = await self.door.visitor(request.cookies.get(COOKIE))
            if visitor is None:
                return self.denied() if api else self.closed(self.house.desk_words)
            try:
                response = await page(request, visitor)
            except Denied:
                return self.denied() if api else self.closed(self.words(visitor))
            self.remember(response, self.door.cookie(visitor.telegram_id))
            return response

        return shown

    def closed(self, words: Catalogue) -> Response:
        return self.page("enter.html", words, known=False, status=HTTPStatus.FORBIDDEN)

    def denied(self, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> Response:
        return Response(status_code=status, headers=self.headers)

    def missing(self, words: Catalogue) -> Response:
        return self.page("missing.html", words, status=HTTPStatus.NOT_FOUND)

    def page(self, template: str, words: Catalogue, *, status: int = HTTPStatus.OK, **values: Any) -> Response:
        zone = self.house.desk_zone
        text = TEMPLATES.get_template(template).render(
            t=web.texts(words),
            words=words,
            moment=_moment(words, zone),
            clock=web.clock(words, zone.key),
            language=words.language.replace("_", "-"),
            **values,
        )
        return HTMLResponse(text, status, headers=self.headers)

    def page_for(self, visitor: Coordinator, template: str, **values: Any) -> Response:
        """With what a page needs that sends something back."""
        acts, token = roles.may(visitor.role, "act"), self.door.token(visitor.telegram_id)
        lets_in = roles.may(visitor.role, "hospitals")
        own_names = {one: self.house.catalogues[one].own_name for one in self.house.catalogues.languages}
        values |= {"visitor": visitor, "acts": acts, "lets_in": lets_in, "token": token, "own_names": own_names}
        return self.page(template, self.words(visitor), **values)

    def remember(self, response: Response, cookie: str) -> None:
        """Inside Telegram's own page the cookie is a third party's, which browsers take only when it is secure."""
        same_site = "none" if self.secure else "lax"
        seconds = int(IDLE.total_seconds())
        response.set_cookie(COOKIE, cookie, seconds, path="/desk", secure=self.secure, httponly=True, samesite=same_site)  # type: ignore[arg-type]

    async def sent_back(self, request: Request, visitor: Coordinator) -> tuple[dict[str, str], int] | None:
        """The fields of a page of ours and its number; None when another site had them sent, or the page is too old."""
        fields = await self.fields(request)
        once = None if fields is None else self.door.opens(visitor.telegram_id, fields.get("token", ""))
        return None if fields is None or once is None else (fields, once)

    async def fields(self, request: Request) -> dict[str, str] | None:
        """What our own page sent, whatever its token; None when another site had it sent."""
        if not self.own(request) or int(request.headers.get("content-length") or 0) > LONGEST:
            return None
        try:
            return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
        except Exception:  # noqa: BLE001 - whatever is no form is no page of ours
            return None

    def own(self, request: Request) -> bool:
        """Whether our own page asks. Without a referrer browsers say `null` here, and Sec-Fetch-Site says the rest."""
        origin, site = request.headers.get("origin", "null"), request.headers.get("sec-fetch-site", "same-origin")
        scheme = "https" if self.secure else "http"
        return site == "same-origin" and origin in {"null", f"{scheme}://{request.headers.get('host', '')}"}


def _moment(words: Catalogue, zone: ZoneInfo) -> Callable[[datetime | None], str]:
    """Writes a moment as the clock of the desk shows it."""

    def told(at: datetime | None) -> str:
        return words.isolate(format_datetime(at, "short", zone, locale=words.dates)) if at else ""

    return told
