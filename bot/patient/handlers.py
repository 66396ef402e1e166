"""The patient bot's handlers: translate, call the conversation, return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiogram import Router

from bot.patient import translation

if TYPE_CHECKING:
    from aiogram.types import CallbackQuery, ChatMemberUpdated, Message, Update

    from bot.buttons import Buttons
    from bot.conversation import Conversation
    from bot.wire import Call


def router(conversation: Conversation, buttons: Buttons) -> Router:
    made = Router(name="patient")

    @made.message(_person)
    async def message(message: Message, event_update: Update) -> Call | None:
        return await conversation.receive(translation.of_message(message, event_update.update_id))

    @made.edited_message(_person)
    async def edited(message: Message, event_update: Update) -> Call | None:
        return await conversation.receive(translation.of_edit(message, event_update.update_id))

    @made.callback_query()
    async def pressed(query: CallbackQuery, event_update: Update) -> Call | None:
        press = buttons.decode(query.data or "", query.from_user.id)
        return await conversation.receive(translation.of_press(query, event_update.update_id, press))

    @made.my_chat_member()
    async def membership(change: ChatMemberUpdated, event_update: Update) -> None:
        if change.chat.id == change.from_user.id:
            await conversation.receive(translation.of_membership(change, event_update.update_id))

    return made


async def _person(message: Message) -> bool:
    """Asynchronous on purpose: aiogram runs a plain function in a thread, which costs three times as much."""
    return translation.is_person(message)
