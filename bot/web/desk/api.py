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
from bot.web.fhir import described
from bot.wording.visible import visible
from storage import relay, submissions, tasks

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.web.desk.frame import Frame
    from storage.rows import Case, Coordinator
    from storage.submissions import Submission
    from storage.tasks import Task
    from storage.transaction import Transaction

VERSION = "1"
FILTERS = ("view", "number", "stage", "urgency", "holder", "sort", "after", "id")
NOT_IN: dict[int | str, dict[str, Any]] = {
    HTTPStatus.FORBIDDEN.value: {"description": "Not on the roster, or the visit is over"}
}
MISSING: dict[int | str, dict[str, Any]] = {HTTPStatus.NOT_FOUND.value: {"description": "There is no such case"}}


class Api:
    """Every read of one case is one transaction: who asks, the line in the audit log, and what is told."""

    def __init__(self, *, frame: Frame) -> None:
        self.frame = frame
        self._described: dict[str, Any] | None = None

    def add_to(self, router: APIRouter) -> None:
        router.add_api_route("/openapi.json", self.frame.for_visitors(self._description, api=True), methods=["GET"])
        self.serve(router, "/api")

    def serve(self, router: APIRouter, prefix: str) -> None:
        """Adds every address of the interface."""
        self._add(router, prefix, "/cases", self._cases, shapes.Cases, filters=True)
        self._add(router, prefix, "/cases/{number}", self._about(self._case, "case.api"), shapes.Case)
        for name, answer, shape in PARTS:
            page = self._about(lambda tx, case, answer=answer: answer(self.frame, tx, case), f"case.api.{name}")  # type: ignore[misc]
            self._add(router, prefix, f"/cases/{{number}}/{name}", page, shape)

    def _add(
        self, router: APIRouter, prefix: str, path: str, page: Any, shape: type[BaseModel], *, filters: bool = False
    ) -> None:
        text = {"name": "", "in": "query", "required": False, "schema": {"type": "string"}}
        number = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}
        parameters = [text | {"name": name} for name in FILTERS] if filters else [number]
        router.add_api_route(
            prefix + path,
            self.frame.for_visitors(page, api=True),
            methods=["GET"],
            response_model=shape,
            responses=NOT_IN if filters else NOT_IN | MISSING,
            summary=(shape.__doc__ or shape.__name__).strip().partition("\n")[0],
            operation_id=path.strip("/").replace("/{number}", "_one").replace("/", "_"),
            openapi_extra={"parameters": parameters, "security": [{"visit": []}]},
        )

    async def _cases(self, request: Request, visitor: Coordinator) -> Response:
        asked, frame = request.query_params, self.frame
        wanted, after = asking.wanted(asked, visitor), asking.cursor(asked)
        found = await frame.database.transact(lambda tx: reading.listing(tx, frame.house, visitor, wanted, after))
        listed = [shapes.Listed(**_common(row.case), language=row.language, waiting=row.waiting) for row in found.rows]
        return self._told(shapes.Cases(cases=listed, next=asking.following(asked, found.next) or None))

    def _about(self, answer: Callable[[Transaction, Case], BaseModel], action: str) -> Any:
        async def page(request: Request, visitor: Coordinator) -> Response:
            number = request.path_params["number"]

            def work(tx: Transaction) -> BaseModel | None:
                case = reading.opened(tx, visitor, number, action=action)
                return None if case is None else answer(tx, case)

            found = await self.frame.database.transact(work)
            return self.frame.denied(HTTPStatus.NOT_FOUND) if found is None else self._told(found)

        return page

    def _case(self, tx: Transaction, case: Case) -> shapes.Case:
        card = reading.card(tx, self.frame.house, case)
        return shapes.Case(
            **_common(case),
            close_reason=case.close_reason,
            criteria=[shapes.Finding(criterion=one.criterion.id, status=one.status) for one in card.findings],
            records=[shapes.Record(record=one.record.id, state=one.state) for one in card.records],
        )

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


def _common(case: Case) -> dict[str, Any]:
    return {
        "number": case.number,
        "stage": case.stage,
        "urgency": case.urgency,
        "holder": case.holder,
        "opened": case.opened_at,
        "closed": case.closed_at,
        "flagged": case.red_flag_at is not None and case.red_flag_ack_at is None,
    }


def _documents(frame: Frame, tx: Transaction, case: Case) -> shapes.Documents:
    found = reading.stored(tx, frame.house, case)
    return shapes.Documents(documents=[_document(case, one) for one in found])


def _document(case: Case, stored: reading.Stored) -> shapes.Document:
    files = [
        shapes.File(
            id=part.id,
            content_type=part.content_type,
            size=part.size,
            look=showing.preview(stored, part),
            address=f"/desk/cases/{case.number}/files/{part.id}" if part.blob else None,
        )
        for part in stored.parts
    ]
    one = stored.document
    return shapes.Document(
        id=one.id, record=one.record, origin=one.origin, received=one.created_at, guarded=stored.guarded, files=files
    )


def _conversation(_frame: Frame, tx: Transaction, case: Case) -> shapes.Conversation:
    lines = [
        shapes.Line(
            id=one.id,
            direction=one.direction,
            author=None if one.direction == "in" else one.author,
            text=visible(one.body or "")[0],
            at=one.at,
        )
        for one in relay.newest(tx, case.id, reading.LINES)
    ]
    return shapes.Conversation(lines=lines)


def _tasks(_frame: Frame, tx: Transaction, case: Case) -> shapes.Tasks:
    return shapes.Tasks(tasks=[_task(one) for one in tasks.of_case(tx, case.id)])


def _task(one: Task) -> shapes.Task:
    return shapes.Task(id=one.id, item=one.item, text=one.body, owner=one.owner, state=one.state, due=one.due, day=one.day)


def _submissions(_frame: Frame, tx: Transaction, case: Case) -> shapes.Submissions:
    return shapes.Submissions(submissions=[_submission(one) for one in submissions.of_case(tx, case.id)])


def _submission(one: Submission) -> shapes.Submission:
    lines = [
        shapes.Answer(
            state=line.state, day=line.day, reason=line.reason, text=line.body, documents=list(line.documents), by=line.by
        )
        for line in one.lines
    ]
    return shapes.Submission(id=one.id, centre=one.centre, protocols=list(one.protocols), state=one.state, lines=lines)


PARTS: tuple[tuple[str, Callable[[Frame, Transaction, Case], BaseModel], type[BaseModel]], ...] = (
    ("documents", _documents, shapes.Documents),
    ("conversation", _conversation, shapes.Conversation),
    ("tasks", _tasks, shapes.Tasks),
    ("submissions", _submissions, shapes.Submissions),
)
