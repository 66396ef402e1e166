"""Raw updates -> aiogram's dispatcher, one at a time and in the order given; what a handler raises comes back to the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.types import Update

from bot.patient.channel import PatientChannel
from bot.wire import Call

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")


def feed(channel: PatientChannel, router: Router) -> Callable[[dict[str, Any]], Awaitable[Call | None]]:
    """No FSM: the response is the only state. Raises pydantic's ValidationError for an update that does not parse."""
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_router(router)
    bot = channel.bot

    async def handle(update: dict[str, Any]) -> Call | None:
        reply = await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}))
        return reply if isinstance(reply, Call) else None

    return handle
