"""The patient bot's connection: kept connections for calls, aiogram's HTTP client for files and for waiting, no models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import ClientConnectorError, ClientError, ClientSession, ClientTimeout, FormData, TCPConnector

from bot import channel
from bot.channel import CALL_SECONDS, UPLOAD_SECONDS, Lost, Rejected, RetryLater, Upload, outcome, spelt
from bot.patient.connections import Broken, Connections, NotConnected
from storage import json_text

JSON = {"Content-Type": "application/json"}
CONNECT_SECONDS = 10.0
PIECE = 1 << 16  # bytes
OK = 200


class PatientChannel:
    """`bot` is aiogram's, for its dispatcher; every call goes through `call`."""

    def __init__(self, token: str, api_url: str) -> None:
        self._session = AiohttpSession(api=TelegramAPIServer.from_base(api_url))
        self.bot = Bot(token, session=self._session)
        self._client: ClientSession | None = None
        self._connections = Connections(api_url)

    async def call(self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> Any:
        if files:
            return await self._post(method, _multipart(params, files), {}, UPLOAD_SECONDS)
        body = json_text.dumps({name: value for name, value in params.items() if value is not None})
        try:
            return outcome(*await self._connections.post(f"/bot{self.bot.token}/{method}", body, CALL_SECONDS))
        except NotConnected as error:
            raise RetryLater(str(error)) from None
        except Broken as error:
            raise Lost(str(error)) from None

    async def updates(self, offset: int | None, timeout: int, allowed: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ASYNC109
        params: dict[str, Any] = {"timeout": timeout, "allowed_updates": list(allowed), "limit": 100}
        if offset is not None:
            params["offset"] = offset
        found = await self._post("getUpdates", json_text.dumps(params), JSON, timeout + CALL_SECONDS)
        return found if isinstance(found, list) else []

    async def fetch(self, file_id: str) -> AsyncIterator[bytes]:
        found = await self.call("getFile", {"file_id": file_id})
        url = self._session.api.file_url(self.bot.token, found["file_path"])
        client = self._connect()
        try:
            async with client.get(url, timeout=_limit(UPLOAD_SECONDS)) as answer:
                if answer.status != OK:
                    raise _no_file(answer.status)
                async for piece in answer.content.iter_chunked(PIECE):
                    yield piece
        except (ClientError, TimeoutError, ConnectionError) as error:
            raise RetryLater(type(error).__name__) from None

    async def close(self) -> None:
        self._connections.close()
        if self._client is not None:
            await self._client.close()

    def _connect(self) -> ClientSession:
        if self._client is None:
            self._client = ClientSession(connector=TCPConnector(keepalive_timeout=channel.IDLE_SECONDS))
        return self._client

    async def _post(self, method: str, body: bytes | FormData, headers: Mapping[str, str], seconds: float) -> Any:
        client = self._connect()
        url = self._session.api.api_url(self.bot.token, method)
        try:
            async with client.post(url, data=body, headers=headers, timeout=_limit(seconds)) as answer:
                return outcome(answer.status, await answer.read())
        except ClientConnectorError as error:
            raise RetryLater(type(error).__name__) from None
        except (ClientError, TimeoutError, ConnectionError) as error:
            # "from None": the original error may carry the address, and with it the token.
            raise Lost(type(error).__name__) from None


def _limit(seconds: float) -> ClientTimeout:
    return ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)


def _no_file(status: int) -> Exception:
    return Rejected("file not found") if status in {400, 404, 410} else RetryLater(f"HTTP {status}")


def _multipart(params: Mapping[str, Any], files: Mapping[str, Upload]) -> FormData:
    form = FormData(quote_fields=False)
    for name, value in spelt(params).items():
        form.add_field(name, value)
    for name, file in files.items():
        form.add_field(name, file.data, filename=file.name, content_type=file.content_type)
    return form
