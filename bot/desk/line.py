"""python-telegram-bot's request layer, which gives status and body before its own models see them. Who imports this makes the library load."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import httpx
from telegram import User
from telegram.error import NetworkError, TelegramError
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot import channel
from bot.channel import CALL_SECONDS, Lost, RetryLater, Upload

if TYPE_CHECKING:
    from telegram.request import RequestData

MOST = 100  # connections
UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


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


class Line:
    """`bot` is python-telegram-bot's, for its application; nothing is called through it."""

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

    async def post(self, url: str, params: dict[str, str], files: Mapping[str, Upload], seconds: float) -> tuple[int, bytes]:
        """Status and body. Raises RetryLater, Lost."""
        parts = {name: (file.name, file.data, file.content_type) for name, file in files.items()}
        return await self._send(url, "POST", _Body(json_parameters=params, multipart_data=parts), seconds)

    async def get(self, url: str, seconds: float) -> tuple[int, bytes]:
        """The same of an address that is only read."""
        return await self._send(url, "GET", None, seconds)

    async def close(self) -> None:
        await self._request.shutdown()

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
