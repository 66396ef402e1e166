"""The pages of the desk: plain HTML made here, two small scripts, nothing from elsewhere."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from bot.casework.on_page import Asked
from bot.web.desk import asking, reading, showing
from bot.web.desk.api import Api
from bot.web.desk.case_pages import CasePages
from bot.web.desk.door import COOKIE
from bot.web.desk.figures import FigurePages
from bot.web.desk.files import Files
from bot.web.desk.hospitals import HospitalPages
from bot.web.desk.timeline import TimelinePages
from bot.wording import card, desk, values
from flows.case import STAGES
from storage import audit, coordinators
from storage.desk import saved_views

if TYPE_CHECKING:
    from bot.dossier.making import Making
    from bot.previews import Previews
    from bot.web.desk.case_pages import Do
    from bot.web.desk.frame import Frame
    from storage.rows import Coordinator
    from storage.transaction import Transaction

STATIC = Path(__file__).parent / "static"
TYPES = {"desk.css": "text/css", "enter.js": "text/javascript", "keys.js": "text/javascript", "drafts.js": "text/javascript"}
CHOSEN = "case-"  # begins the names of the boxes of a list
MANY = ("claim", "hand-over")  # deeds that are done for many cases at once
NAME = 40  # characters of a saved view's name


class Pages:
    """Every page; `do` is casework's door for what is done on one, `making` makes dossiers, `previews` looks into documents."""

    def __init__(self, *, frame: Frame, do: Do, making: Making, previews: Previews) -> None:
        self.do = do
        self.frame, figures = frame, FigurePages(frame=frame)
        self._parts = (
            CasePages(frame=frame, do=do),
            Files(frame=frame, making=making, previews=previews),
            TimelinePages(frame=frame),
            figures,
            HospitalPages(frame=frame),
            Api(frame=frame, figures=figures),
        )

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/desk", include_in_schema=False)
        router.add_api_route("/", self._front, methods=["GET"])
        router.add_api_route("/enter", self._enter, methods=["POST"])
        router.add_api_route("/static/{name}", self._static, methods=["GET"])
        router.add_api_route("/cases", self.frame.for_visitors(self._cases), methods=["GET"])
        router.add_api_route("/cases", self.frame.for_visitors(self._many), methods=["POST"])
        router.add_api_route("/views", self.frame.for_visitors(self._view), methods=["POST"])
        router.add_api_route("/language", self.frame.for_visitors(self._language), methods=["POST"])
        for part in self._parts:
            part.add_to(router)
        return router

    async def _front(self, request: Request) -> Response:
        """The page whose script takes Telegram's words to `enter`, also for whoever is in: they may be another person's words."""
        visitor = await self.frame.door.visitor(request.cookies.get(COOKIE))
        words = self.frame.words(visitor) if visitor else self.frame.house.desk_words
        return self.frame.page("enter.html", words, known=visitor is not None)

    async def _enter(self, request: Request) -> Response:
        said = (await request.body())[:10_000].decode(errors="replace")
        cookie = await self.frame.door.enter(said) if self.frame.own(request) else None
        if cookie is None:
            return self.frame.denied()
        response = self.frame.denied(HTTPStatus.NO_CONTENT)
        self.frame.remember(response, cookie)
        return response

    async def _static(self, name: str) -> Response:
        if name not in TYPES:
            return self.frame.denied(HTTPStatus.NOT_FOUND)
        return FileResponse(STATIC / name, media_type=TYPES[name], headers=self.frame.headers)

    async def _cases(self, request: Request, visitor: Coordinator) -> Response:
        return await self._listed(request, visitor, ())

    async def _many(self, request: Request, visitor: Coordinator) -> Response:
        """One deed for every case that was chosen; what there is to say of any stands above the list."""
        sent = await self.frame.sent_back(request, visitor)
        if sent is None:
            return self.frame.closed(self.frame.words(visitor))
        fields, once = sent
        chosen = [name.removeprefix(CHOSEN) for name in fields if name.startswith(CHOSEN)][: reading.PAGE]
        if fields.get("verb") not in MANY:
            return self.frame.missing(self.frame.words(visitor))
        told: list[str] = []
        for place, number in enumerate(chosen):
            wanted = Asked(
                coordinator=visitor.telegram_id, number=number, verb=fields["verb"], said="", once=once + place, fields=fields
            )
            try:
                told += [f"{number}: {text}" for text in await self.do(wanted)]
            except KeyError:
                return self.frame.missing(self.frame.words(visitor))
        if told:
            return await self._listed(request, visitor, tuple(told))
        return RedirectResponse(f"cases?{asking.kept(request.query_params)}", HTTPStatus.SEE_OTHER, headers=self.frame.headers)

    async def _listed(self, request: Request, visitor: Coordinator, told: tuple[str, ...]) -> Response:
        asked, frame, words = request.query_params, self.frame, self.frame.words(visitor)
        wanted, after = asking.wanted(asked, visitor), asking.cursor(asked)
        found = await frame.database.transact(lambda tx: reading.listing(tx, frame.house, visitor, wanted, after))
        return frame.page_for(
            visitor,
            "cases.html",
            found=found,
            asked=asked,
            kept=asking.kept(asked),
            origin=asking.origin(asked),
            told=told,
            lasting=partial(showing.lasting, words),
            day=partial(values.day, words),
            following=asking.following(asked, found.next),
            title=partial(showing.listed, words, frame.house),
            stages=[(one, card.stage(words, frame.house.definition, one)) for one in STAGES],
            urgencies=desk.urgencies(words),
        )

    async def _view(self, request: Request, visitor: Coordinator) -> Response:
        """A view is kept under a name, or dropped by it. The page goes on with the filters that were there."""
        sent = await self.frame.sent_back(request, visitor)
        if sent is None:
            return self.frame.closed(self.frame.words(visitor))
        fields, _ = sent
        name, query = " ".join(fields.get("name", "").split())[:NAME], fields.get("query", "")
        kept = asking.kept(dict(parse_qsl(query[:1000])))

        def change(tx: Transaction) -> None:
            if fields.get("verb") == "drop":
                saved_views.drop(tx, visitor.telegram_id, name)
            elif name:
                saved_views.put(tx, visitor.telegram_id, name, kept)
            audit.write(tx, actor=str(visitor.telegram_id), action="view.kept", object="cases")

        await self.frame.database.transact(change)
        return RedirectResponse(f"cases?{kept}", HTTPStatus.SEE_OTHER, headers=self.frame.headers)

    async def _language(self, request: Request, visitor: Coordinator) -> Response:
        """The pages speak another language to this person from now on."""
        sent = await self.frame.sent_back(request, visitor)
        if sent is None:
            return self.frame.closed(self.frame.words(visitor))
        language = sent[0].get("language", "")
        if language not in self.frame.house.catalogues.languages:
            return self.frame.missing(self.frame.words(visitor))
        await self.frame.database.transact(lambda tx: _speak(tx, visitor.telegram_id, language))
        return RedirectResponse("cases", HTTPStatus.SEE_OTHER, headers=self.frame.headers)


def _speak(tx: Transaction, number: int, language: str) -> None:
    known = coordinators.get(tx, number)
    if known is not None:
        coordinators.save(tx, replace(known, language=language))
