"""Raw updates of the staff group, as Telegram sends them, through python-telegram-bot into casework."""

from __future__ import annotations

from typing import Any

import pytest
from telegram import Update, User
from telegram.ext import Application, ExtBot

from bot.desk import handlers
from bot.desk.translation import command_in
from storage import audit, coordinators, relay
from tests.bot.desk_world import GROUP, Patient, Person, World

CARLA = {"id": 7101, "is_bot": False, "first_name": "Carla"}
STAFF = {"id": GROUP, "type": "supergroup", "title": "Desk", "is_forum": True}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}


class Feed:
    """The desk bot's application, fed with raw updates."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.bot: ExtBot[None] = ExtBot("1:token")
        self.bot._bot_user = User(id=1, is_bot=True, first_name="Desk", username="careline_desk_bot")
        self.application = Application.builder().bot(self.bot).updater(None).job_queue(None).build()
        self.application._initialized = True
        handlers.register(self.application, world.casework, world.buttons)

    async def __call__(self, **update: Any) -> None:
        raw = {"update_id": self.world.id(), **update}
        await self.application.process_update(Update.de_json(raw, self.bot))
        await self.world.deliver()

    async def says(self, thread: int | None, text: str, **more: Any) -> int:
        message = self.message(thread, text=text, **more)
        await self(message=message)
        return message["message_id"]

    def message(self, thread: int | None, **more: Any) -> dict[str, Any]:
        place = {"message_thread_id": thread, "is_topic_message": True} if thread else {}
        return {"message_id": self.world.id(), "date": 1, "chat": STAFF, "from": CARLA, **place, **more}


@pytest.fixture
async def patient(world: World) -> Patient:
    await world.coordinator("Carla", 7101)
    made = world.patient()
    await made.asks_for_a_person()
    await made.says("Hello?")
    return made


async def test_a_claim_and_a_reply(world: World, patient: Patient) -> None:
    feed, case = Feed(world), await world.case()
    alert = world.find("Case CL-")
    query = {"id": "q", "chat_instance": "c", "from": CARLA, "data": alert.buttons["Claim"]}
    await feed(callback_query={**query, "message": feed.message(None, message_id=alert.id)})
    assert (await world.case()).holder == 7101
    hello = feed.message(case.topic_id, message_id=world.find("Hello?", thread=case.topic_id).id, text="Hello?")
    await feed.says(case.topic_id, "Good morning", reply_to_message=hello)
    await feed.says(case.topic_id, "/r@careline_desk_bot and welcome")
    await feed.says(case.topic_id, "/r@other_bot not ours")
    assert "Carla from the team:\nGood morning" in patient.sees
    assert "and welcome" in patient.sees
    assert "not ours" not in patient.sees


async def test_nobody_in_particular_is_nobody(world: World, patient: Patient) -> None:
    feed, case = Feed(world), await world.case()
    await feed.says(case.topic_id, "/r as the group", **{"from": ANONYMOUS, "sender_chat": STAFF})
    await feed.says(case.topic_id, "/r in a mask", sender_chat={"id": -5, "type": "channel", "title": "Carla"})
    await feed.says(case.topic_id, "/r by a bot", **{"from": {**CARLA, "is_bot": True}})
    origin = {"type": "user", "date": 1, "sender_user": CARLA}
    await feed.says(case.topic_id, "/r forwarded", forward_origin=origin, **{"from": {**CARLA, "id": 666}})
    await feed.says(case.topic_id, "/r forwarded", forward_origin=origin)
    assert not any(word in patient.sees for word in ("group", "mask", "bot\n", "forwarded"))
    assert "write under your own name" in world.read(GROUP, case.topic_id)
    denied = [line for line in await world.database.read(audit.lines) if line.action == "case.denied"]
    assert len(denied) == 4
    lines = await world.database.read(lambda tx: relay.history(tx, case.id))
    assert [line.direction for line in lines] == ["in", "note"]


async def test_a_caption_carries_r_and_no_other_command(world: World, patient: Patient) -> None:
    feed, case = Feed(world), await world.case()
    photo = [
        {"file_id": "a", "file_unique_id": "a", "width": 9, "height": 9},
        {"file_id": "b", "file_unique_id": "b", "width": 90, "height": 90},
    ]
    await feed(message=feed.message(case.topic_id, photo=photo, caption="/release"))
    await feed(message=feed.message(case.topic_id, photo=photo, caption="/r Look"))
    lines = await world.database.read(lambda tx: relay.history(tx, case.id))
    assert [(line.direction, line.body) for line in lines[1:]] == [("note", "/release"), ("out", "Look")]
    assert (await world.case()).holder == 7101


async def test_edits_service_messages_and_strange_contents_harm_nothing(world: World, patient: Patient) -> None:
    feed, case = Feed(world), await world.case()
    said = await feed.says(case.topic_id, "/r Hello Tusday")
    await feed(edited_message=feed.message(case.topic_id, message_id=said, text="/r Hello Tuesday", edit_date=2))
    assert "Hello Tuesday" in patient.sees
    await feed(message=feed.message(case.topic_id, pinned_message=feed.message(case.topic_id, text="card")))
    await feed(message=feed.message(case.topic_id, forum_topic_closed={}))
    sticker = {
        "file_id": "s",
        "file_unique_id": "s",
        "type": "regular",
        "width": 1,
        "height": 1,
        "is_animated": False,
        "is_video": False,
    }
    hello = feed.message(case.topic_id, message_id=world.find("Hello?", thread=case.topic_id).id, text="Hello?")
    await feed(message=feed.message(case.topic_id, sticker=sticker, reply_to_message=hello))
    assert "cannot be sent to the patient" in world.read(GROUP, case.topic_id)
    await feed(message=feed.message(case.topic_id, text="half \ud83d a pair"))
    await feed(a_new_kind_of_update={"x": 1})


async def test_membership_of_the_bot_and_of_people(world: World, patient: Patient) -> None:
    feed = Feed(world)
    bot = {"id": 1, "is_bot": True, "first_name": "Desk"}
    outside = {"id": -666, "type": "supergroup", "title": "Desk"}
    joined = {
        "date": 1,
        "from": CARLA,
        "old_chat_member": {"status": "left", "user": bot},
        "new_chat_member": {"status": "member", "user": bot},
    }
    await feed(my_chat_member={"chat": outside, **joined})
    await feed(my_chat_member={"chat": STAFF, **joined})
    assert [chat for method, chat, _ in world.calls if method == "leaveChat"] == [-666]
    left = {
        "date": 1,
        "from": CARLA,
        "old_chat_member": {"status": "member", "user": CARLA},
        "new_chat_member": {"status": "left", "user": CARLA},
    }
    await feed(chat_member={"chat": outside, **left})
    assert await _active(world)
    await feed(chat_member={"chat": STAFF, **left})
    assert not await _active(world)


async def test_the_group_becomes_a_supergroup(world: World, patient: Patient) -> None:
    feed = Feed(world)
    await feed(message=feed.message(None, migrate_to_chat_id=-2002))
    alert = world.find("Case CL-")
    message = {**feed.message(None, message_id=alert.id), "chat": {**STAFF, "id": -2002}}
    await feed(
        callback_query={"id": "q", "chat_instance": "c", "from": CARLA, "data": alert.buttons["Claim"], "message": message}
    )
    assert (await world.case()).holder == 7101


async def test_private_is_only_ones_own_chat(world: World, patient: Patient) -> None:
    feed = Feed(world)
    chat = {"id": 7101, "type": "private", "first_name": "Carla"}
    await feed(message={**feed.message(None, text="/start"), "chat": chat})
    assert "Working at the desk" in Person(world, 7101, "Carla").in_private().sees
    assert (await world.database.read(lambda tx: coordinators.get(tx, 7101))).private_chat


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/Claim", ("claim", "")),
        ("/note two\nlines ", ("note", "two\nlines")),
        ("/r@Careline_Desk_Bot hi", ("r", "hi")),
        ("/r@someone hi", ("", "")),
        (" /r hi", ("", "")),
        ("r hi", ("", "")),
        ("/", ("", "")),
        ("/r-x", ("", "")),
    ],
)
def test_what_a_command_is(text: str, meant: tuple[str, str]) -> None:
    assert command_in(text, "careline_desk_bot") == meant


async def _active(world: World) -> bool:
    found = await world.database.read(lambda tx: coordinators.get(tx, 7101))
    return found is not None and found.active
