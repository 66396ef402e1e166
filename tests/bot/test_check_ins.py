"""A coordinator sets day zero: the check-ins are planned, and the card names the next one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.library import Definition
from storage import cases, chats, reminders
from storage.desk import submissions
from storage.transaction import Transaction
from tests.bot.desk_world import Person, World

OWN, USUAL = "NCT05679687", "NCT05995028"  # one that names check-ins of its own here, and one that does not


async def planned(world: World) -> list[str]:
    def kinds(tx):
        rows = reminders.for_chat(tx, chats.of_telegram(tx, 501).id)
        return [row.kind for row in rows if row.state == "planned" and row.subject == "check-in"]

    return await world.database.read(kinds)


async def test_day_zero_starts_the_programme(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.says("/dayzero 2026-12-01")
    await world.deliver()
    assert "Day zero: 1 December 2026" in topic.sees
    assert "Next check-in: 8 December 2026, 10:00" in topic.sees
    assert (await planned(world))[:2] == ["check-in/day-7", "check-in/day-14"]

    await topic.says("/dayzero 2026-12-03")
    await world.deliver()
    assert "Next check-in: 10 December 2026, 10:00" in topic.sees


async def test_without_the_permission_to_remind_nothing_is_planned(world: World, carla: Person) -> None:
    await world.patient().asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.says("/dayzero 2026-12-01")
    await world.deliver()
    assert await planned(world) == []
    assert "Next check-in" not in topic.sees


@pytest.fixture
async def topic(world: World, carla: Person) -> Person:
    house = world.house
    house.take_up(with_check_ins_of_its_own(house.definition))
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    return await carla.at()


def with_check_ins_of_its_own(definition: Definition) -> Definition:
    named = [replace(one, follow_up="first-year" if one.id == OWN else None) for one in definition.protocols]
    return replace(definition, protocols=tuple(named))


async def accepted(world: World, *protocols: str) -> None:
    def write(tx: Transaction) -> None:
        case = cases.open_for(tx, chats.of_telegram(tx, 501).id)
        made = submissions.add(tx, case.id, centre="example-1", protocols=protocols, state="screening")
        submissions.note(tx, made, state="screening", day=tx.now.date(), by=7101)

    await world.database.transact(write)


async def test_the_protocol_that_is_named_brings_its_own_check_ins(world: World, topic: Person) -> None:
    await topic.says(f"/dayzero 2026-12-01 {OWN.lower()}")
    await world.deliver()
    assert f"The check-ins are those of {OWN}" in topic.sees
    assert "Next check-in: 29 December 2026, 10:00" in topic.sees
    assert (await planned(world))[:2] == ["check-in/first-year/day-28", "check-in/first-year/month-3"]
    assert len(await planned(world)) == 6

    await topic.says(f"/dayzero 2026-12-01 {USUAL}")
    await world.deliver()
    assert "Next check-in: 8 December 2026, 10:00" in topic.sees
    assert (await planned(world))[:2] == ["check-in/day-7", "check-in/day-14"]


async def test_the_protocol_of_the_accepted_submission_is_the_protocol_of_the_case(world: World, topic: Person) -> None:
    await accepted(world, OWN)
    await topic.says("/dayzero 2026-12-01")
    await world.deliver()
    assert f"The check-ins are those of {OWN}" in topic.sees
    assert (await planned(world))[0] == "check-in/first-year/day-28"


async def test_two_accepted_protocols_decide_nothing(world: World, topic: Person) -> None:
    await accepted(world, OWN, USUAL)
    await topic.says("/dayzero 2026-12-01")
    assert (await planned(world))[0] == "check-in/day-7"


async def test_a_protocol_that_nobody_knows_changes_nothing(world: World, topic: Person) -> None:
    await topic.says("/dayzero 2026-12-01 NCT00000000")
    assert "There is no such protocol" in topic.sees
    assert await planned(world) == []
