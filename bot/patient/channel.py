"""The patient bot's connection: kept connections for calls and for waiting, aiohttp for files, no models."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.channel import CALL_SECONDS, Lost, RetryLater, Upload, outcome
from bot.late import Late
from bot.patient.connections import Broken, Connections, NotConnected
from storage.engine import json_text

if TYPE_CHECKING:
    from bot.patient.files import Files


class PatientChannel:
    """`api_url`: where the Bot API is served."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._api_url = api_url.rstrip("/")
        self._connections = Connections(api_url)
        self._files = Late(_files)

    async def call(self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> Any:
        if files:
            return await (await self._files()).post(f"{self._api_url}/bot{self._token}/{method}", params, files)
        return await self._post(method, params, CALL_SECONDS)

    async def updates(self, offset: int | None, timeout: int, allowed: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ASYNC109
        params = {"timeout": timeout, "allowed_updates": list(allowed), "limit": 100, "offset": offset}
        found = await self._post("getUpdates", params, timeout + CALL_SECONDS)
        return found if isinstance(found, list) else []

    async def fetch(self, file_id: str) -> AsyncIterator[bytes]:
        found = await self.call("getFile", {"file_id": file_id})
        async for piece in (await self._files()).fetch(f"{self._api_url}/file/bot{self._token}/{found['file_path']}"):
            yield piece

    async def close(self) -> None:
        self._connections.close()
        if self._files.there:
            await (await self._files()).close()

    async def _post(self, method: str, params: Mapping[str, Any], seconds: float) -> Any:
        body = json_text.dumps({name: value for name, value in params.items() if value is not None})
        try:
            return outcome(*await self._connections.post(f"/bot{self._token}/{method}", body, seconds))
        except NotConnected as error:
            raise RetryLater(str(error)) from None
        except Broken as error:
            raise Lost(str(error)) from None


def _files() -> Files:
    """Nobody's words wait until it is loaded."""
    from bot.patient.files import Files

    return Files()
