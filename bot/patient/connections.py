"""Kept connections to the Bot API for small JSON calls: one request at a time on each, written in one piece.

aiohttp takes 100 us for such a call, this takes 10, and a turn makes two. It knows what Telegram's servers do (kept connections, bodies of
known or chunked length, read by httptools), bears a body that ends with its connection, and nothing else; files go through aiohttp.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from http import HTTPStatus
from time import monotonic
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

import httptools

from bot import channel

if TYPE_CHECKING:
    from typing import Any

MOST = 100  # connections
CONNECT_SECONDS = 10.0
MEASURES = {b"content-length", b"transfer-encoding"}

Answer = tuple[int, bytes]


class NotConnected(Exception):
    """No connection: nothing was sent."""


class Broken(Exception):
    """The connection broke, or no answer came in time: the call may have been done or not."""


class Connections:
    """Connections to one server, made when they are needed. Safe in one event loop."""

    def __init__(self, url: str) -> None:
        """`url`: http or https; a path in it stands before that of every call."""
        parts = urlsplit(url)
        self._secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if self._secure else 80)
        self._prefix = parts.path.rstrip("/")
        self._named = parts.netloc.rpartition("@")[2]
        self._context = ssl.create_default_context() if self._secure else None
        self._resting: deque[_Connection] = deque()
        self._room = asyncio.Semaphore(MOST)

    async def post(self, path: str, body: bytes, seconds: float) -> Answer:
        """Status and body. Raises NotConnected, Broken; neither says to whom, because the path holds the token."""
        async with self._room:
            connection = self._rested() or await self._connect()
            try:
                async with asyncio.timeout(seconds):
                    answer = await connection.ask(self._request(path, body))
            except BaseException as error:
                connection.close()
                if isinstance(error, TimeoutError | ConnectionError):
                    raise Broken(type(error).__name__) from None
                raise
            if connection.usable:
                connection.rests_since = monotonic()
                self._resting.append(connection)
            return answer

    def close(self) -> None:
        """Closes what rests."""
        while self._resting:
            self._resting.pop().close()

    def _request(self, path: str, body: bytes) -> bytes:
        head = f"POST {self._prefix}{path} HTTP/1.1\r\nHost: {self._named}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode("ascii") + body

    def _rested(self) -> _Connection | None:
        """The one that was used last, so that those that are too many grow old."""
        while self._resting:
            connection = self._resting.pop()
            if connection.usable and monotonic() - connection.rests_since < channel.IDLE_SECONDS:
                return connection
            connection.close()
        return None

    async def _connect(self) -> _Connection:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                _, made = await asyncio.get_running_loop().create_connection(
                    _Connection, self._host, self._port, ssl=self._context
                )
        except (OSError, TimeoutError) as error:
            raise NotConnected(type(error).__name__) from None
        return made


class _Connection(asyncio.Protocol):
    """One connection; httptools calls the methods that begin with on_."""

    def __init__(self) -> None:
        self.usable = True
        self.rests_since = 0.0
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[Answer] | None = None
        self._parser: Any = None
        self._body = bytearray()
        self._headed = False  # the head of the answer is read
        self._measured = False  # it says where the body ends

    async def ask(self, request: bytes) -> Answer:
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._answer = asyncio.get_running_loop().create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._body.clear()
        self._headed = self._measured = False
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        self.usable = False
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        try:
            if self._parser is None:
                raise httptools.HttpParserError  # noqa: TRY301 - an answer that nobody asked for
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._fail()

    def connection_lost(self, error: Exception | None) -> None:
        if error is None and self._parser is not None and self._headed and not self._measured:
            self.on_message_complete()
        self._fail()

    def on_header(self, name: bytes, _: bytes) -> None:
        self._measured = self._measured or name.lower() in MEASURES

    def on_headers_complete(self) -> None:
        self._headed = True

    def on_body(self, piece: bytes) -> None:
        self._body += piece

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < HTTPStatus.OK:  # 1xx: the answer is still to come
            return
        self.usable = self._parser.should_keep_alive()
        self._parser = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, bytes(self._body)))

    def _fail(self) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionResetError())
