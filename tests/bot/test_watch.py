"""What waits at the desk is seen: news goes to whom it is for, reminders come within the promised time, and what is late goes to the leads."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.rounds.watch import Watch
from storage import coordinators
from tests.bot.desk_world import GROUP, Person, World

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # nine in the morning at the desk in Shanghai
LEAD = 7109


@pytest.fixture
def begins() -> datetime:
    return MONDAY


@pytest.fixture
async def carla(world: World) -> Person:
    return await world.coordinator("Carla", 7101)


@pytest.fixture
async def mei(world: World) -> Person:
    mei = await world.coordinator("Mei", 7102)
    await mei.says("/help")  # her name is learnt
    return mei


@pytest.fixture
async def lena(world: World) -> Person:
    """A lead."""
    lena = await world.coordinator("Lena", LEAD)
    await _change(world, LEAD, role="lead")
    await lena.in_private().says("/start")
    return lena


async def _change(world: World, number: int, **values: Any) -> None:
    def save(tx: Any) -> None:
        known = coordinators.get(tx, number)
        assert known
        coordinators.save(tx, replace(known, **values))

    await world.database.transact(save)


async def looks(world: World) -> str:
    """The watch passes by; what is new in General."""
    before = len(world.messages)
    await Watch(database=world.database, house=world.house, wake=lambda: None).look()
    await world.deliver()
    return "\n".join(one.text for one in world.messages[before:] if (one.chat, one.thread) == (GROUP, None))


# ---- whom news is for


async def test_a_new_case_names_who_speaks_the_language_and_is_here(world: World, carla: Person, mei: Person) -> None:
    await carla.says("/me all")
    await mei.says("/me ru")
    await mei.in_private().says("/start")
    await world.patient(501, language="ru").asks_for_a_person()
    russian = world.find("Case CL-").text
    assert "For: Mei" in russian
    assert "Carla" not in russian
    assert (await world.case()).number in mei.in_private().sees
    await world.patient(502, language="ar").asks_for_a_person()
    assert "For: Carla" in world.find((await world.case(502)).number).text


async def test_who_is_away_or_off_shift_is_not_named(world: World, carla: Person, mei: Person) -> None:
    await carla.says("/me ru")
    await mei.says("/me ru")
    await mei.says("/shift Mon-Fri 18:00-23:00 Asia/Shanghai")
    await world.patient(501, language="ru").asks_for_a_person()
    assert "For: Carla" in world.find((await world.case(501)).number).text
    await carla.says("/away 2")
    world.later(hours=10)
    await world.patient(502, language="ru").asks_for_a_person()
    assert "For: Mei" in world.find((await world.case(502)).number).text
    world.later(hours=5)  # neither is here, and both are meant: then nobody needs to be named
    await world.patient(503, language="ru").asks_for_a_person()
    assert "For:" not in world.find((await world.case(503)).number).text


async def test_who_sees_to_a_topic_is_named_for_it(world: World, carla: Person, mei: Person) -> None:
    await mei.says("/me human")
    await carla.says("/me complete")
    await world.patient().asks_for_a_person()
    assert "For: Mei" in world.find("Case CL-").text


@pytest.mark.parametrize("said", ["/me klingon", "/me", "/shift", "/shift whenever", "/away", "/away ٣", "/away 9999"])
async def test_what_is_not_understood_changes_nothing_and_is_explained(world: World, carla: Person, said: str) -> None:
    await carla.says("/me ru human")
    before = await world.database.read(lambda tx: coordinators.get(tx, 7101))
    await carla.says(said)
    assert await world.database.read(lambda tx: coordinators.get(tx, 7101)) == before
    assert said.split(maxsplit=1)[0] in carla.sees


# ---- reminders


async def test_an_unclaimed_case_is_reminded_of_then_escalated_each_once(world: World, carla: Person, lena: Person) -> None:
    await world.patient().asks_for_a_person()
    number = (await world.case()).number
    assert await looks(world) == ""
    world.later(minutes=61)
    told = await looks(world)
    assert f"{number}: nobody took it since" in told
    assert "promised time" not in told
    assert await looks(world) == ""
    world.later(minutes=60)
    told = await looks(world)
    assert f"{number}: the promised time is over, nobody took it since" in told
    assert "For: Lena" in told
    assert number in lena.in_private().sees
    world.later(hours=5)
    assert await looks(world) == ""


async def test_a_night_and_a_weekend_do_not_count(world: World, carla: Person) -> None:
    world.later(days=4, hours=8, minutes=30)  # Friday, half an hour before the desk closes
    await world.patient().asks_for_a_person()
    world.later(days=2, hours=12)
    assert await looks(world) == ""
    world.later(hours=4, minutes=1)  # Monday, half past nine
    assert "nobody took it" in await looks(world)


async def test_a_family_that_waits_is_told_of_to_its_holder_and_then_to_the_leads(
    world: World, carla: Person, lena: Person
) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await patient.says("When will somebody look at it?")
    world.later(hours=5)
    told = await looks(world)
    assert "no answer since" in told
    assert "For: Carla" in told
    assert "look at it" not in told
    world.later(hours=20)
    assert "For: Lena" in await looks(world)
    await (await carla.at()).says("/r Today.")
    world.later(days=3)
    assert await looks(world) == ""
    await patient.says("Thank you. And tomorrow?")
    world.later(days=1)
    assert "no answer since" in await looks(world)


async def test_a_family_whose_coordinator_is_away_is_the_leads_at_once(world: World, carla: Person, lena: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    await carla.says("/away 3")
    await patient.says("Hello?")
    world.later(hours=5)
    assert "For: Lena" in await looks(world)


async def test_a_case_that_is_free_again_waits_anew(world: World, carla: Person) -> None:
    await world.patient().asks_for_a_person()
    world.later(minutes=121)
    assert "promised time is over" in await looks(world)
    await carla.presses("Claim")
    world.later(hours=1)
    await (await carla.at()).presses("Release")
    assert await looks(world) == ""
    world.later(minutes=61)
    assert "nobody took it" in await looks(world)


async def test_a_red_flag_is_raised_again_until_it_is_seen_at_any_hour(world: World, carla: Person, lena: Person) -> None:
    world.later(hours=14)  # eleven at night
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.says("She has a high fever and cannot breathe")
    for _ in range(2):
        world.later(minutes=11)
        told = await looks(world)
        assert "Red flags that nobody has acknowledged" in told
        assert "For: Lena" in told
        assert "fever" not in told
    await (await carla.at()).presses("Acknowledge the red flag")
    world.later(minutes=30)
    assert "Red flag" not in await looks(world)


async def test_many_that_wait_are_one_message(world: World, carla: Person) -> None:
    for number in range(501, 531):
        await world.patient(number).asks_for_a_person()
    world.later(minutes=61)
    before = len(world.calls)
    told = await looks(world)
    assert told.count("nobody took it") == 25
    assert "and 5 more cases" in told
    told_of = [
        method for method, *_ in world.calls[before:] if method != "sendPhoto"
    ]  # the digest of the morning comes beside it
    assert told_of == ["sendMessage"]


async def test_what_is_seen_to_between_the_look_and_the_word_is_not_said(world: World, carla: Person) -> None:
    from bot.effects import nudging

    await world.patient().asks_for_a_person()
    world.later(minutes=61)
    due, _ = await world.database.read(lambda tx: nudging.look(tx, world.house, 0))
    await carla.presses("Claim")
    before = len(world.messages)
    await world.database.transact(lambda tx: nudging.remind(tx, world.house, due))
    await world.deliver()
    assert len(world.messages) == before


# ---- the end of a shift, two who write


async def test_who_goes_sees_what_is_left_to_hand_over(world: World, carla: Person, mei: Person) -> None:
    await carla.says("/shift end")
    assert "Nothing is left to hand over" in carla.sees
    for number in (501, 502, 503):
        await world.patient(number).asks_for_a_person()
    for number in (501, 503):
        await (await carla.at(number)).says("/claim")
    await carla.says("/away 2")
    listed = world.find("You still hold these cases").text
    held = [(await world.case(number)).number in listed for number in (501, 502, 503)]
    assert held == [True, False, True]
    await carla.says("/away 0")
    assert "Kept" in carla.sees


async def test_a_second_pen_is_warned(world: World, carla: Person, mei: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.says("Hello?")
    await (await carla.at()).says("We will call you.", reply_to="Hello?")
    topic = await mei.at()
    await topic.says("/r too early")
    assert "Carla holds this case. Your message was not sent" in topic.sees
    await topic.presses("Take over")
    await topic.presses("It cannot wait")
    message = await topic.says("We will call you.", reply_to="Hello?")
    warned = world.find("Carla wrote to this patient too", thread=topic.thread)
    assert warned.reply_to == message
    world.later(hours=1)
    await topic.says("/r And one more thing.")
    assert topic.sees.count("wrote to this patient too") == 1


async def test_the_patient_hears_an_honest_day(world: World) -> None:
    world.later(days=4, hours=8)  # Friday, one hour before the desk closes
    patient = world.patient()
    await patient.asks_for_a_person()
    assert "usually within 1 working day" in patient.sees
    assert "That usually means by 30 November 2026." in patient.sees
