"""The desk when things are not as they should be: no right to make topics, a coordinator who left, a patient who blocked the bot."""

from __future__ import annotations

from typing import Any

import pytest

from bot.arrivals import Arrival
from bot.channel import Rejected
from bot.effects import cards
from bot.effects.group import Group
from flows.inputs import Command, Control, Press
from storage import coordinators, outbox, reminders
from tests.bot.desk_world import Person, World


async def test_a_topic_that_could_not_be_made_is_made_later_and_nobody_waits_for_it(
    world: World, carla: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(method: str, *rest: Any) -> Any:
        if method == "createForumTopic":
            raise Rejected("Bad Request: not enough rights to create a topic")
        return call(method, *rest)

    call = world._call
    monkeypatch.setattr(world, "_call", refusing)
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.says("is anybody there?")
    assert "is anybody there?" in carla.sees
    monkeypatch.setattr(world, "_call", call)
    world.later(minutes=2)
    await world.deliver()
    await patient.says("I still wait")
    assert "I still wait" in (await carla.at()).sees


async def test_the_desk_hears_once_that_the_bot_was_blocked(world: World, carla: Person) -> None:
    await world.patient().asks_for_a_person()
    for reachable in (False, False, True):
        arrival = Arrival(update_id=world.id(), telegram_id=501, message_id=None, said=None, reachable=reachable)
        await world.conversation.receive(arrival)
        await world.deliver()
        if not reachable:
            assert (await carla.at()).sees.count("The patient cannot be reached") == 2, "a line, and on the card"
    assert (await carla.at()).sees.count("The patient cannot be reached") == 1, "the card is right again"


async def test_who_left_hears_nothing_more_and_others_hear_the_alarm(world: World, carla: Person) -> None:
    mei = await world.coordinator("Mei", 7102)
    for one in (carla, mei):
        await one.in_private().says("/start")
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    await (await carla.at()).presses("Claim")
    await world.database.transact(
        lambda tx: coordinators.put(tx, 7101, name="Carla", language="en", active=False, private_chat=True)
    )
    heard = carla.in_private().sees
    await patient.says("he cannot breathe")
    assert (await world.case()).number in mei.in_private().sees
    await patient.does(Press(control=Control.REMEMBER, number=1))
    assert carla.in_private().sees == heard
    assert "The family told us that the patient has died" in carla.sees, "said in the group, since nobody here holds the case"


async def test_a_message_planned_for_the_end_of_a_pause_goes_out(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    topic = await carla.at()
    await topic.says("/stage paused")
    await topic.says("/followup in 3 days 10:00 How are you now?")
    world.later(days=3)
    for due in await world.database.transact(lambda tx: reminders.due(tx, 10)):
        await world.conversation.remind(due)
    await world.deliver()
    assert "How are you now?" in patient.sees


async def test_what_is_written_after_a_planned_message_is_no_answer_to_a_question(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    topic = await carla.at()
    await topic.says("/followup in 3 days 10:00 How are you now?")
    await patient.does(Command(name="continue"))
    await patient.says("patient")
    assert "What may we call you" in patient.sees
    world.later(days=3)
    for due in await world.database.transact(lambda tx: reminders.due(tx, 10)):
        await world.conversation.remind(due)
    await world.deliver()
    await patient.says("tired and sad")
    assert "tired and sad" in topic.sees
    await patient.does(Command(name="continue"))
    assert patient.sees.count("What may we call you") == 2


async def test_one_edit_of_a_card_never_overtakes_another(world: World, carla: Person) -> None:
    await world.patient().asks_for_a_person()
    case = await world.case()
    out = []
    for _ in range(2):
        await world.database.transact(lambda tx: cards.refresh(Group(tx=tx, house=world.house), case))
        out.append(await world.database.transact(lambda tx: outbox.claim(tx, "desk", limit=9, lease=60)))
    assert [len(rows) for rows in out] == [1, 0]


def test_a_button_of_another_version_is_no_button(world: World) -> None:
    data = world.buttons.encode(Press(control=Control.YES), 501)
    other = world.buttons._tagged("zzz" + data.partition("~")[0][1:], 501)
    assert world.buttons.decode(other, 501) is None
