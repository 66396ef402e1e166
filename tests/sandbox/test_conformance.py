"""All 49 methods once, successfully, through both libraries: each result is parsed by the library's own types and by the schema."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import aiogram.methods
import pytest
import telegram
from aiogram.types import BufferedInputFile
from pydantic import BaseModel

from bot.sandbox import schema
from bot.sandbox.methods.all import METHODS
from tests.sandbox.driving import Driver, World

pytestmark = pytest.mark.asyncio(loop_scope="session")

PTB_TYPES = ("Message", "User", "ChatFullInfo", "File", "WebhookInfo", "ForumTopic", "MessageId", "SentWebAppMessage")
KEYBOARD = {
    "inline_keyboard": [[{"text": "a", "callback_data": "b", "style": "danger"}, {"text": "c", "url": "https://example.org/"}]]
}
RICH = {
    "blocks": [
        {"type": "heading", "text": "Case", "size": 2},
        {
            "type": "list",
            "items": [{"blocks": [{"type": "paragraph", "text": ["a ", {"type": "bold", "text": "b"}]}], "has_checkbox": True}],
        },
        {"type": "table", "cells": [[{"text": "x", "align": "left", "valign": "top", "is_header": True}]], "is_bordered": True},
        {"type": "details", "summary": "more", "blocks": [{"type": "divider"}]},
    ],
    "is_rtl": True,
}


def png(width: int, height: int) -> bytes:
    """A white picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


class Tour:
    """Calls every method in an order that makes sense; `used` names those that were called."""

    def __init__(self, world: World, driver: Driver) -> None:
        self.world, self.driver = world, driver
        self.used: set[str] = set()

    async def call(self, method: str, **params: Any) -> Any:
        """The result as plain JSON, after the library made its own objects of it."""
        self.used.add(method)
        if self.driver.name == "ptb":
            returns = METHODS[method.lower()].returns
            kind = getattr(telegram, returns) if returns in PTB_TYPES else None
            result = await self.driver.ptb.do_api_request(method, api_kwargs=params, return_type=kind)
            return result.to_dict() if isinstance(result, telegram.TelegramObject) else result
        cls = getattr(aiogram.methods, method[0].upper() + method[1:])
        return _plain(await self.driver.aiogram(cls(**params)))

    def file(self, name: str, content: bytes) -> Any:
        return telegram.InputFile(content, name) if self.driver.name == "ptb" else BufferedInputFile(content, name)


def _plain(result: Any) -> Any:
    if isinstance(result, list):
        return [_plain(one) for one in result]
    return result.model_dump(mode="json", exclude_none=True) if isinstance(result, BaseModel) else result


async def _account(tour: Tour, person: int, _group: dict[str, Any]) -> None:
    me = await tour.call("getMe")
    assert me["id"] == tour.driver.id
    await tour.call(
        "setMyCommands",
        commands=[{"command": "help", "description": "Help"}],
        scope={"type": "all_private_chats"},
        language_code="ru",
    )
    assert await tour.call("getMyCommands") == []
    listed = await tour.call("getMyCommands", scope={"type": "all_private_chats"}, language_code="ru")
    assert listed == [{"command": "help", "description": "Help"}]
    await tour.call("deleteMyCommands", scope={"type": "all_private_chats"}, language_code="ru")
    button = {"type": "web_app", "text": "Form", "web_app": {"url": "https://example.org/form"}}
    await tour.call("setChatMenuButton", chat_id=person, menu_button=button)
    assert (await tour.call("getChatMenuButton", chat_id=person))["type"] == "web_app"
    await tour.call("setChatMenuButton", chat_id=person, menu_button={"type": "default"})


