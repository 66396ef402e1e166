"""Stopping, deleting, withdrawing, dying: what is said is true afterwards, and nothing starts again by itself."""

from __future__ import annotations

from typing import Any

import pytest

from bot.arrivals import Upload
from flows.inputs import Command, Control, Press
from storage import chats, consents, outbox, reminders
from storage.rows import Chat, Reminder
from tests.bot.desk_world import GROUP, Patient, Person, World, store

ON_AGAIN = "Messages are on again"
STOP, DIED, ERASE = (Press(control=one, number=1) for one in (Control.STOP, Control.REMEMBER, Control.ERASE))


@pytest.fixture
async def ana(world: World) -> Patient:
    patient = world.patient()
    await patient.begins()
    return patient


async def test_a_file_under_way_does_not_turn_messages_on_again(world: World, ana: Patient) -> None:
    await ana.does(None, upload=Upload(kind="document", file_id="x", file_unique_id="x", declared_size=9))
    await ana.does(STOP)
    said = ana.sees
    await store(world)
    assert ana.sees == said
    assert (await _chat(world)).state == "stopped"
    await ana.says("hello")
    assert ON_AGAIN in ana.sees
    await ana.does(Command(name="continue"))


async def test_deleting_after_stopping_is_not_a_welcome(ana: Patient) -> None:
    await ana.does(STOP)
    await ana.does(Command(name="delete"))
    await ana.does(ERASE)
    assert "Everything is deleted" in ana.sees
    assert ON_AGAIN not in ana.sees


async def test_after_a_death_a_person_answers_and_no_question_is_asked(world: World, carla: Person, ana: Patient) -> None:
    await ana.does(DIED)
    said = ana.sees
    await ana.says("thank you. the fever came back and she could not breathe")
    answer = ana.sees.removeprefix(said)
    assert "passed it on to the coordinators" in answer
    assert not any(words in answer for words in ("Who is writing", "good to hear", "emergency"))
    assert await _planned(world) == []
    topic = await carla.at()
    assert "could not breathe" in topic.sees
    await topic.says("/r We are thinking of you.")
    assert "We are thinking of you." in ana.sees


async def test_taking_back_the_consent_is_asked_and_then_deletes_everything(world: World, carla: Person, ana: Patient) -> None:
    await ana.sends(caption="my letter")
    await ana.does(Command(name="human"))
    await ana.does(Command(name="answers"))
    await ana.does(await _button(world, "1"))
    await ana.does(Press(control=Control.NO))
    assert "Delete everything?" in ana.sees
    assert "kept nothing" not in ana.sees
    chat = await _chat(world)
    assert (await world.database.read(lambda tx: consents.current(tx, chat.id)))["keep"], "nothing happened yet"
    topic = (await world.case()).topic_id
    await ana.does(ERASE)
    assert topic not in world.topics


async def test_after_the_farewell_no_row_knows_who_it_went_to(world: World, ana: Patient) -> None:
    await ana.does(ERASE)
    assert "Everything is deleted" in ana.sees
    rows = await world.database.read(lambda tx: [outbox.get(tx, number) for number in range(1, 100)])
    assert not any(row and row.chat_id == ana.number for row in rows)


async def test_deleting_reaches_closed_cases_too(world: World, carla: Person, ana: Patient) -> None:
    await ana.does(Command(name="human"))
    await ana.says("a secret of mine")
    topic = await carla.at()
    await topic.says("/close other")
    await ana.does(ERASE)
    assert topic.thread not in world.topics
    assert not any("secret" in one.text for one in world.messages if one.chat == GROUP)


async def test_nothing_is_said_to_be_forgotten_that_the_desk_has(world: World, carla: Person) -> None:
    patient = world.patient(502)
    await patient.does(Press(control=Control.LANGUAGE, number=0))
    await patient.says("he cannot breathe")
    for words in ("OK", "OK", "OK", "no"):
        await patient.says(words)
    assert "I cannot prepare anything" in patient.sees
    assert "kept nothing" not in patient.sees


async def test_status_promises_no_coordinator_before_there_is_a_case(world: World, carla: Person, ana: Patient) -> None:
    said = ana.sees
    await ana.does(Command(name="status"))
    status = ana.sees.removeprefix(said)
    assert "Part 2 of" in status
    assert "coordinator" not in status
    await ana.does(Command(name="human"))
    await (await carla.at()).says("/close other")
    said = ana.sees
    await ana.does(Command(name="status"))
    assert "Closed" in ana.sees.removeprefix(said)


async def test_reminders_that_were_refused_and_then_wanted_do_come(world: World) -> None:
    patient = world.patient()
    await patient.does(Press(control=Control.LANGUAGE, number=0))
    for words in ("OK", "OK", "OK", "yes", "yes", "no"):
        await patient.says(words)
    assert await _planned(world) == []
    await patient.does(Press(control=Control.REMINDERS_ON))
    assert len(await _planned(world)) == 1
    await patient.does(Press(control=Control.REMINDERS_OFF))
    assert await _planned(world) == []
    chat = await _chat(world)
    assert not (await world.database.read(lambda tx: consents.current(tx, chat.id)))["reminders"]


async def _chat(world: World) -> Chat:
    found = await world.database.read(lambda tx: chats.of_telegram(tx, 501))
    assert found
    return found


async def _planned(world: World) -> list[Reminder]:
    chat = await _chat(world)
    return [one for one in await world.database.read(lambda tx: reminders.for_chat(tx, chat.id)) if one.state == "planned"]


async def _button(world: World, label: str) -> Any:
    data = next(one.buttons[label] for one in reversed(world.messages) if label in one.buttons)
    return world.buttons.decode(data, 501)
