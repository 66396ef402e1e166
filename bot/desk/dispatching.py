"""Raw updates -> python-telegram-bot's application, which is never run: it parses and dispatches, and nothing else.

Its own habit is to log what a handler raises, message and all, and to go on; here it is raised to the caller instead.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from telegram import Update
from telegram.ext import Application, CallbackContext, ExtBot

DeskApplication = Application[Any, Any, Any, Any, Any, Any]
Register = Callable[[DeskApplication], None]
_raised: ContextVar[list[Exception]] = ContextVar("raised")


class Dispatching:
    """`register` adds the handlers. `start` must have been called."""

    def __init__(self, bot: ExtBot[None], register: Register) -> None:
        self._application: DeskApplication = Application.builder().bot(bot).updater(None).job_queue(None).build()
        self._application.add_error_handler(_raise_later)
        register(self._application)

    async def start(self) -> None:
        await self._application.initialize()
        await self._application.start()

    async def handle(self, update: dict[str, Any]) -> None:
        """Raises what a handler raised."""
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
