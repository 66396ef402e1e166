"""The desk as JSON, described by OpenAPI: the same door, the same rules and the same lines in the audit log as on its pages. It only reads."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse, Response

from bot.web.desk import asking, reading, shapes, showing
from bot.web.desk.door import COOKIE
from bot.web.desk.parts import PARTS, Look, case_, common
from bot.web.fhir import described

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.web.desk.figures import FigurePages
    from bot.web.desk.frame import Frame
    from storage.rows import Coordinator
    from storage.transaction import Transaction

VERSION = "1"
FILTERS = ("view", "number", "stage", "urgency", "holder", "sort", "after", "id")
NOT_IN: dict[int | str, dict[str, Any]] = {
    HTTPStatus.FORBIDDEN.value: {"description": "Not on the roster, or the visit is over"}
}
MISSING: dict[int | str, dict[str, Any]] = {HTTPStatus.NOT_FOUND.value: {"description": "There is no such case"}}


class Api:
    """Every read of one case is one transaction: who asks, the line in the audit log, and what is told."""

    def __init__(self, *, frame: Frame, figures: FigurePages) -> None:
        self.frame, self.figures = frame, figures
        self._described: dict[str, Any] | None = None

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route("/openapi.json", self.frame.for_visitors(self._description, api=True), methods=["GET"])
        self.serve(router, "/api")

    def serve(self, router: APIRouter, prefix: str) -> None:
        """Adds every address of the interface."""
        self._add(router, prefix, "/cases", self._cases, shapes.Cases, FILTERS)
        self._add(router, prefix, "/cases/{number}", self._about(case_, "case.api"), shapes.Case)
        for name, answer, shape, asked in PARTS:
            page = self._about(answer, f"case.api.{name}")
            self._add(router, prefix, f"/cases/{{number}}/{name}", page, shape, asked)
        self._add(router, prefix, "/figures", self._figures, shapes.Figures, ("days",))

    def _add(
        self, router: APIRouter, prefix: str, path: str, page: Any, shape: type[BaseModel], asked: tuple[str, ...] = ()
    ) -> None:
        """`asked`: what the address may ask for after the question mark."""
        text = {"in": "query", "required": False, "schema": {"type": "string"}}
        number = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
        of_case = "{number}" in path
        parameters = [*([number] if of_case else []), *({"name": name} | text for name in asked)]
        router.add_api_route(
            prefix + path,
            self.frame.for_visitors(page, api=True),
            methods=["GET"],
            response_model=shape,
            responses=NOT_IN | MISSING if of_case else NOT_IN,
            summary=(shape.__doc__ or shape.__name__).strip().partition("\n")[0],
            operation_id=path.strip("/").replace("/{number}", "_one").replace("/", "_"),
            openapi_extra={"parameters": parameters, "security": [{"visit": []}]},
        )

    async def _cases(self, request: Request, visitor: Coordinator) -> Response:
        asked, frame, words = request.query_params, self.frame, self.frame.words(visitor)
        wanted, after = asking.wanted(asked, visitor), asking.cursor(asked)
        found = await frame.database.transact(lambda tx: reading.listing(tx, frame.house, visitor, wanted, after))
        listed = [
            shapes.Listed(
                **common(row.case),
                title=showing.listed(words, frame.house, row),
                language=row.language,
                waiting=row.waiting,
                late=row.level > 1,
                next=row.next.body if row.next else None,
                due=row.next.due if row.next else None,
            )
            for row in found.rows
        ]
        people = [shapes.Person(number=one.telegram_id, name=one.name) for one in found.staff]
        following = asking.following(asked, found.next) or None
        return self._told(shapes.Cases(cases=listed, next=following, people=people, views=found.views))

    async def _figures(self, request: Request, visitor: Coordinator) -> Response:
        days, tables = await self.figures.of(request, visitor)
        told = [
            shapes.Table(title=one.title, columns=list(one.columns), rows=[list(row) for row in one.rows]) for one in tables
        ]
        return self._told(shapes.Figures(days=days, tables=told))

    def _about(self, answer: Callable[[Look], BaseModel], action: str) -> Any:
        async def page(request: Request, visitor: Coordinator) -> Response:
            number, house, words = request.path_params["number"], self.frame.house, self.frame.words(visitor)

            def work(tx: Transaction) -> BaseModel | None:
                case = reading.opened(tx, visitor, number, action=action)
                look = case and Look(tx=tx, house=house, words=words, case=case, asked=request.query_params)
                return answer(look) if look else None

            found = await self.frame.database.transact(work)
            return self.frame.denied(HTTPStatus.NOT_FOUND) if found is None else self._told(found)

        return page

    async def _description(self, request: Request, _visitor: Coordinator) -> Response:
        del request
        self._described = self._described or description(self)
        return JSONResponse(self._described, headers=self.frame.headers)

    def _told(self, value: BaseModel) -> Response:
        return Response(value.model_dump_json(), media_type="application/json", headers=self.frame.headers)


def description(api: Api) -> dict[str, Any]:
    """The OpenAPI document of this interface."""
    router = APIRouter(tags=["desk"])
    api.serve(router, "/desk/api")
    made = get_openapi(title="Careline desk", version=VERSION, description=__doc__, routes=router.routes)
    made["components"]["securitySchemes"] = {"visit": {"type": "apiKey", "in": "cookie", "name": COOKIE}, **described.SCHEMES}
    made["paths"] |= described.paths()
    return made