async def _messages(tour: Tour, person: int, group: dict[str, Any]) -> None:
    await tour.call("sendChatAction", chat_id=person, action="typing")
    sent = await tour.call(
        "sendMessage", chat_id=person, text="<b>hi</b> 😀 @someone", parse_mode="HTML", reply_markup=KEYBOARD
    )
    assert [entity["type"] for entity in sent["entities"]] == ["bold", "mention"]
    place = {"chat_id": person, "message_id": sent["message_id"]}
    await tour.call("editMessageText", text="*new*", parse_mode="MarkdownV2", **place)
    await tour.call("editMessageReplyMarkup", reply_markup=KEYBOARD, **place)
    await tour.call("setMessageReaction", reaction=[{"type": "emoji", "emoji": "👍"}], **place)
    await tour.call("pinChatMessage", **place)
    assert (await tour.call("getChat", chat_id=person))["pinned_message"]["text"] == "new"
    await tour.call("unpinChatMessage", **place)
    await tour.call(
        "sendContact",
        chat_id=person,
        phone_number="+49123",
        first_name="Desk",
        reply_parameters={"message_id": sent["message_id"]},
    )
    await tour.call("sendLocation", chat_id=person, latitude=52.5, longitude=13.4)
    await tour.call("forwardMessage", chat_id=group["id"], from_chat_id=person, message_id=sent["message_id"])
    copied = await tour.call("copyMessage", chat_id=group["id"], from_chat_id=person, message_id=sent["message_id"])
    await tour.call("copyMessages", chat_id=group["id"], from_chat_id=person, message_ids=[sent["message_id"], 9999])
    await tour.call("deleteMessage", chat_id=group["id"], message_id=copied["message_id"])
    await tour.call("deleteMessages", chat_id=person, message_ids=[sent["message_id"], 9999])
    await tour.call("sendMessageDraft", chat_id=person, draft_id=1, text="thinking")
    await tour.call("sendRichMessageDraft", chat_id=person, draft_id=2, rich_message={"markdown": "# A\n- b"})
    rich = await tour.call("sendRichMessage", chat_id=person, rich_message=RICH)
    assert rich["rich_message"]["blocks"][0]["type"] == "heading"


async def _files(tour: Tour, person: int, _group: dict[str, Any]) -> None:
    photo = await tour.call(
        "sendPhoto", chat_id=person, photo=tour.file("x.png", png(1000, 500)), caption="*c*", parse_mode="MarkdownV2"
    )
    assert [(size["width"], size["height"]) for size in photo["photo"]] == [(90, 45), (320, 160), (800, 400), (1000, 500)]
    place = {"chat_id": person, "message_id": photo["message_id"]}
    await tour.call("editMessageCaption", caption="new", **place)
    document = await tour.call("sendDocument", chat_id=person, document=tour.file("x.pdf", b"%PDF"))
    edited = await tour.call("editMessageMedia", media=_media(tour, "Document", document["document"]["file_id"]), **place)
    assert edited["document"]["file_name"] == "x.pdf"
    voice = await tour.call("sendVoice", chat_id=person, voice=tour.file("x.ogg", b"OggS"), duration=3)
    assert voice["voice"]["duration"] == 3
    media = [_media(tour, "Photo", photo["photo"][-1]["file_id"])] * 2
    assert len(await tour.call("sendMediaGroup", chat_id=person, media=media)) == 2
    file = await tour.call("getFile", file_id=document["document"]["file_id"])
    assert file["file_path"].endswith(".pdf")


def _media(tour: Tour, kind: str, file_id: str) -> Any:
    if tour.driver.name == "ptb":
        return getattr(telegram, f"InputMedia{kind}")(file_id)
    return getattr(aiogram.types, f"InputMedia{kind}")(media=file_id)


async def _groups(tour: Tour, _person: int, group: dict[str, Any]) -> None:
    chat, member = group["id"], group["members"][0]["id"]
    await tour.call("getChat", chat_id=chat)
    assert (await tour.call("getChatMember", chat_id=chat, user_id=member))["status"] == "creator"
    assert len(await tour.call("getChatAdministrators", chat_id=chat)) == 2
    topic = await tour.call("createForumTopic", chat_id=chat, name="CL-1")
    place = {"chat_id": chat, "message_thread_id": topic["message_thread_id"]}
    await tour.call("editForumTopic", name="CL-2", **place)
    await tour.call("closeForumTopic", **place)
    await tour.call("reopenForumTopic", **place)
    shown = await tour.call("sendMessage", chat_id=chat, text="psst", ephemeral_message_parameters={"receiver_user_id": member})
    mine = {"chat_id": chat, "receiver_user_id": member, "ephemeral_message_id": shown["ephemeral_message_id"]}
    await tour.call("editEphemeralMessageText", text="hush", **mine)
    await tour.call("deleteEphemeralMessage", **mine)
    await tour.call("deleteForumTopic", **place)
    await tour.call("leaveChat", chat_id=chat)


