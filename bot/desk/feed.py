"""Raw updates -> the desk's handlers, once python-telegram-bot has loaded and Telegram has told who the bot is."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

from bot.channel import ChannelError
from bot.insisting import rest

if TYPE_CHECKING:
    from bot.buttons import Buttons
    from bot.casework import Casework
    from bot.desk.channel import DeskChannel
    from bot.desk.dispatching import DeskApplication, Dispatching, Register

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction")

log = structlog.get_logger("bot.desk")


class DeskFeed:
    """`register` adds the handlers. `start` must have been called; until it is through, `handle` waits."""

    def __init__(self, channel: DeskChannel, register: Register) -> None:
        self._channel = channel
        self._register = register
        self._dispatching: Dispatching | None = None
        self._ready = asyncio.Event()
        self.load = channel.line

    async def start(self) -> None:
        """Asks Telegram who the bot is until it answers; the inbox fills meanwhile."""
        line = await self.load()
        from bot.desk.dispatching import Dispatching

        self._dispatching = Dispatching(line.bot, self._register)
        while True:
            try:
                await self._channel.introduce()
                await self._dispatching.start()
                return self._ready.set()
            except ChannelError as error:
                log.exception("telegram_unreachable", bot="desk", method="getMe")
                await rest(error)

    async def handle(self, update: dict[str, Any]) -> None:
        """Raises what a handler raised."""
        await self._ready.wait()
        assert self._dispatching is not None
        await self._dispatching.handle(update)

    async def close(self) -> None:
        if self._dispatching is not None:
            await self._dispatching.close()


def registering(casework: Casework, buttons: Buttons) -> Register:
    """The desk's handlers, which load with python-telegram-bot."""

    def register(application: DeskApplication) -> None:
        from bot.desk import handlers

        handlers.register(application, casework, buttons)

    return register
