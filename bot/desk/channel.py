"""The desk bot's connection. It loads in a thread (bot/desk/line.py): whoever writes after a crash is a patient, and waits for the start."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bot.channel import CALL_SECONDS, UPLOAD_SECONDS, Rejected, RetryLater, Upload, outcome, spelt
from bot.late import Late

if TYPE_CHECKING:
    from bot.desk.line import Line

OK = 200


class DeskChannel:
    """`api_url`: where the Bot API is served. `line`: what loads; every call waits for it."""

    def __init__(self, token: str, api_url: str) -> None:
        self._token = token
        self._api_url = api_url
        self.line = Late(self._make)

    async def introduce(self) -> None:
        """Tells the bot its name, as far as Telegram, or a server of one's own, says one. Raises ChannelError while it cannot be asked."""
        try:
            me = await self.call("getMe", {})
        except Rejected:
            me = None
        username = me.get("username") if isinstance(me, dict) else None
        (await self.line()).bot.named(username if isinstance(username, str) else "")

    async def call(self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> Any:
        return await self._post(method, params, files or {}, UPLOAD_SECONDS if files else CALL_SECONDS)

    async def updates(self, offset: int | None, timeout: int, allowed: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ASYNC109
        params = {"offset": offset, "timeout": timeout, "allowed_updates": list(allowed), "limit": 100}
        found = await self._post("getUpdates", params, {}, timeout + CALL_SECONDS)
        return found if isinstance(found, list) else []

    async def fetch(self, file_id: str) -> AsyncIterator[bytes]:
        found = await self.call("getFile", {"file_id": file_id})
        url = f"{self._api_url}/file/bot{self._token}/{found['file_path']}"
        status, body = await (await self.line()).get(url, UPLOAD_SECONDS)
        if status != OK:
            raise Rejected("file not found") if status in {400, 404, 410} else RetryLater(f"HTTP {status}")
        yield body

    async def close(self) -> None:
        if self.line.there:
            await (await self.line()).close()

    async def _post(self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload], seconds: float) -> Any:
        url = f"{self._api_url}/bot{self._token}/{method}"
        return outcome(*await (await self.line()).post(url, spelt(params), files, seconds))

    def _make(self) -> Line:
        from bot.desk.line import Line

        return Line(self._token, self._api_url)
