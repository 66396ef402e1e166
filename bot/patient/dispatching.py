"""Raw updates -> aiogram's models -> its dispatcher -> the handlers. Who imports this makes all of aiogram load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiogram import Bot, Dispatcher
from aiogram.types import Update

from bot.patient import handlers
from bot.wire import Call

if TYPE_CHECKING:
    from bot.buttons import Buttons
    from bot.conversation import Conversation
    from bot.patient.feed import Handle


def dispatching(token: str, conversation: Conversation, buttons: Buttons) -> Handle:
    """No FSM: the response is the only state. aiogram's bot is there for its dispatcher; nothing is called through it."""
    dispatcher, bot = Dispatcher(disable_fsm=True), Bot(token)
    dispatcher.include_router(handlers.router(conversation, buttons))

    async def handle(update: dict[str, Any]) -> Call | None:
        reply = await dispatcher.feed_update(bot, Update.model_validate(update, context={"bot": bot}))
        return reply if isinstance(reply, Call) else None

    return handle
