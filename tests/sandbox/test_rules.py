"""Telegram's strictness, rule by rule, in its exact words: each once through aiogram and once through python-telegram-bot."""

from __future__ import annotations

import asyncio

import pytest

from tests.sandbox.driving import Driver, RefusedError, World
from tests.sandbox.rules import NOT_MODIFIED, RULES, TOO_OLD, Rule, inline

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
async def test_a_broken_rule_is_refused_in_telegrams_words(world: World, driver: Driver, rule: Rule) -> None:
    chat = 0
    if rule.to_group:
        chat = (await world.group(driver))["id"]
    elif not rule.without_chat:
        chat = await world.started(driver)
    params = rule.params | ({"chat_id": chat} if chat else {}) | rule.fill(chat)
    with pytest.raises(RefusedError) as refused:
        await driver.call(rule.method, **params)
    assert heard(driver, refused.value) == spoken(driver, rule.words)
    assert refused.value.code == 400


def heard(driver: Driver, refused: RefusedError) -> str:
    return refused.description.lower() if driver.name == "ptb" else refused.description


def spoken(driver: Driver, words: str) -> str:
    """PTB drops "Bad Request: " and changes capitals; aiogram passes the words on as they are."""
    return words.lower() if driver.name == "ptb" else f"Bad Request: {words}"


