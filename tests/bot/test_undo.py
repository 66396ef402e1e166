"""A reply waits a few seconds under a button that takes it back; quotes find their message on the other side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from flows.inputs import Control, Press, Words
from storage import relay
from tests.bot.desk_world import GROUP, Patient, Person, World

SLIP = "words for somebody else 4471"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    made = World(tmp_path)
    made.house.second_thoughts = timedelta(seconds=5)
    yield made
    await made.database.close()


@pytest.fixture
async def maria(world: World) -> Patient:
    patient = world.patient(language="ru")
    await patient.asks_for_a_person()
    await patient.says("Здравствуйте")
    return patient


@pytest.fixture
async def carla(world: World, maria: Patient) -> Person:
    return await (await world.coordinator("Carla", 7101)).at()


async def settle(world: World, seconds: float) -> None:
    world.later(seconds=seconds)
    await world.deliver()


async def directions(world: World) -> list[str]:
    case = await world.case()
    return [line.direction for line in await world.database.read(lambda tx: relay.history(tx, case.id))]


async def test_a_reply_waits_and_then_goes_out_once(world: World, maria: Patient, carla: Person) -> None:
    await carla.says("Добрый день", reply_to="Здравствуйте")
    assert "Goes to the patient (Русский) in 5 seconds" in carla.sees
    await settle(world, 4)
    assert "Добрый день" not in maria.sees
    await settle(world, 1)
    assert maria.sees.count("Добрый день") == 1
    assert "Goes to the patient" not in carla.sees


async def test_an_undone_reply_never_goes_out(world: World, maria: Patient, carla: Person) -> None:
    await carla.says(SLIP, reply_to="Здравствуйте")
    told = await carla.presses("Undo")
    assert "Taken back" in told
    await settle(world, 60)
    assert SLIP not in maria.sees
    assert "Goes to the patient" not in carla.sees
    assert await directions(world) == ["in", "note"]
    assert "Waiting since" in world.find("Urgency: ", thread=carla.thread).text


async def test_a_reply_that_went_out_is_deleted_there(world: World, maria: Patient, carla: Person) -> None:
    said = await carla.says(SLIP, reply_to="Здравствуйте")
    await settle(world, 6)
    assert SLIP in maria.sees
    await carla.says("/undo", reply_to=said)
    assert SLIP not in maria.sees
    await carla.says("/undo", reply_to=said)
    assert "There is no reply to take back" in carla.sees


async def test_only_the_holder_takes_back(world: World, maria: Patient, carla: Person) -> None:
    await carla.says("Добрый день", reply_to="Здравствуйте")
    mei = await (await world.coordinator("Mei", 7102)).at()
    assert "Only who holds the case" in await mei.presses("Undo")
    await settle(world, 6)
    assert "Добрый день" in maria.sees


async def test_a_release_does_not_overtake_the_last_words(world: World, maria: Patient, carla: Person) -> None:
    await carla.says("Добрый день", reply_to="Здравствуйте")
    await carla.presses("Release")
    assert maria.sees.index("Добрый день") < maria.sees.index("Carla пока заканчивает")


async def test_who_stops_gets_no_reply_that_waited(world: World, maria: Patient, carla: Person) -> None:
    await carla.says(SLIP, reply_to="Здравствуйте")
    await maria.does(Press(control=Control.STOP, number=1))
    await settle(world, 60)
    assert SLIP not in maria.sees


async def test_quotes_find_their_message_on_the_other_side(world: World, maria: Patient, carla: Person) -> None:
    await carla.says("Есть ли заключение?", reply_to="Здравствуйте")
    await settle(world, 6)
    asked = next(one for one in world.messages if one.chat == 501 and "Есть ли заключение?" in one.text)
    hello = next(params for method, chat, params in world.calls if chat == 501 and "Есть ли" in params.get("text", ""))
    assert hello["reply_parameters"]["message_id"], "the patient's own words are quoted"
    await maria.does(Words(text="Да, от мая"), reply_to=asked.id)
    shown = world.find("Да, от мая", thread=carla.thread)
    case = await world.case()
    line = await world.database.read(lambda tx: relay.by_patient_message(tx, case.id, asked.id))
    assert shown.reply_to == line.desk_message_id
    assert shown.chat == GROUP