async def _presses(tour: Tour, person: int, _group: dict[str, Any]) -> None:
    world, key = tour.world, f"chats/{person}:{tour.driver.id}"
    message = await tour.call("sendMessage", chat_id=person, text="x", reply_markup=KEYBOARD)
    press = await world.post(f"{key}/press", message_id=message["message_id"], data="b", wait=0)
    await tour.call("answerCallbackQuery", callback_query_id=press["id"], text="ok")
    launch = await world.post(f"{key}/webapp", url="https://example.org/form")
    result = {"type": "article", "id": "1", "title": "t", "input_message_content": {"message_text": "done"}}
    await tour.call("answerWebAppQuery", web_app_query_id=launch["query_id"], result=result)


async def _updates(tour: Tour, _person: int, _group: dict[str, Any]) -> None:
    updates = await tour.call("getUpdates", allowed_updates=[])
    assert {kind for update in updates for kind in update} >= {"update_id", "message", "callback_query"}
    await tour.world.drain(tour.driver)
    await tour.call("setWebhook", url="https://example.org/hook", secret_token="abc", allowed_updates=["message"])
    assert (await tour.call("getWebhookInfo"))["url"] == "https://example.org/hook"
    await tour.call("deleteWebhook", drop_pending_updates=True)
    await tour.call("close")
    await tour.call("logOut")
    tour.world.sandbox.add_bot(tour.driver.token, f"{tour.driver.name}_bot", tour.driver.name.title())


PARTS: tuple[Callable[[Tour, int, dict[str, Any]], Awaitable[None]], ...] = (
    _account,
    _messages,
    _files,
    _groups,
    _presses,
    _updates,
)


async def test_every_method_answers_what_the_schema_and_the_library_expect(world: World, driver: Driver) -> None:
    tour = Tour(world, driver)
    person, group = await world.started(driver), await world.group(driver)
    seq = world.sandbox.state.feed.seq
    for part in PARTS:
        await part(tour, person, group)
    assert len((await world.get("wait", after=seq))["events"]) > len(tour.used)  # each in its described shape
    assert world.violations() == []
    assert tour.used == {method.name for method in METHODS.values()}


async def test_the_forty_nine_methods_are_of_bot_api_10_3() -> None:
    assert len(METHODS) == 49
    assert {method.name for method in METHODS.values()} <= set(schema.schema()["methods"])


UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "my_chat_member",
    "message_reaction",
    "stopped_message_generation",
    "chat_member",
)


async def test_the_seven_kinds_of_updates_fit_the_schema(world: World, driver: Driver) -> None:
    person, group = await world.started(driver), await world.group(driver)
    await driver.call("getUpdates", allowed_updates=list(UPDATES))
    key = f"chats/{person}:{driver.id}"
    [mine] = (await world.post(f"{key}/messages", text="x"))["messages"]
    await world.ask("PATCH", f"{key}/messages/{mine['message_id']}", json={"text": "y"})
    message = await driver.call("sendMessage", chat_id=person, text="x", reply_markup=KEYBOARD)
    await world.post(f"{key}/press", message_id=message["message_id"], row=0, column=0, wait=0)
    await world.post(f"{key}/messages/{message['message_id']}/reaction", emoji="👍")
    await driver.call("sendMessageDraft", chat_id=person, draft_id=5, text="x", can_stop=True)
    await world.post(f"{key}/drafts/5/stop")
    await world.post(f"{key}/block", blocked=True)
    await world.post(f"chats/{group['key']}/members", member=await world.person(), status="member")
    updates = await driver.call("getUpdates")
    kinds = [next(kind for kind in update if kind != "update_id") for update in updates]
    assert set(kinds) == set(UPDATES)
    assert [schema.problem("Update", update) for update in updates] == [""] * len(updates)
    assert world.violations() == []
    await world.drain(driver)


async def test_an_unknown_parameter_is_a_violation(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    await driver.call("sendMessage", chat_id=chat, text="x", mood="good", disable_notification="perhaps")
    words = ["unknown parameter 'mood'", "disable_notification: Boolean expected"]
    assert world.violations() == [f"sendMessage request {problem}" for problem in words]
    found = (await world.get("strict"))["violations"]
    assert [(one["method"], one["where"]) for one in found] == [("sendMessage", "request")] * 2