async def test_the_same_content_again_is_not_modified(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    keyboard = inline(callback_data="a")
    message = await driver.call("sendMessage", chat_id=chat, text="<b>x</b>", parse_mode="HTML", reply_markup=keyboard)
    with pytest.raises(RefusedError) as refused:
        await driver.call(
            "editMessageText",
            chat_id=chat,
            message_id=message["message_id"],
            text="<b>x</b>",
            parse_mode="HTML",
            reply_markup=keyboard,
        )
    assert heard(driver, refused.value) == spoken(driver, NOT_MODIFIED)
    edited = await driver.call("editMessageText", chat_id=chat, message_id=message["message_id"], text="x")
    assert "edit_date" in edited
    assert "reply_markup" not in edited


async def test_edits_are_as_strict_as_sends(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    place = {"chat_id": chat, "message_id": (await driver.call("sendMessage", chat_id=chat, text="x"))["message_id"]}
    for text, words in ((" \n", "text must be non-empty"), ("x" * 4097, "message is too long")):
        with pytest.raises(RefusedError) as refused:
            await driver.call("editMessageText", text=text, **place)
        assert heard(driver, refused.value) == spoken(driver, words)
    with pytest.raises(RefusedError, match=r"(?i)there is no caption in the message to edit"):
        await driver.call("editMessageCaption", caption="x", **place)
    assert (await driver.call("editMessageText", text=f"<b>{'x' * 4096}</b>", parse_mode="HTML", **place))["entities"]


async def test_what_can_never_be_deleted(world: World, driver: Driver) -> None:
    chat, group = await world.started(driver), await world.group(driver)
    topic = await driver.call("createForumTopic", chat_id=group["id"], name="CL-1")
    with pytest.raises(RefusedError) as refused:
        await driver.call("deleteMessage", chat_id=group["id"], message_id=topic["message_thread_id"])
    assert heard(driver, refused.value) == spoken(driver, "message can't be deleted")
    old = await driver.call("sendMessage", chat_id=chat, text="x")
    await world.post("clock", shift=49 * 3600)
    with pytest.raises(RefusedError, match=r"(?i)message can't be deleted"):
        await driver.call("deleteMessage", chat_id=chat, message_id=old["message_id"])
    await world.drain(driver)


async def test_only_one_may_fetch_updates_and_only_without_a_webhook(world: World, driver: Driver) -> None:
    first = asyncio.ensure_future(driver.call("getUpdates", timeout=20))
    await world.polled(driver)
    assert await driver.call("getUpdates") == []
    with pytest.raises(RefusedError, match="terminated by other getUpdates request; make sure that only one") as refused:
        await first
    assert refused.value.code == 409
    world.sandbox.state.queues[driver.id].webhook_set_at = -9.0
    await driver.call("setWebhook", url="https://example.org/hook")
    with pytest.raises(RefusedError, match="can't use getUpdates method while webhook is active") as refused:
        await driver.call("getUpdates")
    assert refused.value.code == 409
    with pytest.raises(RefusedError) as refused:
        await driver.call("setWebhook", url="https://example.org/hook")
    assert (refused.value.code, refused.value.retry_after) == (429, 1)
    await driver.call("deleteWebhook", drop_pending_updates=True)


async def test_a_press_is_answered_in_two_hundred_letters(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    message = await driver.call("sendMessage", chat_id=chat, text="x", reply_markup=inline(callback_data="a"))
    press = await world.post(f"chats/{chat}:{driver.id}/press", message_id=message["message_id"], data="a", wait=0)
    with pytest.raises(RefusedError, match=r"(?i)message_too_long"):
        await driver.call("answerCallbackQuery", callback_query_id=press["id"], text="x" * 201)
    assert await driver.call("answerCallbackQuery", callback_query_id=press["id"], text="x" * 200) is True
    await world.drain(driver)


async def test_a_press_is_answered_once_and_in_time(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    message = await driver.call("sendMessage", chat_id=chat, text="x", reply_markup=inline(callback_data="a"))
    key = f"chats/{chat}:{driver.id}/press"
    first = await world.post(key, message_id=message["message_id"], data="a", wait=0)
    late = await world.post(key, message_id=message["message_id"], data="a", wait=0)
    assert await driver.call("answerCallbackQuery", callback_query_id=first["id"]) is True
    await world.post("clock", shift=20)
    for press in (first, late):
        with pytest.raises(RefusedError) as refused:
            await driver.call("answerCallbackQuery", callback_query_id=press["id"])
        assert heard(driver, refused.value) == spoken(driver, TOO_OLD)
    await world.drain(driver)


async def test_topics_close_and_vanish(world: World, driver: Driver) -> None:
    group = await world.group(driver)
    topic = await driver.call("createForumTopic", chat_id=group["id"], name="CL-1")
    place = {"chat_id": group["id"], "message_thread_id": topic["message_thread_id"]}
    with pytest.raises(RefusedError, match=r"(?i)topic_not_modified"):
        await driver.call("reopenForumTopic", **place)
    with pytest.raises(RefusedError, match=r"(?i)topic_not_modified"):
        await driver.call("editForumTopic", name="CL-1", **place)
    assert await driver.call("closeForumTopic", **place) is True
    assert (await driver.call("sendMessage", text="administrators may", **place))["is_topic_message"] is True
    await world.post(f"chats/{group['key']}/members", member=driver.id, status="member")
    with pytest.raises(RefusedError, match=r"(?i)topic_closed"):
        await driver.call("sendMessage", text="members may not", **place)
    await world.post(f"chats/{group['key']}/members", member=driver.id, status="administrator")
    await world.ask("DELETE", f"chats/{group['key']}/topics/{topic['message_thread_id']}")
    with pytest.raises(RefusedError, match="essage thread not found"):
        await driver.call("sendMessage", text="x", **place)
    await world.drain(driver)


async def test_who_may_not_be_written_to(world: World, driver: Driver) -> None:
    stranger = await world.person()
    await _forbidden(driver, stranger, "bot can't initiate conversation with a user")
    person = await world.started(driver)
    await world.post(f"chats/{person}:{driver.id}/block", blocked=True)
    await _forbidden(driver, person, "bot was blocked by the user")
    await world.post(f"chats/{person}:{driver.id}/start")
    await world.ask("PATCH", f"people/{person}", json={"deactivated": True})
    await _forbidden(driver, person, "user is deactivated")
    group = await world.group(driver)
    await world.post(f"chats/{group['key']}/members", member=driver.id, status="kicked")
    await _forbidden(driver, group["id"], "bot was kicked from the supergroup chat")
    await world.drain(driver)


async def _forbidden(driver: Driver, chat: int, words: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await driver.call("sendMessage", chat_id=chat, text="x")
    assert (refused.value.code, refused.value.description.removeprefix("Forbidden: ")) == (403, words)


async def test_an_upgraded_group_names_its_new_id(world: World, driver: Driver) -> None:
    group = await world.group(driver, type="group", forum=False)
    new = (await world.post(f"chats/{group['key']}/migrate"))["chat"]
    with pytest.raises(RefusedError) as refused:
        await driver.call("sendMessage", chat_id=group["id"], text="x")
    assert refused.value.migrate_to == new["id"]
    assert (await driver.call("sendMessage", chat_id=new["id"], text="x"))["chat"]["type"] == "supergroup"
    await world.drain(driver)


async def test_files_beyond_twenty_megabytes_are_too_big(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    await world.post(f"chats/{chat}:{driver.id}/files", kind="document", file_name="ct.zip", declared_size=21 * 1024 * 1024)
    [update] = await driver.call("getUpdates")
    with pytest.raises(RefusedError, match="ile is too big"):
        await driver.call("getFile", file_id=update["message"]["document"]["file_id"])
    await world.drain(driver)


async def test_pace_with_realistic_limits(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    group = await world.group(driver)
    await world.ask("PUT", "settings", json={"limits": True})
    outcomes = [await _paced(driver, chat) for _ in range(3)]
    assert outcomes == [0, 1, 1]
    in_group = [await _paced(driver, group["id"]) for _ in range(22)]
    assert in_group[:20] == [0] * 20
    assert in_group[20] > 50


async def _paced(driver: Driver, chat: int) -> int:
    try:
        await driver.call("sendMessage", chat_id=chat, text="x")
    except RefusedError as refused:
        return refused.retry_after
    return 0


async def test_unknown_and_lacking_methods(world: World, driver: Driver) -> None:
    for method, code, words in (
        ("sendTelepathy", 404, "Not Found: method not found"),
        ("sendPoll", 501, "Not Implemented: the sandbox has no sendPoll"),
    ):
        answer = await world.http.post(f"/bot{driver.token}/{method}")
        assert (answer.status_code, answer.json()["error_code"], answer.json()["description"]) == (code, code, words)
    assert (await world.http.get(f"/bot{driver.token}/GETME")).json()["result"]["id"] == driver.id


@pytest.mark.parametrize(
    ("path", "code", "words"),
    [
        ("/botx/getMe", 401, "Unauthorized: invalid token specified"),
        ("/bot1001:other/getMe", 401, "Unauthorized"),
        ("/bot8123456789:AAHabcdefghijklmnopqrstuvwxyz012345/getMe", 401, "Unauthorized"),
        ("/bot", 404, "Not Found"),
        ("/nowhere", 404, "Not Found"),
    ],
)
async def test_tokens_and_paths(world: World, path: str, code: int, words: str) -> None:
    answer = await world.http.get(path)
    assert (answer.status_code, answer.json()) == (code, {"ok": False, "error_code": code, "description": words})


async def test_an_album_has_two_to_ten_files(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    for count, words in ((1, "wrong number of messages, 2-10 expected"), (11, "too many messages to send as an album")):
        with pytest.raises(RefusedError) as refused:
            await driver.call("sendMediaGroup", chat_id=chat, media=[driver.photo("AgAD")] * count)
        assert heard(driver, refused.value) == spoken(driver, words)


async def test_a_message_in_a_topic_seems_to_reply_to_its_opening(world: World, driver: Driver) -> None:
    group = await world.group(driver)
    topic = await driver.call("createForumTopic", chat_id=group["id"], name="CL-1")
    thread = topic["message_thread_id"]
    person = {"from": group["members"][0]["id"]}
    [note] = (await world.post(f"chats/{group['key']}/messages", text="note", message_thread_id=thread, **person))["messages"]
    assert note["message"]["reply_to_message"]["forum_topic_created"]["name"] == "CL-1"
    [reply] = (
        await world.post(f"chats/{group['key']}/messages", text="reply", reply_to_message_id=note["message_id"], **person)
    )["messages"]
    assert (reply["thread"], reply["message"]["reply_to_message"]["text"]) == (thread, "note")
    await world.drain(driver)


async def test_captions_and_big_files(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    with pytest.raises(RefusedError, match=r"(?i)message caption is too long"):
        await driver.send_file(chat, "document", b"x", "a.txt", caption="x" * 1025)
    with pytest.raises(RefusedError, match=r"(?i)request entity too large"):
        await driver.send_file(chat, "photo", bytes(10 * 1024 * 1024 + 1), "a.png")
    with pytest.raises(RefusedError, match=r"(?i)request entity too large"):
        await driver.send_file(chat, "document", bytes(50 * 1024 * 1024 + 1), "a.zip")
    with pytest.raises(RefusedError, match=r"(?i)image_process_failed"):
        await driver.send_file(chat, "photo", b"no picture", "a.png")


async def test_a_reply_to_nothing_may_be_allowed(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    reply = {"message_id": 9999, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await driver.call("sendMessage", chat_id=chat, text="x", reply_parameters=reply)


async def test_a_reply_may_quote_a_part(world: World, driver: Driver) -> None:
    chat = await world.started(driver)
    first = await driver.call("sendMessage", chat_id=chat, text="😀 some words")
    reply = {"message_id": first["message_id"], "quote": "<b>words</b>", "quote_parse_mode": "HTML"}
    sent = await driver.call("sendMessage", chat_id=chat, text="x", reply_parameters=reply)
    bold = {"type": "bold", "offset": 0, "length": 5}
    assert sent["quote"] == {"text": "words", "position": 8, "is_manual": True, "entities": [bold]}


async def test_file_ids_belong_to_one_bot(world: World, driver: Driver, clients: dict[str, Driver]) -> None:
    chat, other = await world.started(driver), clients["member"]
    await world.post(f"chats/{chat}:{other.id}/start")
    mine = await driver.send_file(chat, "document", b"x", "a.txt")
    with pytest.raises(RefusedError, match=r"wrong file_id or the file is temporarily unavailable"):
        await other.call("getFile", file_id=mine["document"]["file_id"])
    again = await driver.call("sendDocument", chat_id=chat, document=mine["document"]["file_id"])
    assert again["document"]["file_unique_id"] == mine["document"]["file_unique_id"]
    await world.drain(other)
