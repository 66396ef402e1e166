"""Where Telegram delivers: the secret is checked before a byte of the body is read, and 200 is said when the update is durable.

A plain ASGI application: there is one for each bot, in front of every other page, because nearly all that the program is asked comes here.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import OperationalError

from storage.engine import json_text

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from bot.wire import Call

Accept = Callable[[Sequence[dict[str, Any]]], Awaitable["list[Call]"]]

log = structlog.get_logger("bot.web")

HEADER = b"x-telegram-bot-api-secret-token"
ENCODING = b"content-encoding"
MAX_BODY = 1 << 20  # bytes; an update is a few kilobytes


class Refused(Exception):
    """The status says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status)
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Webhook:
    """One bot's address. `accept` returns when the update is durable; one call that it gives goes back in the answer."""

    side: str
    secret: str = field(repr=False)
    accept: Accept

    @property
    def path(self) -> str:
        return f"/webhook/{self.side}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status, body = HTTPStatus.OK, b""
        try:
            body = await self._receive(scope, receive)
        except Refused as refused:
            status = refused.status
        except OperationalError:
            log.exception("store_unavailable", bot=self.side)
            status = HTTPStatus.SERVICE_UNAVAILABLE  # Telegram keeps it and repeats it
        except Exception:
            log.exception("update_failed", bot=self.side)
            status = HTTPStatus.INTERNAL_SERVER_ERROR
        headers = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _receive(self, scope: Scope, receive: Receive) -> bytes:
        """The body of the answer."""
        if not self._is_telegram(scope["headers"]):
            raise Refused(HTTPStatus.UNAUTHORIZED)
        if scope["method"] != "POST":
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        try:
            update = json_text.loads(await _body(scope["headers"], receive))
        except json_text.Unreadable:
            raise Refused(HTTPStatus.BAD_REQUEST) from None
        if not isinstance(update, dict):
            raise Refused(HTTPStatus.BAD_REQUEST)
        return b"".join(json_text.dumps({"method": call.method, **call.params}) for call in await self.accept([update]))

    def _is_telegram(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Bytes are compared, so that a header in any alphabet is simply wrong; two headers are one too many."""
        given = [value for name, value in headers if name == HEADER]
        return len(given) == 1 and hmac.compare_digest(given[0], self.secret.encode())


def in_front(webhooks: Iterable[Webhook], rest: ASGIApp) -> ASGIApp:
    """Telegram's deliveries go to the webhooks, everything else to the rest."""
    by_path = {webhook.path: webhook for webhook in webhooks}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        webhook = by_path.get(scope["path"]) if scope["type"] == "http" else None
        await (rest if webhook is None else webhook)(scope, receive, send)

    return app


async def _body(headers: Iterable[tuple[bytes, bytes]], receive: Receive) -> bytes:
    if any(name == ENCODING and value != b"identity" for name, value in headers):
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(HTTPStatus.BAD_REQUEST)
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return body
