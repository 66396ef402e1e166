"""The page of one case, and what is done on it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from bot.casework.on_page import Asked
from bot.web.desk import asking, reading, showing
from bot.wording import handing, web
from flows.staff import roles

if TYPE_CHECKING:
    from bot.web.desk.frame import Frame
    from storage.rows import Coordinator

WRITTEN = {"reply", "note"}  # deeds that are words

Do = Callable[[Asked], Awaitable[tuple[str, ...]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class CasePages:
    """`do`: casework's own door for what is done on a page."""

    frame: Frame
    do: Do

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route("/cases/{number}", self.frame.for_visitors(self._case), methods=["GET"])
        router.add_api_route("/cases/{number}", self.frame.for_visitors(self._done), methods=["POST"])

    async def _case(self, request: Request, visitor: Coordinator) -> Response:
        return await self._shown(request, visitor)

    async def _shown(
        self,
        request: Request,
        visitor: Coordinator,
        told: tuple[str, ...] = (),
        draft: tuple[str, str] = ("", ""),
        *,
        replied: bool = False,
    ) -> Response:
        """`draft`: the verb and the words of what was written and was not done; `replied`: the way back stands beside what is told."""
        frame, words, number = self.frame, self.frame.words(visitor), request.path_params["number"]
        origin = asking.list_of(request.query_params)
        wanted = None if origin is None else asking.wanted(origin, visitor)
        sheet = await frame.database.transact(lambda tx: reading.sheet(tx, frame.house, visitor, number, wanted))
        if sheet is None:
            return frame.missing(words)
        values = showing.case(words, frame.house, sheet, visitor)
        ways = {
            "record": partial(showing.record, words, frame.house),
            "preview": showing.preview,
            "language_name": partial(handing.language, words),
            "kept": asking.kept(origin or {}),
            "origin": asking.origin(origin or {}),
        }
        status = HTTPStatus.FORBIDDEN if draft[0] else HTTPStatus.OK
        return frame.page_for(
            visitor, "case.html", told=told, replied=replied, draft=dict([draft]), status=status, **values, **ways
        )

    async def _done(self, request: Request, visitor: Coordinator) -> Response:
        """What was said of it stands on the page that comes back; when nothing was, the page is asked for anew."""
        number, sent = request.path_params["number"], await self.frame.sent_back(request, visitor)
        if sent is None:
            return await self._too_late(request, visitor)
        fields, once = sent
        asked = Asked(
            coordinator=visitor.telegram_id,
            number=number,
            verb=fields.get("verb", ""),
            said=fields.get("said", "").replace("\r\n", "\n"),
            once=once,
            fields=fields,
        )
        try:
            told = await self.do(asked)
        except KeyError:
            return self.frame.missing(self.frame.words(visitor))
        if told:
            return await self._shown(request, visitor, told, replied=asked.verb == "reply")
        back = "?".join(filter(None, (request.url.path, request.url.query)))
        return RedirectResponse(back, HTTPStatus.SEE_OTHER, headers=self.frame.headers)

    async def _too_late(self, request: Request, visitor: Coordinator) -> Response:
        """What somebody wrote on a page of ours that grew too old stands there again; what another site sent does not."""
        fields = await self.frame.fields(request)
        if fields is None or fields.get("verb") not in WRITTEN or not roles.may(visitor.role, "act"):
            return self.frame.closed(self.frame.words(visitor))
        told = (web.texts(self.frame.words(visitor))["too_old"],)
        return await self._shown(request, visitor, told, (fields["verb"], fields.get("said", "")))
