"""Raw updates -> python-telegram-bot's application, which is never run: it parses and dispatches, and nothing else.

Its own habit is to log what a handler raises, message and all, and to go on; here it is raised to the caller instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import structlog
from telegram import Update
from telegram.ext import Application, CallbackContext

from bot.channel import ChannelError
from bot.desk.channel import DeskChannel

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction")
RETRY_SECONDS = 5.0

DeskApplication = Application[Any, Any, Any, Any, Any, Any]
log = structlog.get_logger("bot.desk")
_raised: ContextVar[list[Exception]] = ContextVar("raised")


class DeskFeed:
    """`register` adds the handlers. `start` must have been called; until Telegram has told who the bot is, `handle` waits."""

    def __init__(self, channel: DeskChannel, register: Callable[[DeskApplication], None]) -> None:
        self._channel = channel
        self._application: DeskApplication = Application.builder().bot(channel.bot).updater(None).job_queue(None).build()
        self._application.add_error_handler(_raise_later)
        self._ready = asyncio.Event()
        register(self._application)

    async def start(self) -> None:
        """Asks Telegram who the bot is until it answers; the inbox fills meanwhile."""
        while True:
            try:
                await self._channel.introduce()
                await self._application.initialize()
                await self._application.start()
                return self._ready.set()
            except ChannelError:
                log.exception("telegram_unreachable", bot="desk", method="getMe")
                await asyncio.sleep(RETRY_SECONDS)

    async def handle(self, update: dict[str, Any]) -> None:
        await self._ready.wait()
        raised: list[Exception] = []
        token = _raised.set(raised)
        try:
            await self._application.process_update(Update.de_json(update, self._application.bot))
        finally:
            _raised.reset(token)
        if raised:
            raise raised[0]

    async def close(self) -> None:
        if self._application.running:
            await self._application.stop()
        await self._application.shutdown()


async def _raise_later(_: object, context: CallbackContext[Any, Any, Any, Any]) -> None:
    if isinstance(context.error, Exception):
        _raised.get([]).append(context.error)
