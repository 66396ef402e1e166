"""What the family is asked for, seen from both sides: by words and by buttons, late, twice, for somebody else's case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot import planning
from flows.inputs import Command, Control, Press
from storage import audit, cases, chats, consents, reminders
from storage.desk import tasks
from tests.bot.desk_world import Patient, Person, World


@pytest.fixture
def begins() -> datetime:
    return datetime(2026, 11, 29, 10, tzinfo=UTC)


@pytest.fixture
async def family(world: World) -> Patient:
    maria = world.patient()
    await maria.asks_for_a_person()
    return maria


@pytest.fixture
def maria(family: Patient) -> Patient:
    return family


async def kept(world: World, number: int = 501) -> list[tasks.Task]:
    case = await world.case(number)
    return await world.database.read(lambda tx: tasks.of_case(tx, case.id))


async def says_yes_to_reminders(world: World) -> None:
    def yes(tx: Any) -> None:
        chat = chats.of_telegram(tx, 501)
        consents.add(tx, chat.id, "reminders", given=True, text_version="1", text_hash="0", language="en")
        planning.replan(tx, world.house, chat.id)

    await world.database.transact(yes)


async def reminds(world: World) -> None:
    for one in await world.database.transact(lambda tx: reminders.due(tx, 50)):
        await world.conversation.remind(one)
    await world.deliver()


async def test_a_request_of_the_desk_is_read_and_answered_with_one_tap(world: World, maria: Patient, topic: Person) -> None:
    await topic.says("/task translation of a paper 2026-12-05")
    assert "Carla: 1. Translation of a paper: family, open, until 5 December 2026" in topic.sees
    assert "A hospital cannot read one of the papers" in maria.sees
    assert "If you can, until 5 December 2026." in maria.sees
    assert "Open tasks: family 1, desk 0" in topic.sees
    await maria.taps("It is done")
    assert "“Translation of a paper”: thank you" in maria.sees
    assert "The patient’s side: 1. Translation of a paper: family, done" in topic.sees
    assert "Open tasks" not in topic.sees
    (one,) = await kept(world)
    assert (one.state, one.due) == ("done", date(2026, 12, 5))
    await maria.does(Press(control=Control.TASK_CANNOT, number=one.id))  # an old button, late
    assert [one.state for one in await kept(world)] == ["done"]


async def test_a_paper_of_the_journey_is_asked_for_by_name_and_answered_with_a_date(
    world: World, maria: Patient, topic: Person
) -> None:
    await topic.says("/task How long the passport is valid")
    assert "Until when is the patient’s passport valid?" in maria.sees
    await maria.says("until March 2031")
    (task,) = await kept(world)
    assert (task.item, task.state, task.day) == ("passport-valid", "done", date(2031, 3, 1))


async def test_words_of_the_coordinators_own_are_sealed_and_not_in_the_log(world: World, maria: Patient, topic: Person) -> None:
    await topic.says("/task Please ask your doctor for the slides of the lymph node")
    assert "Please ask your doctor for the slides of the lymph node" in maria.sees
    lines = await world.database.read(audit.lines)
    assert [line.action for line in lines if line.action.startswith("task.")] == ["task.given"]
    assert not [line for line in lines if "slides" in line.detail]
    assert b"lymph node" not in (world.folder / "careline.db").read_bytes()


async def test_what_cannot_be_done_is_told_and_the_desk_takes_it_from_there(
    world: World, maria: Patient, topic: Person
) -> None:
    await topic.says("/task")
    await topic.presses("One more paper")
    await maria.does(Command(name="tasks"))
    await maria.taps("One more paper")
    await maria.taps("I cannot do this")
    assert "looks for another way" in maria.sees
    await topic.says("/tasks")
    assert "1. One more paper: family, not possible" in topic.sees
    await topic.says("/task 1 dropped the hospital has it already")
    assert "not needed, “the hospital has it already”" in topic.sees
    await maria.does(Command(name="tasks"))
    assert "There is nothing for you to do now" in maria.sees


async def test_a_task_is_reminded_of_until_it_is_answered(world: World, maria: Patient, topic: Person) -> None:
    await topic.says("/task document")
    await says_yes_to_reminders(world)
    world.later(days=2)
    await reminds(world)
    assert "Still open" not in maria.sees
    world.later(days=1, hours=1)
    await reminds(world)
    assert maria.sees.count("Still open: One more paper") == 1
    await maria.taps("Read and answer")
    await maria.taps("It is done")
    world.later(days=20)
    await reminds(world)
    assert maria.sees.count("Still open") == 1


async def test_stages_open_the_journeys_papers_once_and_the_passport_is_reckoned(
    world: World, maria: Patient, topic: Person
) -> None:
    await _at_hospital(world)
    await topic.says("/stage travel")
    found = await kept(world)
    assert {one.item for one in found} == {
        *("passport-valid", "companion", "invitation", "interpreter", "consulate", "arrival", "lodging")
    }
    assert "This stage opens 7 tasks" in topic.sees
    assert "What you can do now" in maria.sees
    assert "Invitation letter" not in maria.sees
    await maria.taps("How long the passport is valid")
    await maria.taps("Choose the date")
    await maria.taps("2027")
    await maria.taps("March")
    assert "The passport is too short" in topic.sees
    arrival = next(one for one in found if one.item == "arrival")
    await topic.says(f"/task {arrival.id} 2026-12-20")
    assert "it has to be valid until 28 August 2027 at least" in topic.sees
    passport = next(one for one in found if one.item == "passport-valid")
    await topic.says(f"/task {passport.id} open renewed")
    await topic.says(f"/task {passport.id} 2031-05-01")
    assert "The passport lasts long enough" in topic.sees
    await topic.says("/stage hospital")
    await topic.says("/stage travel")
    assert len(await kept(world)) == len(found)
    await topic.says("/stage admission")
    assert {one.item for one in await kept(world)} - {one.item for one in found} == {"bring", "admission-list"}
    assert "What to bring to the hospital" in str([one.buttons for one in world.messages if one.chat == 501])


async def test_the_cost_becomes_a_list_for_the_desk_once_and_no_figure_is_said(world: World) -> None:
    await world.coordinator("Carla", 7101)
    maria = world.patient()
    await maria.begins()
    for _ in range(2):
        await maria.does(Press(control=Control.COSTS))
    found = await kept(world)
    assert len(found) == 8
    assert {one.owner for one in found} == {"desk"}
    assert "A coordinator asks the hospital about each part of the cost" in maria.sees
    assert "Your case number" in maria.sees or (await world.case()).number
    carla = await Person(world, 7101, "Carla").at()
    assert "The patient’s side asks what it will cost" in carla.sees
    await carla.says("/task 1 asked")
    assert "1. Cost: the cells (in a trial often much lower): desk, asked at the hospital" in carla.sees


async def test_a_task_of_another_case_cannot_be_answered(world: World, maria: Patient, topic: Person) -> None:
    await topic.says("/task document")
    other = world.patient(502)
    await other.asks_for_a_person()
    before = other.sees
    await other.does(Press(control=Control.TASK_DONE, number=1))
    await other.does(Press(control=Control.TASK, number=1))
    assert "One more paper" not in other.sees.removeprefix(before)
    assert [one.state for one in await kept(world)] == ["open"]
    mei = await world.coordinator("Mei", 7102)
    await (await mei.at(502)).says("/task 1 done")
    assert "There is no such task" in (await mei.at(502)).sees


@pytest.mark.parametrize("said", ["/task 99 done", "/task 1 somewhere", "/task 2026-13-45 a paper", "/task 1 2026-02-31"])
async def test_what_is_not_understood_changes_nothing(world: World, maria: Patient, topic: Person, said: str) -> None:
    await topic.says("/task document")
    before = await kept(world)
    await topic.says(said)
    after = await kept(world)
    assert [(one.state, one.due, one.day) for one in after] == [(one.state, one.due, one.day) for one in before]


async def test_somebody_else_holds_the_case(world: World, maria: Patient, topic: Person) -> None:
    mei = await world.coordinator("Mei", 7102)
    await (await mei.at()).says("/task document")
    assert "Carla" in (await mei.at()).sees
    assert await kept(world) == []


async def test_nothing_is_asked_of_who_stopped_the_messages(world: World, maria: Patient, topic: Person) -> None:
    await maria.does(Press(control=Control.STOP, number=1))
    before = maria.sees
    await topic.says("/task document")
    assert maria.sees == before


async def _at_hospital(world: World) -> None:
    case = await world.case()
    await world.database.transact(lambda tx: cases.save(tx, replace(cases.lock(tx, case.id), stage="hospital")))
