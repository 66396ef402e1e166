"""Files to and from the Bot API through aiohttp: what is too large for one piece of memory, or made of parts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, FormData, TCPConnector

from bot import channel
from bot.channel import UPLOAD_SECONDS, Lost, Rejected, RetryLater, Upload, outcome, spelt

CONNECT_SECONDS = 10.0
PIECE = 1 << 16  # bytes
OK = 200
LIMIT = ClientTimeout(total=UPLOAD_SECONDS, sock_connect=CONNECT_SECONDS)


class Files:
    def __init__(self) -> None:
        self._client: ClientSession | None = None

    async def post(self, url: str, params: Mapping[str, Any], files: Mapping[str, Upload]) -> Any:
        """The result of a method that is given files."""
        try:
            async with self._connected().post(url, data=_multipart(params, files), timeout=LIMIT) as answer:
                return outcome(answer.status, await answer.read())
        except ClientConnectorError as error:
            raise RetryLater(type(error).__name__) from None
        except (ClientError, TimeoutError, ConnectionError) as error:
            # "from None": the original error may carry the address, and with it the token.
            raise Lost(type(error).__name__) from None

    async def fetch(self, url: str) -> AsyncIterator[bytes]:
        """The bytes of a file, in pieces."""
        try:
            async with self._connected().get(url, timeout=LIMIT) as answer:
                if answer.status != OK:
                    raise _no_file(answer.status)
                async for piece in answer.content.iter_chunked(PIECE):
                    yield piece
        except (ClientError, TimeoutError, ConnectionError) as error:
            raise RetryLater(type(error).__name__) from None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()

    def _connected(self) -> ClientSession:
        """Made in the event loop that uses it."""
        if self._client is None:
            self._client = ClientSession(connector=TCPConnector(keepalive_timeout=channel.IDLE_SECONDS))
        return self._client


def _no_file(status: int) -> Exception:
    return Rejected("file not found") if status in {400, 404, 410} else RetryLater(f"HTTP {status}")


def _multipart(params: Mapping[str, Any], files: Mapping[str, Upload]) -> FormData:
    form = FormData(quote_fields=False)
    for name, value in spelt(params).items():
        form.add_field(name, value)
    for name, file in files.items():
        form.add_field(name, file.data, filename=file.name, content_type=file.content_type)
    return form
