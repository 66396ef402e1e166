"""Whole programs of both libraries, unmodified but for the base URL."""

from __future__ import annotations

import asyncio

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from tests.sandbox.driving import World

pytestmark = pytest.mark.asyncio(loop_scope="session")
PDF = b"%PDF-1.4"


async def _seen(world: World, chat: str, count: int) -> list[str]:
    """The bot's texts, once there are so many."""
    for _ in range(1000):
        found = await world.get(f"chats/{chat}/transcript")
        texts = [one["message"].get("text", "") for one in found["messages"] if one["sender"]["kind"] == "bot"]
        if len(texts) >= count:
            return texts
        await asyncio.sleep(0.02)
    raise AssertionError(texts)


async def test_an_aiogram_program(world: World) -> None:
    bot = Bot("2001:any", session=AiohttpSession(api=TelegramAPIServer.from_base(world.url)))
    dispatcher = Dispatcher()
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Again", callback_data="again")]])

    @dispatcher.message(F.document)
    async def document(message: Message) -> None:
        content = await bot.download(message.document)
        await message.answer(f"{len(content.read())} bytes")

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer(message.html_text, parse_mode="HTML", reply_markup=keyboard)

    @dispatcher.callback_query()
    async def pressed(query: CallbackQuery) -> None:
        await query.message.edit_text("pressed")
        await query.answer("noted")

    await bot.get_me()
    person = await world.person()
    running = asyncio.ensure_future(dispatcher.start_polling(bot, handle_signals=False))
    chat = f"{person}:2001"
    await world.post(f"chats/{chat}/messages", text="hello")
    assert await _seen(world, chat, 1) == ["hello"]
    pressed_button = await world.post(f"chats/{chat}/press", message_id=2, text="Again")
    assert pressed_button["text"] == "noted"
    await world.ask("POST", f"chats/{chat}/files", files={"file": ("a.pdf", PDF)})
    assert await _seen(world, chat, 2) == ["pressed", f"{len(PDF)} bytes"]
    await dispatcher.stop_polling()
    await running
    assert world.violations() == []


async def test_a_python_telegram_bot_program(world: World) -> None:
    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        await update.effective_message.reply_text(update.effective_message.text)
        await context.bot.send_chat_action(update.effective_chat.id, "typing")

    async def document(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        file = await update.effective_message.document.get_file()
        await update.effective_message.reply_text(f"{len(await file.download_as_bytearray())} bytes")

    builder = Application.builder().token("2002:any").base_url(f"{world.url}/bot").base_file_url(f"{world.url}/file/bot")
    application = builder.build()
    application.add_handler(MessageHandler(filters.Document.ALL, document))
    application.add_handler(MessageHandler(filters.TEXT, echo))
    await application.initialize()
    await application.updater.start_polling()
    await application.start()
    chat = f"{await world.person()}:2002"
    await world.post(f"chats/{chat}/messages", text="hello")
    assert await _seen(world, chat, 1) == ["hello"]
    await world.ask("POST", f"chats/{chat}/files", files={"file": ("a.pdf", PDF)})
    assert await _seen(world, chat, 2) == ["hello", f"{len(PDF)} bytes"]
    await application.updater.stop()
    await application.stop()
    await application.shutdown()
    assert world.violations() == []
