"""Where Telegram delivers: the secret is checked before a byte of the body is read, and 200 is said when the update is durable."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import OperationalError
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from storage import json_text

if TYPE_CHECKING:
    from starlette.requests import Request

Accept = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]

log = structlog.get_logger("bot.web")

HEADER = b"x-telegram-bot-api-secret-token"
MAX_BODY = 1 << 20  # bytes; an update is a few kilobytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """One bot's address. `accept` returns when the update is stored."""

    side: str
    secret: str = field(repr=False)
    accept: Accept

    def route(self) -> Route:
        return Route(f"/webhook/{self.side}", self.receive, methods=["POST"])

    async def receive(self, request: Request) -> Response:
        if not self._is_telegram(request):
            return Response(status_code=HTTPStatus.UNAUTHORIZED)
        try:
            update = json_text.loads(await _body(request))
        except (json_text.Unreadable, ClientDisconnect):
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        except _TooLarge:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if not isinstance(update, dict):
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        try:
            await self.accept([update])
        except OperationalError:
            log.exception("store_unavailable", bot=self.side)
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)  # Telegram keeps it and repeats it
        return Response(status_code=HTTPStatus.OK)

    def _is_telegram(self, request: Request) -> bool:
        """Bytes are compared, so that a header in any alphabet is simply wrong; two headers are one too many."""
        given = [value for name, value in request.scope["headers"] if name == HEADER]
        return len(given) == 1 and hmac.compare_digest(given[0], self.secret.encode())


class _TooLarge(Exception):
    """No update is that long."""


async def _body(request: Request) -> bytes:
    if request.headers.get("content-encoding", "identity") != "identity":
        raise _TooLarge
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise _TooLarge
    return bytes(body)
