"""The page on which everything that happened in a case stands in one list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from bot.web.desk import reading
from bot.web.desk.events import Looked, Place, page
from bot.wording import timeline as wording

if TYPE_CHECKING:
    from bot.web.desk.events import Event
    from bot.web.desk.frame import Frame
    from storage.rows import Case, Coordinator
    from storage.transaction import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelinePages:
    frame: Frame

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route("/cases/{number}/timeline", self.frame.for_visitors(self._page), methods=["GET"])

    async def _page(self, request: Request, visitor: Coordinator) -> Response:
        frame, words, asked = self.frame, self.frame.words(visitor), request.query_params
        kind = asked.get("kind", "") if asked.get("kind") in wording.KINDS else ""

        def look(tx: Transaction) -> tuple[Case, list[Event], Place | None] | None:
            case = reading.opened(tx, visitor, request.path_params["number"], action="case.timeline")
            if case is None:
                return None
            before = Place.before(asked.get("before", ""), tx.now)
            return case, *page(Looked(tx=tx, house=frame.house, words=words, case=case, before=before), kind)

        found = await frame.database.transact(look)
        if found is None:
            return frame.missing(words)
        case, events, older = found
        return frame.page_for(
            visitor, "timeline.html", case=case, events=events, older=older, kind=kind, kinds=wording.kinds(words)
        )
