"""Both connections give raw results and fail in the same four ways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.channel import Channel, Lost, Moved, Rejected, RetryLater, Unreachable, Upload, outcome
from bot.desk.channel import DeskChannel
from bot.patient.channel import PatientChannel
from tests.bot.files import PDF
from tests.bot.stand_in import DESK_BOT, PATIENT_BOT, StandIn, chat_id
from tests.examples import one_or_all

MAKERS: dict[str, tuple[Callable[[str, str], Channel], str]] = {
    "aiogram": (PatientChannel, PATIENT_BOT),
    "python-telegram-bot": (DeskChannel, DESK_BOT),
}


@pytest.fixture(params=one_or_all(MAKERS, "aiogram"))
async def channel(request: pytest.FixtureRequest, stand_in: StandIn) -> AsyncIterator[Channel]:
    make, token = MAKERS[request.param]
    made = make(token, stand_in.url)
    yield made
    await made.close()


@pytest.fixture
async def chat(channel: Channel, stand_in: StandIn) -> str:
    return await stand_in.person("Ana", (await channel.call("getMe", {}))["id"])


async def say(channel: Channel, chat: str, text: str = "Hello") -> Any:
    return await channel.call("sendMessage", {"chat_id": chat_id(chat), "text": text})


async def test_results_are_raw(channel: Channel, chat: str, stand_in: StandIn) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": "y"}]]}
    result = await channel.call(
        "sendMessage",
        {"chat_id": chat_id(chat), "text": "<b>Hi</b>", "parse_mode": "HTML", "reply_markup": keyboard, "entities": None},
    )
    assert isinstance(result, dict)
    assert result["text"] == "Hi"
    assert result["reply_markup"] == keyboard
    assert await channel.call("sendChatAction", {"chat_id": chat_id(chat), "action": "typing"}) is True
    assert await stand_in.said(chat) == ["Hi"]


async def test_a_file_arrives_whole(channel: Channel, chat: str, stand_in: StandIn) -> None:
    data = PDF + bytes(300_000)
    upload = Upload(name="report.pdf", content_type="application/pdf", data=data)
    result = await channel.call("sendDocument", {"chat_id": chat_id(chat), "caption": "Ваш отчёт"}, {"document": upload})
    assert result["document"]["file_name"] == "report.pdf"
    assert result["caption"] == "Ваш отчёт"
    assert await stand_in.file((await stand_in.shown(chat))[0]) == data


async def test_a_file_is_fetched_whole(channel: Channel, chat: str, stand_in: StandIn) -> None:
    data = PDF + bytes(range(256)) * 1000
    (sent,) = await stand_in.sends(chat, ("report.pdf", data))
    update = next(one for one in await channel.updates(None, 0, ["message"]) if "document" in one["message"])
    assert update["message"]["message_id"] == sent["message_id"]
    assert b"".join([piece async for piece in channel.fetch(update["message"]["document"]["file_id"])]) == data


async def test_updates_come_raw_and_are_confirmed_by_the_next_offset(channel: Channel, chat: str, stand_in: StandIn) -> None:
    await stand_in.writes(chat, "one")
    first = await channel.updates(None, 0, ["message"])
    assert [one["message"]["text"] for one in first] == ["/start", "one"]
    assert await channel.updates(None, 0, ["message"]) == first
    assert await channel.updates(first[-1]["update_id"] + 1, 0, ["message"]) == []


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "flood", "retry_after": 7}, RetryLater),
        ({"kind": "error", "code": 500}, RetryLater),
        ({"kind": "html"}, RetryLater),
        ({"kind": "forbidden"}, Unreachable),
        ({"kind": "error", "code": 400, "description": "Bad Request: message is too long"}, Rejected),
        ({"kind": "error", "code": 401, "description": "Unauthorized"}, RetryLater),
        ({"kind": "reset_before"}, Lost),
        ({"kind": "reset_after"}, Lost),
    ],
)
async def test_ways_to_fail(
    channel: Channel, chat: str, stand_in: StandIn, fault: dict[str, Any], error: type[Exception]
) -> None:
    await stand_in.fault(**fault, method="sendMessage")
    with pytest.raises(error) as raised:
        await say(channel, chat)
    if fault["kind"] == "flood":
        assert raised.value.seconds == 7  # type: ignore[attr-defined]
    assert await say(channel, chat)


async def test_a_person_who_blocked_the_bot_is_unreachable(channel: Channel, chat: str, stand_in: StandIn) -> None:
    await stand_in.post(f"chats/{chat}/block", {"blocked": True})
    with pytest.raises(Unreachable):
        await say(channel, chat)


async def test_a_stranger_is_unreachable(channel: Channel) -> None:
    with pytest.raises(Unreachable):
        await channel.call("sendMessage", {"chat_id": 999_999, "text": "Hello"})


async def test_a_group_that_moved_says_where(channel: Channel, stand_in: StandIn) -> None:
    person = await stand_in.post("people", {"first_name": "Carla"})
    bot = (await channel.call("getMe", {}))["id"]
    group = await stand_in.post(
        "groups", {"title": "Desk", "type": "group", "forum": False, "members": [person["id"]], "bots": [bot]}
    )
    moved = await stand_in.post(f"chats/{group['key']}/migrate", {})
    with pytest.raises(Moved) as raised:
        await channel.call("sendMessage", {"chat_id": group["id"], "text": "Hello"})
    assert raised.value.chat_id == moved["chat"]["id"]


async def test_a_file_that_is_too_big_is_rejected(channel: Channel, chat: str, stand_in: StandIn) -> None:
    await stand_in.post(f"chats/{chat}/files", {"kind": "document", "declared_size": 21 * 1024 * 1024, "file_name": "cd.zip"})
    update = next(one for one in await channel.updates(None, 0, ["message"]) if "document" in one["message"])
    with pytest.raises(Rejected, match="too big"):
        _ = [piece async for piece in channel.fetch(update["message"]["document"]["file_id"])]


@pytest.mark.parametrize(("make", "token"), MAKERS.values(), ids=MAKERS)
async def test_nobody_there_means_later_and_no_error_shows_the_token(make: Callable[[str, str], Channel], token: str) -> None:
    channel = make(token, "http://127.0.0.1:9")
    with pytest.raises(RetryLater) as raised:
        await channel.call("getMe", {})
    assert token not in str(raised.value)
    await channel.close()


@pytest.mark.parametrize("file", [False, True])
@pytest.mark.parametrize(("make", "token"), MAKERS.values(), ids=MAKERS)
async def test_a_connection_that_rested_is_not_used_again(
    make: Callable[[str, str], Channel], token: str, file: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server may close it in that very moment, and nobody would know whether the call was done."""
    monkeypatch.setattr("bot.channel.IDLE_SECONDS", 0.05)
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{"ok":true,"result":{}} '
    connected = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connected
        connected += 1
        while await reader.read(1 << 16):
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    channel = make(token, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    files = {"document": Upload(name="a.txt", content_type="text/plain", data=b"a")} if file else None
    assert await channel.call("sendDocument", {"chat_id": 1}, files) == {}
    await asyncio.sleep(0.15)
    assert await channel.call("sendDocument", {"chat_id": 1}, files) == {}
    await channel.close()
    server.close()
    assert connected == 2


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b"[]", b"null", b"\xff", b'{"ok":false}'])
@pytest.mark.parametrize("status", [200, 302, 400, 502])
def test_no_answer_is_taken_for_success(body: bytes, status: int) -> None:
    with pytest.raises((RetryLater, Rejected)):
        outcome(status, body)
