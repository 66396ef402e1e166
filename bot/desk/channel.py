"""The desk bot's connection: python-telegram-bot's request layer, which gives status and body before its own models see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import httpx
from telegram import User
from telegram.error import NetworkError, TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot import channel
from bot.channel import CALL_SECONDS, UPLOAD_SECONDS, Lost, Rejected, RetryLater, Upload, outcome, spelt

if TYPE_CHECKING:
    from telegram.request import RequestData

MOST = 100  # connections
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
OK = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class _Body:
    """The two properties of RequestData that the request layer reads."""

    json_parameters: dict[str, str] = field(default_factory=dict)
    multipart_data: dict[str, tuple[str, bytes, str]] = field(default_factory=dict)


class _Bot(ExtBot[None]):
    """A bot whose name was asked for by DeskChannel.introduce."""

    def named(self, username: str) -> None:
        self._bot_user = User(id=int(self.token.partition(":")[0]), first_name="", is_bot=True, username=username)

    async def get_me(self, **_: Any) -> User:
        return self.bot


class DeskChannel:
    """`bot` is python-telegram-bot's, for its application; every call goes through `call`."""

    def __init__(self, token: str, api_url: str) -> None:
        limits = httpx.Limits(max_connections=MOST, keepalive_expiry=channel.IDLE_SECONDS)
        self._request = HTTPXRequest(
            read_timeout=CALL_SECONDS, write_timeout=CALL_SECONDS, connect_timeout=10.0, httpx_kwargs={"limits": limits}
        )
        self.bot = _Bot(
            token,
            base_url=f"{api_url}/bot",
            base_file_url=f"{api_url}/file/bot",
            request=self._request,
            get_updates_request=self._request,
        )

    async def introduce(self) -> None:
        """Tells the bot its name, as far as Telegram, or a server of one's own, says one. Raises ChannelError while it cannot be asked."""
        try:
            me = await self.call("getMe", {})
        except Rejected:
            me = None
        username = me.get("username") if isinstance(me, dict) else None
        self.bot.named(username if isinstance(username, str) else "")

    async def call(self, method: str, params: Mapping[str, Any], files: Mapping[str, Upload] | None = None) -> Any:
        parts = {name: (file.name, file.data, file.content_type) for name, file in (files or {}).items()}
        body = _Body(json_parameters=spelt(params), multipart_data=parts)
        return await self._post(method, body, UPLOAD_SECONDS if parts else CALL_SECONDS)

    async def updates(self, offset: int | None, timeout: int, allowed: Sequence[str]) -> list[dict[str, Any]]:  # noqa: ASYNC109
        params = {"offset": offset, "timeout": timeout, "allowed_updates": list(allowed), "limit": 100}
        found = await self._post("getUpdates", _Body(json_parameters=spelt(params)), timeout + CALL_SECONDS)
        return found if isinstance(found, list) else []

    async def fetch(self, file_id: str) -> AsyncIterator[bytes]:
        found = await self.call("getFile", {"file_id": file_id})
        url = f"{self.bot.base_file_url}/{found['file_path']}"
        status, body = await self._send(url, "GET", None, UPLOAD_SECONDS)
        if status != OK:
            raise Rejected("file not found") if status in {400, 404, 410} else RetryLater(f"HTTP {status}")
        yield body

    async def close(self) -> None:
        await self._request.shutdown()

    async def _post(self, method: str, body: _Body, seconds: float) -> Any:
        return outcome(*await self._send(f"{self.bot.base_url}/{method}", "POST", body, seconds))

    async def _send(self, url: str, verb: str, body: _Body | None, seconds: float) -> tuple[int, bytes]:
        try:
            return await self._request.do_request(
                url, verb, cast("RequestData | None", body), read_timeout=seconds, write_timeout=seconds
            )
        except NetworkError as error:
            # "from None": the original error may carry the address, and with it the token.
            if isinstance(error.__cause__, UNSENT):
                raise RetryLater(type(error).__name__) from None
            raise Lost(type(error).__name__) from None
        except TelegramError as error:
            raise RetryLater(type(error).__name__) from None
