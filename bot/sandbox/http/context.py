"""What every route under /sandbox/ needs, and how answers are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response

from bot.sandbox.dispatch import Dispatcher
from bot.sandbox.encoding import dumps
from bot.sandbox.people.webapps import Signer
from bot.sandbox.state import State
from bot.sandbox.views import Views


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    state: State
    views: Views
    dispatcher: Dispatcher
    signer: Signer


def context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


Here = Annotated[Context, Depends(context)]


class Json(Response):
    """Records are written in their shapes; bytes of JSON faster than FastAPI would."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return dumps(content)
