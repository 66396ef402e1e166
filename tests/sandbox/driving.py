"""The two drivers (one per bot library) and the served sandbox, as tests use them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from aiogram import Bot as AiogramBot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods.base import TelegramMethod
from aiogram.types import BufferedInputFile, InputMediaPhoto
from pydantic import ConfigDict
from telegram import Bot as PtbBot
from telegram import InputFile
from telegram import InputMediaPhoto as PtbInputMediaPhoto
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    RetryAfter,
    TelegramError,
)

from bot.sandbox import Sandbox
from tests.sandbox.described import as_described

numbers = itertools.count(7001)


async def until(happened: Callable[[], bool]) -> None:
    """Waits for it, however busy the machine is."""
    async with asyncio.timeout(20):
        while not happened():  # noqa: ASYNC110 - a look now and then is enough
            await asyncio.sleep(0.01)


class RefusedError(Exception):
    """What the Bot API said no with, as the library understood it."""

    def __init__(self, code: int, description: str, *, retry_after: int = 0, migrate_to: int = 0) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after = retry_after
        self.migrate_to = migrate_to


def by_aiogram(error: TelegramAPIError) -> RefusedError:
    codes = {TelegramBadRequest: 400, TelegramForbiddenError: 403, TelegramConflictError: 409, TelegramRetryAfter: 429}
    codes |= {TelegramMigrateToChat: 400, TelegramEntityTooLarge: 413, TelegramUnauthorizedError: 401, TelegramServerError: 500}
    extra = {"retry_after": getattr(error, "retry_after", 0), "migrate_to": getattr(error, "migrate_to_chat_id", 0)}
    words = error.message
    if isinstance(error, (TelegramRetryAfter, TelegramMigrateToChat)):
        words = words.partition("Original description: ")[2].partition("\n")[0]
    return RefusedError(codes.get(type(error), 0), words, **extra)


def by_ptb(error: TelegramError) -> RefusedError:
    codes = {
        BadRequest: 400,
        Forbidden: 403,
        Conflict: 409,
        RetryAfter: 429,
        ChatMigrated: 400,
        InvalidToken: 401,
        EndPointNotFound: 404,
    }
    after = getattr(error, "_retry_after", None)
    retry = int(after.total_seconds()) if after is not None else 0
    return RefusedError(
        codes.get(type(error), 0), error.message, retry_after=retry, migrate_to=getattr(error, "new_chat_id", 0)
    )


class Raw(TelegramMethod[Any]):
    """Any method with any parameters, through aiogram's own client."""

    model_config = ConfigDict(extra="allow")
    __returning__ = Any
    __api_method__ = ""


def raw(method: str, params: dict[str, Any]) -> Raw:
    kind = type("Raw", (Raw,), {"__module__": __name__, "__qualname__": "Raw", "__api_method__": method, "__returning__": Any})
    made: Raw = kind(**params)
    return made


@dataclass(kw_only=True)
class Driver:
    """A bot behind one of the two libraries: `call` passes parameters as they are, and gives plain JSON back."""

    name: str
    token: str
    aiogram: AiogramBot
    ptb: PtbBot

    @property
    def id(self) -> int:
        return int(self.token.partition(":")[0])

    def photo(self, media: Any) -> Any:
        """An InputMediaPhoto of the library's own (PTB takes nothing else)."""
        return PtbInputMediaPhoto(media) if self.name == "ptb" else InputMediaPhoto(media=media)

    async def send_file(self, chat: int, kind: str, content: bytes, name: str, **params: Any) -> Any:
        """A file uploaded in the library's own style of multipart."""
        try:
            if self.name == "ptb":
                sent = await getattr(self.ptb, f"send_{kind}")(chat, InputFile(content, name), **params)
                return sent.to_dict()
            message = await getattr(self.aiogram, f"send_{kind}")(chat, BufferedInputFile(content, name), **params)
            return message.model_dump(mode="json", exclude_none=True)
        except TelegramAPIError as error:
            raise by_aiogram(error) from error
        except TelegramError as error:
            raise by_ptb(error) from error

    async def call(self, method: str, **params: Any) -> Any:
        try:
            if self.name == "ptb":
                return await self.ptb.do_api_request(method, api_kwargs=params)
            return await self.aiogram(raw(method, params))
        except TelegramAPIError as error:
            raise by_aiogram(error) from error
        except TelegramError as error:
            raise by_ptb(error) from error


@dataclass(kw_only=True)
class World:
    """The served sandbox and the person's side of it."""

    sandbox: Sandbox
    url: str
    http: httpx.AsyncClient

    async def person(self, name: str = "Ana", **fields: Any) -> int:
        number = next(numbers)
        await self.post("people", id=number, first_name=name, **fields)
        return number

    async def started(self, driver: Driver, **fields: Any) -> int:
        """A new person who has written to this bot; what they wrote is confirmed already."""
        number = await self.person(**fields)
        await self.post(f"chats/{number}:{driver.id}/start")
        await self.drain(driver)
        return number

    async def started_quietly(self, driver: Driver) -> int:
        """The same, with nothing sent: the chat is simply open."""
        number = await self.person()
        self.sandbox.state.chats[f"{number}:{driver.id}"].started = True
        return number

    async def group(self, driver: Driver, **fields: Any) -> dict[str, Any]:
        person = await self.person(role="coordinator")
        made: dict[str, Any] = await self.post("groups", title="Desk", members=[person], bots=[driver.id], **fields)
        await self.drain(driver)
        return made

    async def drain(self, driver: Driver) -> None:
        bot = self.sandbox.state.bots[driver.id]
        self.sandbox.state.settle(bot, list(self.sandbox.state.queues[driver.id].waiting))

    async def polled(self, driver: Driver) -> None:
        """Returns once the bot's long poll is open."""
        await until(lambda: self.sandbox.state.queues[driver.id].poller is not None)

    async def post(self, path: str, /, **body: Any) -> Any:
        return await self.ask("POST", path, json=body)

    async def get(self, path: str, /, **query: Any) -> Any:
        return await self.ask("GET", path, params=query)

    async def ask(self, verb: str, path: str, /, **rest: Any) -> Any:
        answer = await self.http.request(verb, f"/sandbox/{path}", **rest)
        assert answer.status_code < 400, answer.text
        as_described(verb, answer)
        return answer.json()

    def violations(self) -> list[str]:
        return [f"{one.method} {one.where} {one.problem}" for one in self.sandbox.state.violations]
