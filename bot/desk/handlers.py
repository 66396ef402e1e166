"""The desk bot's handlers: translate, call casework, return."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telegram import Update
from telegram.ext import CallbackQueryHandler, ChatMemberHandler, MessageHandler, filters

from bot.desk import translation

if TYPE_CHECKING:
    from telegram.ext import Application

    from bot.buttons import Buttons
    from bot.casework import Casework

NEW, EDITED = filters.UpdateType.MESSAGE, filters.UpdateType.EDITED_MESSAGE
SAID = NEW & ~filters.StatusUpdate.ALL


def register(application: Application[Any, Any, Any, Any, Any, Any], casework: Casework, buttons: Buttons) -> None:
    """Every update that the desk bot asks for has one handler; the first that fits takes it."""
    handlers = Handlers(casework=casework, buttons=buttons)
    application.add_handlers(
        [
            CallbackQueryHandler(handlers.pressed),
            MessageHandler(NEW & filters.StatusUpdate.MIGRATE, handlers.migrated),
            MessageHandler(SAID, handlers.heard),
            MessageHandler(EDITED, handlers.edited),
            ChatMemberHandler(handlers.added, ChatMemberHandler.MY_CHAT_MEMBER),
            ChatMemberHandler(handlers.membership, ChatMemberHandler.CHAT_MEMBER),
        ]
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Handlers:
    casework: Casework
    buttons: Buttons

    async def pressed(self, update: Update, _: object) -> None:
        if query := update.callback_query:
            press = self.buttons.decode_desk(query.data or "")
            await self.casework.pressed(translation.of_press(query, update.update_id, press))

    async def heard(self, update: Update, _: object) -> None:
        if message := update.message:
            arrival = translation.of_message(message, update.update_id)
            await (self.casework.commanded if translation.is_command(arrival) else self.casework.heard)(arrival)

    async def edited(self, update: Update, _: object) -> None:
        if message := update.edited_message:
            await self.casework.edited(translation.of_message(message, update.update_id))

    async def migrated(self, update: Update, _: object) -> None:
        if message := update.message:
            await self.casework.migrated(translation.of_message(message, update.update_id))

    async def added(self, update: Update, _: object) -> None:
        if change := update.my_chat_member:
            await self.casework.added(translation.of_membership(change, update.update_id))

    async def membership(self, update: Update, _: object) -> None:
        if change := update.chat_member:
            await self.casework.membership(translation.of_membership(change, update.update_id))
