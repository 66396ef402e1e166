"""What people do and see under /sandbox/."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiogram.utils.web_app import check_webapp_signature
from aiogram.utils.web_app_signature import check_webapp_signature as check_by_key

from tests.sandbox.driving import Driver, World

pytestmark = pytest.mark.asyncio(loop_scope="session")


def key(driver: Driver, person: int) -> str:
    return f"chats/{person}:{driver.id}"


async def test_the_state_holds_everything(world: World, driver: Driver) -> None:
    person = await world.started(driver, language_code="ar", username="ana")
    await driver.call("sendMessage", chat_id=person, text="hello")
    state = await world.get("state", messages=1)
    chat = next(one for one in state["chats"] if one["key"] == f"{person}:{driver.id}")
    assert (chat["type"], chat["started"], chat["person"], chat["bot"], chat["count"]) == (
        "private",
        True,
        person,
        driver.id,
        2,
    )
    [last] = state["messages"][chat["key"]]
    assert (last["message"]["text"], last["sender"]) == ("hello", {"kind": "bot", "id": driver.id, "name": driver.name.title()})
    assert {"seq", "now", "settings", "people", "bots", "presses", "faults", "calls", "violations"} <= set(state)


async def test_events_stream_as_they_come(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    kinds: list[tuple[str, dict[str, Any]]] = []
    async with world.http.stream("GET", "/sandbox/events") as stream:
        lines = stream.aiter_lines()
        assert await anext(lines) == ": hello"
        await driver.call("sendChatAction", chat_id=person, action="typing")
        message = await driver.call("sendMessage", chat_id=person, text="x")
        await driver.call("editMessageText", chat_id=person, message_id=message["message_id"], text="y")
        await driver.call("deleteMessage", chat_id=person, message_id=message["message_id"])
        while len(kinds) < 4:
            line = await asyncio.wait_for(anext(lines), 20)
            if line.startswith("data: "):
                event = json.loads(line.removeprefix("data: "))
                kinds += [(event["kind"], event)] if event["kind"] in ("typing", "message", "edited", "deleted") else []
    assert [kind for kind, _ in kinds] == ["typing", "message", "edited", "deleted"]
    assert (kinds[0][1]["action"], kinds[0][1]["bot"], kinds[0][1]["chat"]) == ("typing", driver.id, f"{person}:{driver.id}")
    assert [event["message"]["message"]["text"] for _, event in kinds[1:3]] == ["x", "y"]
    assert kinds[3][1]["message_ids"] == [message["message_id"]]


async def test_waiting_for_what_comes_next(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    seq = (await world.get("wait", timeout=0))["seq"]
    waiting = asyncio.ensure_future(world.get("wait", after=seq, kinds="message", chat=f"{person}:{driver.id}", timeout=15))
    await driver.call("sendMessage", chat_id=person, text="here")
    found = await waiting
    assert [event["message"]["message"]["text"] for event in found["events"]] == ["here"]
    assert (await world.get("wait", after=found["seq"], kinds="message", timeout=0))["events"] == []


async def test_idle_once_the_bot_has_confirmed(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    await world.post(f"{key(driver, person)}/messages", text="x")
    found = await world.get("idle", quiet=0.01, timeout=0.05)
    assert (found["idle"], found["pending"]) == (False, {str(driver.id): 1})
    await world.drain(driver)
    assert (await world.get("idle", quiet=0.01, timeout=10))["idle"]


async def test_reply_keyboards(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    keyboard = {"keyboard": [["Yes", {"text": "My number", "request_contact": True}]], "one_time_keyboard": True}
    await driver.call("sendMessage", chat_id=person, text="x", reply_markup=keyboard)
    chat = next(one for one in (await world.get("state"))["chats"] if one["key"] == f"{person}:{driver.id}")
    assert [button["text"] for button in chat["keyboard"]["keyboard"][0]] == ["Yes", "My number"]
    await world.post(f"{key(driver, person)}/tap", text="My number")
    [update] = await driver.call("getUpdates")
    assert update["message"]["contact"]["user_id"] == person
    gone = await world.http.post(f"/sandbox/{key(driver, person)}/tap", json={"text": "Yes"})
    assert gone.status_code == 404
    await world.drain(driver)


async def test_every_content_reaches_the_bot(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    place = key(driver, person)
    [first] = (await world.post(f"{place}/messages", text="x" * 10))["messages"]
    for body in (
        {"contact": {"phone_number": "+1", "first_name": "B"}},
        {"location": {"latitude": 1.5, "longitude": 2.5}},
        {"sticker": {"emoji": "😀"}},
        {"dice": True},
        {"text": "reply", "reply_to_message_id": first["message_id"]},
        {"forward_from": {"chat": f"{person}:{driver.id}", "message_id": first["message_id"]}},
    ):
        await world.post(f"{place}/messages", **body)
    for kind in ("photo", "voice", "video", "audio", "animation", "video_note"):
        await world.ask("POST", f"{place}/files", files={"file": ("x.bin", b"12345")}, data={"kind": kind, "duration": "2"})
    await world.post(f"{place}/webapp/data", button_text="Form", data="{}")
    messages = [update["message"] for update in await driver.call("getUpdates")]
    kinds = "text contact location sticker dice reply_to_message forward_origin photo voice video audio animation video_note web_app_data"
    assert [kind for kind, message in zip(kinds.split(), messages, strict=True) if kind not in message] == []
    assert world.violations() == []
    await world.drain(driver)


async def test_long_texts_are_cut_as_apps_do(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    made = (await world.post(f"{key(driver, person)}/messages", text="я" * 5000))["messages"]
    assert [len(message["message"]["text"]) for message in made] == [4096, 904]
    await world.drain(driver)


async def test_what_each_person_of_a_group_sees(world: World, driver: Driver) -> None:
    group = await world.group(driver)
    mine, other = group["members"][0]["id"], await world.person("Bea")
    await world.post(f"chats/{group['key']}/members", member=other, status="member")
    await driver.call("sendMessage", chat_id=group["id"], text="for all")
    await driver.call(
        "sendMessage", chat_id=group["id"], text="for one", ephemeral_message_parameters={"receiver_user_id": mine}
    )
    for person, seen in ((mine, ["for all", "for one"]), (other, ["for all"])):
        found = await world.get(f"chats/{group['key']}/transcript", person=person)
        assert [one["message"]["text"] for one in found["messages"] if one["sender"]["kind"] == "bot"] == seen
    plain = await world.http.get(f"/sandbox/chats/{group['key']}/transcript", params={"person": other, "format": "text"})
    assert "bot: for all" in plain.text
    await world.drain(driver)


async def test_privacy_mode_and_other_bots(world: World, driver: Driver, clients: dict[str, Driver]) -> None:
    """A bot that is a mere member hears commands and replies to itself; nobody hears another bot."""
    member = clients["member"]
    group = await world.group(driver)
    await world.post(f"chats/{group['key']}/members", member=member.id, status="member")
    await world.drain(driver)
    await world.drain(member)
    person = group["members"][0]["id"]
    mine = await member.call("sendMessage", chat_id=group["id"], text="from a bot")
    for body in ({"text": "chatter"}, {"text": "/go"}, {"text": "answer", "reply_to_message_id": mine["message_id"]}):
        await world.post(f"chats/{group['key']}/messages", **body, **{"from": person})
    heard = [update["message"]["text"] for update in await member.call("getUpdates")]
    assert heard == ["/go", "answer"]
    assert [update["message"]["text"] for update in await driver.call("getUpdates")] == ["chatter", "/go", "answer"]
    await world.drain(driver)
    await world.drain(member)


async def test_reactions_are_heard_by_who_asked(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    [mine] = (await world.post(f"{key(driver, person)}/messages", text="x"))["messages"]
    await world.drain(driver)
    place = f"{key(driver, person)}/messages/{mine['message_id']}/reaction"
    await world.post(place, emoji="👍")
    assert await driver.call("getUpdates") == []
    await driver.call("getUpdates", allowed_updates=["message_reaction"])
    shown = await world.post(place, emoji=None)
    assert "reactions" not in shown
    [update] = await driver.call("getUpdates")
    assert update["message_reaction"]["old_reaction"] == [{"type": "emoji", "emoji": "👍"}]
    await world.drain(driver)


async def test_raw_updates_go_through_unchecked(world: World, driver: Driver) -> None:
    made = await world.post("updates", bot=driver.id, update={"update_id": 5, "hologram": {"x": "\ud800"[:0]}})
    assert await driver.call("getUpdates") == [{"update_id": made["update_id"], "hologram": {"x": ""}}]
    await world.drain(driver)


async def test_calls_are_logged_and_opened(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    await driver.call("sendMessage", chat_id=person, text="logged", reply_markup={"inline_keyboard": []})
    [call] = (await world.get("calls", bot=driver.id, method="sendmessage", chat_id=person))["calls"]
    opened = await world.get(f"calls/{call['id']}")
    assert (opened["params"]["text"], opened["params"]["reply_markup"]) == ("logged", {"inline_keyboard": []})
    assert opened["response"]["result"]["text"] == "logged"
    assert driver.token not in json.dumps(opened)


async def test_files_are_shown_safely(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    script = ("x.html", b"<script>alert(1)</script>", "text/html")
    made = await world.ask("POST", f"{key(driver, person)}/files", files={"file": script})
    answer = await world.http.get(made["messages"][0]["files"][0]["url"])
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"
    await world.drain(driver)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("people", {"first_name": "", "mood": 1}, 422),
        ("people", {"first_name": "Twice", "id": 1001}, 409),
        ("bots", {"token": "8123456789:AAHabcdefghijklmnopqrstuvwxyz012345", "username": "x", "name": "x"}, 422),
        ("groups", {"title": "x", "members": [99999999]}, 404),
        ("chats/1:1/messages", {"text": "x"}, 404),
        ("faults", {"kind": "earthquake"}, 422),
        ("updates", {"bot": 77, "update": {}}, 404),
    ],
)
async def test_impossible_requests_are_explained(world: World, path: str, body: dict[str, Any], status: int) -> None:
    answer = await world.http.post(f"/sandbox/{path}", json=body)
    assert answer.status_code == status
    assert answer.json()["error"]


async def test_the_api_describes_itself(world: World) -> None:
    """Every operation in words, and its answer in a shape of its own (driving.py compares all answers with their shapes)."""
    described = (await world.http.get("/sandbox/openapi.json")).json()
    assert {"/sandbox/state", "/sandbox/chats/{chat}/press", "/sandbox/faults"} <= set(described["paths"])
    operations = {f"{verb} {path}": one for path, verbs in described["paths"].items() for verb, one in verbs.items()}
    assert [name for name, one in operations.items() if not one.get("description")] == []
    assert [name for name, one in operations.items() if _bare(one["responses"])] == []


def _bare(responses: dict[str, Any]) -> bool:
    """Whether a success is described by nothing, or nothing is said of failures."""
    [success] = [one for code, one in responses.items() if code < "300"]
    shapes = [one["schema"] for one in success["content"].values()]
    return not shapes or {} in shapes or "404" not in responses or "422" not in responses


async def test_mini_apps_open_with_signed_data(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    launch = await world.post(f"{key(driver, person)}/webapp", url="http://127.0.0.1:9/form")
    assert check_webapp_signature(driver.token, launch["init_data"])
    assert not check_webapp_signature(driver.token, launch["init_data"].replace("Ana", "Eva"))
    public = bytes.fromhex((await world.get("webapp/public_key"))["hex"])
    assert check_by_key(driver.id, launch["init_data"], public)
    assert "#tgWebAppData=" in launch["url"]


async def test_starting_over(world: World, driver: Driver) -> None:
    person = await world.started(driver)
    await world.post(f"{key(driver, person)}/messages", text="x")
    await world.post("reset", keep="people")
    state = await world.get("state")
    assert person in [one["id"] for one in state["people"]]
    assert not any(state["messages"].values())
    assert await driver.call("getUpdates") == []


async def test_many_readers_do_not_disturb(world: World, driver: Driver) -> None:
    """A page that went away leaves nothing behind."""
    person = await world.started(driver)
    async with world.http.stream("GET", "/sandbox/events") as stream:
        await anext(stream.aiter_lines())
    await driver.call("sendMessage", chat_id=person, text="x")
