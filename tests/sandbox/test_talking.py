"""A person and a bot talk, over HTTP, through both libraries unmodified."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiogram.types import BufferedInputFile, InputMediaDocument
from telegram import InputFile
from telegram import InputMediaDocument as PtbInputMediaDocument

from tests.sandbox.driving import Driver, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _updates(driver: Driver, **params: Any) -> list[dict[str, Any]]:
    updates: list[dict[str, Any]] = await driver.call("getUpdates", **params)
    return updates


async def test_a_text_arrives_as_an_update_and_is_confirmed_by_the_next_offset(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    await world.post(f"chats/{person}:{driver.id}/messages", text="hello /help")
    [update] = await _updates(driver)
    assert update["message"]["text"] == "hello /help"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 6, "length": 5}]
    assert await _updates(driver) == [update]
    assert await _updates(driver, offset=update["update_id"] + 1) == []


async def test_a_long_poll_answers_as_soon_as_somebody_writes(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    poll = asyncio.ensure_future(_updates(driver, timeout=15))
    await world.polled(driver)
    await world.post(f"chats/{person}:{driver.id}/messages", text="now")
    [update] = await poll
    assert update["message"]["text"] == "now"
    await world.drain(driver)


async def test_a_press_is_answered_with_a_toast(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    message = await driver.call("sendMessage", chat_id=person, text="Well?", reply_markup=keyboard)
    press = asyncio.ensure_future(world.post(f"chats/{person}:{driver.id}/press", message_id=message["message_id"], text="Yes"))
    [update] = await _updates(driver, timeout=5)
    query = update["callback_query"]
    assert (query["data"], query["from"]["id"], query["message"]["message_id"]) == ("y", person, message["message_id"])
    await driver.call("answerCallbackQuery", callback_query_id=query["id"], text="Thanks", show_alert=True)
    answered = await press
    assert (answered["state"], answered["text"], answered["show_alert"]) == ("answered", "Thanks", True)
    await world.drain(driver)


async def test_documents_go_both_ways(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    content = b"%PDF-1.4 report"
    if driver.name == "ptb":
        sent = (await driver.ptb.send_document(person, InputFile(content, filename="report.pdf"), caption="yours")).to_dict()
    else:
        message = await driver.aiogram.send_document(person, BufferedInputFile(content, "report.pdf"), caption="yours")
        sent = message.model_dump(exclude_none=True)
    assert (sent["document"]["file_name"], sent["document"]["mime_type"], sent["document"]["file_size"]) == (
        "report.pdf",
        "application/pdf",
        15,
    )
    files = {"file": ("scan.pdf", content, "application/pdf")}
    await world.ask("POST", f"chats/{person}:{driver.id}/files", files=files, data={"caption": "mine"})
    [update] = await _updates(driver)
    file = await driver.call("getFile", file_id=update["message"]["document"]["file_id"])
    assert update["message"]["caption"] == "mine"
    fetched = await world.http.get(f"/file/bot{driver.token}/{file['file_path']}")
    assert fetched.content == content
    await world.drain(driver)


async def test_albums_go_both_ways(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    names = ["a.txt", "b.txt"]
    if driver.name == "ptb":
        media = [PtbInputMediaDocument(name.encode(), filename=name) for name in names]
        messages = [message.to_dict() for message in await driver.ptb.send_media_group(person, media)]
    else:
        album = [InputMediaDocument(media=BufferedInputFile(name.encode(), name)) for name in names]
        messages = [m.model_dump(exclude_none=True) for m in await driver.aiogram.send_media_group(person, album)]
    assert [message["document"]["file_name"] for message in messages] == names
    assert len({message["media_group_id"] for message in messages}) == 1
    files = [("file", (name, b"x", "text/plain")) for name in names]
    await world.ask("POST", f"chats/{person}:{driver.id}/files", files=files)
    updates = await _updates(driver)
    assert len({update["message"]["media_group_id"] for update in updates}) == 1
    assert [update["message"]["document"]["file_name"] for update in updates] == names
    await world.drain(driver)
