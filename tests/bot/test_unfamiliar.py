"""Servers of one's own that speak the Bot API and little more: nothing stops because one of them says less than Telegram."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot import roster
from bot.channel import Rejected
from bot.desk.channel import DeskChannel
from bot.desk.feed import DeskFeed
from bot.operator.check import telegram
from bot.patient.channel import PatientChannel
from bot.receiving import SHORTEST
from storage.database import Database
from tests.bot.desk_world import GROUP, Person, World
from tests.bot.stand_in import DESK_BOT, StandIn, until
from tests.bot.test_feeds import Heard, update
from tests.bot.test_receiving import Program, message, polling, receiver
from tests.bot.test_roster import align, known
from tests.bot.test_running import heard, running, settings

NOT_THERE = {"kind": "error", "code": 404, "description": "Not Found: method not found", "times": 0}


class Terse:
    """A connection whose other side answers every call alike."""

    def __init__(self, says: Any) -> None:
        self.says = says

    async def call(self, *_: Any) -> Any:
        return self.says


@pytest.mark.whole
async def test_without_webhooks_and_without_a_name_both_bots_hear(stand_in: StandIn, tmp_path: Path) -> None:
    for method in ("deleteWebhook", "getMe", "getChatMember"):
        await stand_in.fault(**NOT_THERE, method=method)
    made = await settings(stand_in, tmp_path)
    async with running(made):
        ana = await stand_in.person("Ana")
        await until(lambda: heard(stand_in, ana, 1))
        carla = f"{made.coordinators[0]}:1002"
        await stand_in.post(f"chats/{carla}/start", {})
        await until(lambda: heard(stand_in, carla, 1))


@pytest.mark.parametrize("me", [True, {}, {"id": 1002}, {"id": "x", "username": None}])
async def test_a_bot_of_which_little_is_said_hears(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch, me: Any) -> None:
    channel, texts = DeskChannel(DESK_BOT, stand_in.url), Heard()

    def register(application: Any) -> None:
        from telegram.ext import MessageHandler, filters

        async def listen(update: Any, _: object) -> None:
            assert update.message.get_bot().username == ""
            texts.hear(update.message.text)

        application.add_handler(MessageHandler(filters.ALL, listen))

    feed = DeskFeed(channel, register)
    monkeypatch.setattr(channel, "call", Terse(me).call)
    await feed.start()
    await feed.handle(update("hello"))
    assert texts.texts == ["hello"]
    await feed.close()
    await channel.close()


@pytest.mark.parametrize("says", [True, {}, {"status": "guest"}, {"user": {}}, [], None])
async def test_what_is_not_said_of_a_coordinator_changes_nothing(database: Database, says: Any) -> None:
    await align(database, 7101)
    await roster.introduce(database, Terse(says), -100)  # type: ignore[arg-type]
    assert (await known(database, 7101)).active
    presence = roster.Presence(database=database, channel=Terse(says), group=-100)  # type: ignore[arg-type]
    assert await presence.sure(7101)
    assert (await known(database, 7101)).active


async def test_a_server_that_does_not_wait_is_not_asked_without_end(database: Database) -> None:
    class Hasty(Terse):
        asked = 0

        async def updates(self, *_: Any) -> list[Any]:
            self.asked += 1
            await asyncio.sleep(0)
            return []

    hasty = Hasty(None)
    async with polling(receiver(database, hasty, Program(database).handle)):
        await asyncio.sleep(SHORTEST * 2)
    assert 1 <= hasty.asked <= 4


async def test_numbers_that_begin_again_below_are_heard(database: Database) -> None:
    program = Program(database)

    class ByNumber(Terse):
        """Gives what has the number asked for or a higher one, as simple servers do."""

        updates_: list[Any] = [message(1_000_000, "before the quiet week")]  # noqa: RUF012

        async def updates(self, offset: int | None, *_: Any) -> list[Any]:
            self.updates_ = [one for one in self.updates_ if offset is None or one["update_id"] >= offset]
            found, self.updates_ = list(self.updates_), [] if offset else self.updates_
            if offset:
                self.updates_ = [message(3, "after it")]
            return found if not offset else []

    async with polling(receiver(database, ByNumber(None), program.handle)):
        await until(lambda: len(program.answered) == 2)


async def test_a_topic_that_was_not_made_although_the_answer_was_yes_is_asked_for_again(
    world: World, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = World._call

    def true_for_a_topic(world: World, method: str, *rest: Any) -> Any:
        return True if method == "createForumTopic" else made(world, method, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(World, "_call", true_for_a_topic)
        patient = world.patient()
        await patient.asks_for_a_person()
        await patient.says("Is anybody there?")
    world.later(minutes=2)
    await world.deliver()
    assert "Is anybody there?" in carla.sees
    await patient.says("Hello?")
    assert "Hello?" in (await carla.claims()).sees


@pytest.mark.parametrize(
    ("refusal", "told"),
    [("not enough rights to create a topic", "may not manage topics"), ("the chat is not a forum", "no topics")],
)
async def test_without_topics_the_group_hears_why_once_and_gets_it_all(
    world: World, carla: Person, monkeypatch: pytest.MonkeyPatch, refusal: str, told: str
) -> None:
    made = World._call

    def refused(world: World, method: str, *rest: Any) -> Any:
        if method == "createForumTopic":
            raise Rejected(f"Bad Request: {refusal}")
        return made(world, method, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(World, "_call", refused)
        for number in (501, 502):
            patient = world.patient(number)
            await patient.asks_for_a_person()
            await patient.says(f"It is {number}")
        world.later(minutes=2)
        await world.deliver()
        assert world.read(GROUP).count(told) == 1
        for number in (501, 502):
            assert world.read(GROUP).count(f"It is {number}") == 1
    world.later(minutes=2)
    await world.deliver()
    assert "The bot can work in the staff group again." in world.read(GROUP)
    for number in (501, 502):
        assert (await carla.at(number)).thread


async def test_the_check_says_in_words_what_such_a_server_does_not(stand_in: StandIn, tmp_path: Path) -> None:
    made = await settings(stand_in, tmp_path)

    async def says(*_: Any) -> Any:
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeskChannel, "call", says)
        patch.setattr(PatientChannel, "call", says)
        assert any("topics" in one for one in await telegram(made))
