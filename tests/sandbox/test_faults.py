"""Trouble on request, as both libraries feel it."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from aiogram.exceptions import TelegramAPIError

from tests.sandbox.driving import Driver, RefusedError, World, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def _texts(world: World, driver: Driver, person: int) -> list[str]:
    seen = await world.get(f"chats/{person}:{driver.id}/transcript")
    return [message["message"].get("text", "") for message in seen["messages"] if message["sender"]["kind"] == "bot"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [({"kind": "flood", "retry_after": 7}, 429), ({"kind": "forbidden"}, 403), ({"kind": "error", "code": 500}, 500)],
)
async def test_a_fault_strikes_once_its_bot_method_and_chat(
    world: World, driver: Driver, fault: dict[str, object], code: int
) -> None:
    person, other = await world.started(driver), await world.started(driver)
    await world.post("faults", **fault, bot=driver.id, method="sendmessage", chat_id=person)
    await driver.call("sendMessage", chat_id=other, text="not this chat")
    await driver.call("sendChatAction", chat_id=person, action="typing")
    with pytest.raises(RefusedError) as refused:
        await driver.call("sendMessage", chat_id=person, text="x")
    assert refused.value.code in (code, 0)
    assert refused.value.retry_after == fault.get("retry_after", 0)
    await driver.call("sendMessage", chat_id=person, text="over")
    assert await _texts(world, driver, person) == ["over"]


async def test_a_fault_of_a_group_strikes_presses_there(world: World, driver: Driver) -> None:
    group, private = await world.group(driver), await world.started(driver)
    keyboard = {"inline_keyboard": [[{"text": "Claim", "callback_data": "c"}]]}
    await world.post("faults", kind="duplicate", bot=driver.id, method="callback_query", chat_id=group["id"])
    for chat, place in ((private, f"{private}:{driver.id}"), (group["id"], group["key"])):
        message = await driver.call("sendMessage", chat_id=chat, text="x", reply_markup=keyboard)
        who = {"from": group["members"][0]["id"]} if chat < 0 else {}
        await world.post(f"chats/{place}/press", message_id=message["message_id"], data="c", wait=0, **who)
    chats = [update["callback_query"]["message"]["chat"]["id"] for update in await driver.call("getUpdates")]
    assert chats == [private, group["id"], group["id"]]
    await world.drain(driver)


async def test_counting_and_removing_faults(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    fault = await world.post("faults", kind="forbidden", times=0, after=1, bot=driver.id)
    await driver.call("sendMessage", chat_id=person, text="let through")
    for _ in range(3):
        with pytest.raises(RefusedError):
            await driver.call("sendMessage", chat_id=person, text="x")
    await world.ask("DELETE", f"faults/{fault['id']}")
    await driver.call("sendMessage", chat_id=person, text="y")
    assert await _texts(world, driver, person) == ["let through", "y"]


@pytest.mark.parametrize(("kind", "arrives"), [("reset_before", False), ("reset_after", True)])
async def test_a_cut_connection_before_and_after_the_effect(world: World, driver: Driver, kind: str, *, arrives: bool) -> None:
    person = await world.started(driver)
    await world.post("faults", kind=kind, bot=driver.id)
    with pytest.raises(httpx.TransportError):
        await world.http.post(f"/bot{driver.token}/sendMessage", json={"chat_id": person, "text": "lost?"})
    assert (await _texts(world, driver, person) == ["lost?"]) is arrives
    await world.post("faults", kind=kind, bot=driver.id)
    with pytest.raises((RefusedError, TelegramAPIError)):
        await driver.call("sendMessage", chat_id=person, text="lost?")


async def test_an_html_page_instead_of_an_answer(world: World, driver: Driver) -> None:
    await world.post("faults", kind="html", bot=driver.id)
    answer = await world.http.get(f"/bot{driver.token}/getMe")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html")


async def test_a_hanging_call_ends_with_a_reset(world: World, driver: Driver) -> None:
    await world.post("faults", kind="hang", delay=30, bot=driver.id)
    call = asyncio.ensure_future(world.http.get(f"/bot{driver.token}/getMe"))
    await until(lambda: not world.sandbox.state.faults.active)
    assert not call.done()
    await world.post("clock", shift=31)
    with pytest.raises(httpx.TransportError):
        await call


async def test_a_second_poller_ends_the_first(world: World, driver: Driver) -> None:
    first = asyncio.ensure_future(world.http.get(f"/bot{driver.token}/getUpdates", params={"timeout": 20}))
    await world.polled(driver)
    second = asyncio.ensure_future(world.http.get(f"/bot{driver.token}/getUpdates", params={"timeout": 0}))
    answer = await first
    words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    assert (answer.status_code, answer.json()["description"]) == (409, words)
    assert (await second).json() == {"ok": True, "result": []}


async def test_polling_offsets(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    for text in "abcd":
        await world.post(f"chats/{person}:{driver.id}/messages", text=text)
    updates = await driver.call("getUpdates", limit=2)
    assert [update["message"]["text"] for update in updates] == ["a", "b"]
    last = await driver.call("getUpdates", offset=-1)
    assert [update["message"]["text"] for update in last] == ["d"]
    assert await driver.call("getUpdates") == last
    await world.post("clock", shift=25 * 3600)
    assert await driver.call("getUpdates") == []
