"""Raw updates -> aiogram's dispatcher, one at a time and in the order given; what a handler raises comes back to the caller."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Dispatcher, Router
from aiogram.types import Update

from bot.patient.channel import PatientChannel
from bot.wire import Call

Handle = Callable[[dict[str, Any]], Awaitable[Call | None]]
Plainly = Callable[[dict[str, Any]], Awaitable[Call | None] | None]

ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")


def feed(channel: PatientChannel, router: Router, plainly: Plainly = lambda _: None) -> Handle:
    """No FSM: the response is the only state. Raises pydantic's ValidationError for an update that does not parse.

    `plainly` handles the updates that need no models, and gives None for all others.
    """
    dispatcher = Dispatcher(disable_fsm=True)
    dispatcher.include_router(router)
    bot = channel.bot

    async def handle(update: dict[str, Any]) -> Call | None:
        if handled := plainly(update):
            return await handled
        reply = await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}))
        return reply if isinstance(reply, Call) else None

    return handle
