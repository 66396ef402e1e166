"""The program's HTTP side, webhooks aside. No documentation pages, no data: health says that the program runs, not for whom."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import APIRouter, FastAPI
from starlette.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp


def build(*, healthy: Callable[[], Awaitable[bool]], routers: Iterable[APIRouter] = ()) -> ASGIApp:
    """`healthy` answers whether the database can be read; `routers`: pages for people."""
    app = FastAPI(title="Careline", docs_url=None, redoc_url=None, openapi_url=None)
    for router in routers:
        app.include_router(router)

    @app.get("/health")
    async def health() -> Response:
        good = await healthy()
        return JSONResponse({"ok": good}, status_code=HTTPStatus.OK if good else HTTPStatus.SERVICE_UNAVAILABLE)

    @app.exception_handler(Exception)
    async def crashed(_: Request, __: Exception) -> Response:
        """Telegram repeats what was not accepted; nobody else needs to know why."""
        return Response(status_code=HTTPStatus.INTERNAL_SERVER_ERROR)

    return app
