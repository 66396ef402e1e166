"""Words that stand beside a message: under a file, in a correction, behind a command; and what they set off."""

from __future__ import annotations

import pytest

from bot.arrivals import Upload
from flows.inputs import Command, Control, Press
from tests.bot.desk_world import Patient, Person, World, store

EMERGENCY = "This can be an emergency"
DANGER = "he has a fever and cannot breathe"


@pytest.fixture
async def ana(world: World) -> Patient:
    patient = world.patient()
    await patient.begins()
    return patient


async def test_a_caption_can_be_an_emergency(world: World, carla: Person, ana: Patient) -> None:
    await ana.sends(caption=DANGER)
    assert EMERGENCY in ana.sees
    topic = await carla.at()
    assert DANGER in topic.sees
    assert (await world.case()).urgency == "urgent"


async def test_a_caption_before_any_consent_can_be_an_emergency(carla: Person, world: World) -> None:
    stranger = world.patient(502)
    await stranger.sends(caption=DANGER)
    assert EMERGENCY in stranger.sees


async def test_a_file_that_is_too_large_is_still_listened_to(carla: Person, ana: Patient) -> None:
    await ana.does(None, upload=Upload(kind="video", file_id="v", file_unique_id="v", declared_size=1 << 30, caption=DANGER))
    assert EMERGENCY in ana.sees


async def test_the_caption_of_a_further_file_counts_and_is_kept(carla: Person, ana: Patient) -> None:
    await ana.does(Command(name="human"))
    await _album(ana, "", DANGER)
    assert EMERGENCY in ana.sees
    await store(ana.world)
    topic = await carla.at()
    assert topic.sees.count(DANGER) == 2, "as a message at once, and under the file"


async def test_a_correction_can_be_an_emergency(carla: Person, ana: Patient) -> None:
    message = await ana.says("hello")
    await ana.edits(message, DANGER)
    assert EMERGENCY in ana.sees


async def test_words_behind_the_command_for_a_person_reach_the_person(carla: Person, ana: Patient) -> None:
    await ana.does(Command(name="human", argument="please look at the MRI"))
    assert "please look at the MRI" in (await carla.at()).sees
    await ana.does(Command(name="human", argument=DANGER))
    assert EMERGENCY in ana.sees


async def test_searching_for_a_symptom_is_no_emergency(carla: Person, ana: Patient) -> None:
    await ana.does(Command(name="faq", argument="fever and bleeding"))
    assert EMERGENCY not in ana.sees


async def test_the_desk_hears_each_time_that_somebody_asks_for_a_person(world: World, carla: Person, ana: Patient) -> None:
    await ana.does(Command(name="human"))
    await (await carla.at()).presses("Claim")
    await (await carla.at()).says("/release")
    world.later(days=7)
    before = carla.sees
    await ana.does(Command(name="human"))
    assert "Somebody asks for a person" in carla.sees.removeprefix(before)
    again = carla.sees
    await ana.does(Command(name="human"))
    assert carla.sees == again, "a talk that is on is not announced once more"


async def test_a_part_that_comes_late_is_shown_to_the_desk(world: World, carla: Person, ana: Patient) -> None:
    await ana.does(Command(name="human"))
    for _ in range(2):
        await _album(ana, "", "")
        await store(world)
        world.later(seconds=1)
    thread = (await world.case()).topic_id
    assert sum(one.thread == thread and one.method == "sendPhoto" for one in world.messages) == 4


async def test_words_to_a_case_that_was_closed_in_a_talk_open_a_new_one(world: World, carla: Person, ana: Patient) -> None:
    await ana.does(Command(name="human"))
    await ana.does(Press(control=Control.STOP, number=1))
    await (await carla.at()).says("/close other")
    await ana.says("hello, I am back")
    assert (await world.case()).stage == "inquiry"
    assert "hello, I am back" in (await carla.at()).sees


async def _album(patient: Patient, *captions: str) -> None:
    for caption in captions:
        name = f"a{patient.world.id()}"
        upload = Upload(kind="photo", file_id=name, file_unique_id=name, declared_size=9, album="A", caption=caption)
        await patient.does(None, upload=upload)
