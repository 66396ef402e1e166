"""The Bot API's own addresses: /bot<token>/<method> and /file/bot<token>/<path>, as a lean ASGI application."""

from __future__ import annotations

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from bot.sandbox import request, tokens
from bot.sandbox.dispatch import OK, Answer, Dispatcher, failed
from bot.sandbox.errors import NOT_FOUND, TOO_LARGE, UNAUTHORIZED, Refusal
from bot.sandbox.state import State
from bot.sandbox.world import Bot

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
MOST = 55 * 1024 * 1024  # bytes of a request; 50 MB is the largest file


class Telegram:
    """`any_token`: any well-formed token is a bot, from its first call on."""

    def __init__(self, state: State, dispatcher: Dispatcher, *, any_token: bool) -> None:
        self._state = state
        self._dispatcher = dispatcher
        self._any_token = any_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/file/bot"):
            answer: Answer | None = await self._file(path.removeprefix("/file/bot"))
        else:
            answer = await self._answer(scope, path, receive)
        if answer is None or gone(scope):
            return
        if answer.cut:
            await cut(scope, send)
            return
        headers = [(b"content-type", answer.kind.encode()), (b"content-length", str(len(answer.body)).encode())]
        if answer.retry_after:
            headers.append((b"retry-after", str(answer.retry_after).encode()))
        await send({"type": "http.response.start", "status": answer.code, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, scope: Scope, path: str, receive: Receive) -> Answer | None:
        try:
            body = await _body(receive)
            if body is None:
                return None
            token, name = _address(path, scope["method"])
            bot = self._bot(token)
            content_type = next((value for key, value in scope["headers"] if key == b"content-type"), b"")
            asked = request.read(scope["query_string"], content_type, body)
        except Refusal as refusal:
            return failed(refusal)
        return await self._dispatcher.call(bot, name, asked)

    def _bot(self, token: str) -> Bot:
        if not tokens.well_formed(token):
            raise Refusal(UNAUTHORIZED, "Unauthorized: invalid token specified")
        bot = self._state.bots.get(tokens.bot_id(token))
        if bot is None and self._any_token and not tokens.looks_real(token):
            number = tokens.bot_id(token)
            bot = self._state.add_bot(token, f"sandbox_{number}_bot", f"Bot {number}")
        if bot is None or bot.token != token or bot.logged_out:
            raise Refusal(UNAUTHORIZED, "Unauthorized")
        return bot

    async def _file(self, rest: str) -> Answer:
        """A download counts as a call of the method `file` for faults; only the bot that asked getFile knows the path."""
        token, _, path = rest.partition("/")
        try:
            bot = self._bot(token)
            content = self._content(bot, path)
        except Refusal as refusal:
            return failed(refusal)
        kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
        return await self._dispatcher.download(bot, Answer(code=OK, body=content, kind=kind))

    def _content(self, bot: Bot, path: str) -> bytes:
        upload = self._state.files.by_path(path, bot.id)
        content = self._state.files.content(upload.unique) if upload is not None else None
        if content is None:
            raise Refusal(NOT_FOUND, "Not Found")
        return content


def _address(path: str, verb: str) -> tuple[str, str]:
    """Token and method's name."""
    token, slash, name = path.removeprefix("/bot").partition("/")
    if not slash or verb not in ("GET", "POST"):
        raise Refusal(NOT_FOUND, "Not Found")
    return token, name


async def _body(receive: Receive) -> bytes | None:
    """The whole body; None when the client went away."""
    message = await receive()
    if not message.get("more_body"):
        return message["body"] if message["type"] == "http.request" else None
    chunks, size = [message["body"]], len(message["body"])
    while message.get("more_body"):
        message = await receive()
        if message["type"] != "http.request":
            return None
        chunks.append(message["body"])
        size += len(message["body"])
        if size > MOST:
            raise Refusal(TOO_LARGE, "Request Entity Too Large")
    return b"".join(chunks)


def gone(scope: Scope) -> bool:
    """Whether the client hung up while its answer was made."""
    transport = scope.get("sandbox.transport")
    return transport is not None and transport.is_closing()


async def cut(scope: Scope, send: Send) -> None:
    """Resets the connection; without a socket (in-process tests) the answer just breaks off."""
    transport = scope.get("sandbox.transport")
    if transport is not None:
        transport.abort()
        await asyncio.sleep(0)  # so that the server knows, and does not complain of an answer that never came
        return
    await send({"type": "http.response.start", "status": 500, "headers": [(b"content-length", b"1")]})
    message = "connection cut on request"
    raise ConnectionResetError(message)
