"""The application under /sandbox/. Imported at the first request, because FastAPI takes half a second to load."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from bot.sandbox.errors import Refusal, Unable
from bot.sandbox.http import acting, managing, reading, shapes, trouble
from bot.sandbox.http.context import Context, Json

UNREADABLE = 422
REFUSALS: dict[int | str, dict[str, Any]] = {
    403: {"model": shapes.Error, "description": "Not allowed to this person, or asked from elsewhere"},
    404: {"model": shapes.Error, "description": "There is no such thing"},
    409: {"model": shapes.Error, "description": "Not possible as things are"},
    422: {"model": shapes.Error, "description": "Not understood"},
}
DESCRIPTION = "What people do, see and switch in the stand-in for Telegram. The Bot API itself is at /bot<token>/<method>."


def build(context: Context) -> FastAPI:
    app = FastAPI(
        title="Careline sandbox",
        description=DESCRIPTION,
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/sandbox/openapi.json",
    )
    app.state.context = context
    for part in (reading, managing, acting, trouble):
        app.include_router(part.router, prefix="/sandbox", responses=REFUSALS)
    app.add_exception_handler(HTTPException, _nowhere)
    app.add_exception_handler(Unable, _unable)
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(ValidationError, _unreadable)
    return app


async def _nowhere(_request: Request, error: Exception) -> Json:
    """No such address, or not with this verb."""
    found = error if isinstance(error, HTTPException) else HTTPException(UNREADABLE)
    return Json({"error": found.detail}, status_code=found.status_code)


async def _unable(_request: Request, error: Exception) -> Json:
    return Json({"error": str(error)}, status_code=error.status if isinstance(error, Unable) else UNREADABLE)


async def _refused(_request: Request, error: Exception) -> Json:
    return Json({"error": str(error)}, status_code=UNREADABLE)


async def _unreadable(_request: Request, error: Exception) -> Json:
    """Which field, and why; never the value itself."""
    problems = error.errors() if isinstance(error, (RequestValidationError, ValidationError)) else []
    words = "; ".join(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in problems)
    return Json({"error": words}, status_code=UNREADABLE)
