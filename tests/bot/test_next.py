"""What is to be done next in a case: said in a command, shown on the card, late when its day has passed, done when somebody says so."""

from __future__ import annotations

import pytest

from storage.desk import next_acts
from tests.bot.desk_world import Person, World


@pytest.fixture
async def carla(world: World) -> Person:
    person = await world.coordinator("Carla", 7101)
    await world.patient().asks_for_a_person()
    return await person.at()


def card(world: World, person: Person) -> str:
    return world.find("Urgency: ", thread=person.thread).text


async def test_the_card_shows_what_is_usual_until_somebody_plans(world: World, carla: Person) -> None:
    assert "Next (usual at this stage): Read the answers" in card(world, carla)
    await carla.says("/next 2026-11-25 Ask the laboratory for the CD19 report")
    assert "Carla planned what is next:" in carla.sees
    assert "Next: Ask the laboratory for the CD19 report\nBy 25 November 2026" in card(world, carla)
    assert "overdue" not in card(world, carla)
    assert (await world.case()).holder == 7101


async def test_a_day_that_passed_is_late_and_done_ends_it(world: World, carla: Person) -> None:
    await carla.says("/next tomorrow 9:00 Call the family")
    world.later(days=3)
    await carla.presses("Release")
    assert "By 23 November 2026: overdue" in card(world, carla)
    await carla.says("/next done")
    assert "Next (usual" in card(world, carla)
    case = await world.case()
    assert await world.database.read(lambda tx: next_acts.get(tx, case.id)) is None


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("/next", "Please write what is to be done"),
        ("/next 01/02/2027 Call", "can mean two days"),
        ("/next 2020-01-01 Call", "passed"),
    ],
)
async def test_what_is_not_understood_changes_nothing(world: World, carla: Person, said: str, told: str) -> None:
    await carla.says(said)
    assert told in carla.sees
    assert "Next (usual" in card(world, carla)


async def test_only_the_holder_plans(world: World, carla: Person) -> None:
    await carla.presses("Claim")
    mei = await (await world.coordinator("Mei", 7102)).at()
    await mei.says("/next something of mine")
    assert "Carla holds this case." in mei.sees
    assert "something of mine" not in card(world, carla)


async def test_the_card_leads_to_what_waits(world: World, carla: Person) -> None:
    await carla.presses("Claim")
    await world.patient().says("Are you there?")
    edit = [params["text"] for method, _, params in world.calls if method == "editMessageText"][-1]
    said = world.find("Are you there?", thread=carla.thread)
    assert f'href="https://t.me/c/1/{carla.thread}/{said.id}"' in edit
    await carla.says("Yes", reply_to="Are you there?")
    edit = [params["text"] for method, _, params in world.calls if method == "editMessageText"][-1]
    assert "t.me" not in edit
