"""A staff group without topics: each case stands in General with its number, and what is answered there reaches its own family."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.channel import Rejected
from flows.inputs import Control, Press
from storage import cases, chats, relay
from storage.rows import GENERAL
from tests.bot.desk_world import GROUP, Patient, Person, World, store

NOT_A_FORUM, NO_RIGHT = "Bad Request: the chat is not a forum", "Bad Request: not enough rights to create a topic"


class Refusing:
    """Telegram makes no topics until `over`."""

    def __init__(self, world: World, description: str) -> None:
        self.description, self.refused, self.made = description, 0, world._call
        world._call = self.call  # type: ignore[method-assign]

    def call(self, method: str, *rest: Any) -> Any:
        if method == "createForumTopic" and self.description:
            self.refused += 1
            raise Rejected(self.description)
        return self.made(method, *rest)

    def over(self) -> None:
        self.description = ""


async def family(world: World, number: int, words: str) -> Patient:
    patient = world.patient(number)
    await patient.asks_for_a_person()
    await patient.says(words)
    return patient


@pytest.fixture(params=[NOT_A_FORUM, NO_RIGHT])
def refusing(world: World, request: pytest.FixtureRequest) -> Refusing:
    return Refusing(world, request.param)


async def test_words_and_files_stand_in_general_with_the_number_of_their_case(
    world: World, carla: Person, refusing: Refusing
) -> None:
    for number in (501, 502):
        patient = await family(world, number, f"It is {number}")
        await patient.sends(caption=f"report of {number}")
        case = await world.case(number)
        for words in (f"It is {number}", f"report of {number}"):
            assert case.number in world.find(words).text
        assert case.number in world.read(GROUP)
    long = "so much to say. " * 700
    await world.patient(502).says(long)
    assert all(case.number in one.text for one in world.messages if one.chat == GROUP and "so much" in one.text)


async def test_a_reply_reaches_the_family_whose_message_was_answered_and_nobody_else(
    world: World, carla: Person, refusing: Refusing
) -> None:
    ana, omar = await family(world, 501, "It hurts"), await family(world, 502, "We have no papers")
    await carla.says("I am here for the pain", reply_to="It hurts")
    await carla.says("Papers can come later", reply_to="We have no papers")
    world.later(seconds=10)
    await world.deliver()
    assert "I am here for the pain" in ana.sees
    assert "Papers can come later" not in ana.sees
    assert "Papers can come later" in omar.sees
    assert "for the pain" not in omar.sees


async def test_what_answers_no_family_goes_to_none(world: World, carla: Person, refusing: Refusing) -> None:
    patient = await family(world, 501, "It hurts")
    await carla.says("Coffee?")
    assert "Nothing was sent" not in carla.sees
    alert = world.find("Somebody asks for a person")
    await carla.says("I will call you at nine", reply_to=alert.id, answers_bot=True)
    assert "Nothing was sent. To answer a family" in carla.sees
    await carla.says("/r at nine then")
    assert carla.sees.count("Nothing was sent. To answer a family") == 2
    world.later(seconds=10)
    await world.deliver()
    assert "nine" not in patient.sees
    assert "Coffee" not in patient.sees


async def test_a_thread_that_bears_the_number_of_no_topic_is_nobodys(world: World, carla: Person, refusing: Refusing) -> None:
    patient = await family(world, 501, "It hurts")
    for thread in (0, 1, 999):
        await Person(world, carla.number, carla.name, thread).says("/r Good morning")
    world.later(seconds=10)
    await world.deliver()
    assert "Good morning" not in patient.sees


async def test_a_reply_is_corrected_and_taken_back_there_too(world: World, carla: Person, refusing: Refusing) -> None:
    patient = await family(world, 501, "It hurts")
    said = await carla.says("Wait for mee", reply_to="It hurts")
    world.later(seconds=10)
    await world.deliver()
    await carla.edits(said, "Wait for me")
    assert "Wait for me" in patient.sees
    assert "mee" not in patient.sees
    again = await carla.says("I come at ten", reply_to="It hurts")
    await carla.says("/undo", reply_to=again)
    world.later(seconds=10)
    await world.deliver()
    assert "at ten" not in patient.sees


async def test_commands_take_a_number_or_a_message_of_the_case(world: World, carla: Person, refusing: Refusing) -> None:
    await family(world, 501, "It hurts")
    await family(world, 502, "We have no papers")
    other = await world.case(502)
    await carla.says(f"/claim {other.number}")
    assert (await world.case(502)).holder == carla.number
    assert (await world.case(501)).holder is None
    await carla.says("/note looks after the pain", reply_to="It hurts")
    lines = await world.database.read(lambda tx: relay.history(tx, cases.open_for(tx, chats.of_telegram(tx, 501).id).id))  # type: ignore[union-attr]
    assert (lines[-1].direction, lines[-1].body) == ("note", "looks after the pain")
    await carla.says(f"/case {other.number}")
    assert other.number in world.messages[-1].text


async def test_who_looks_after_the_group_is_told_once(world: World, carla: Person, refusing: Refusing) -> None:
    await carla.in_private().says("/start")
    for number in (501, 502, 503):
        await family(world, number, "hello")
    for _ in range(5):
        world.later(minutes=1)
        await world.deliver()
    assert carla.sees.count("topics in the staff group") + carla.sees.count("has no topics") == 1
    assert carla.in_private().sees.count("For a topic to each case") == 1


async def test_one_case_asks_again_every_minute_however_many_there_are(world: World, carla: Person, refusing: Refusing) -> None:
    for number in range(501, 509):
        await family(world, number, "hello")
    before = refusing.refused
    for _ in range(10):
        world.later(minutes=1)
        await world.deliver()
    assert before <= 2
    assert 9 <= refusing.refused - before <= 10


async def test_when_topics_come_everything_new_stands_in_them(world: World, carla: Person, refusing: Refusing) -> None:
    ana, omar = await family(world, 501, "It hurts"), await family(world, 502, "We have no papers")
    old = world.find("It hurts")
    refusing.over()
    world.later(minutes=2)
    await world.deliver()
    assert "The bot can work in the staff group again." in carla.sees
    for patient in (ana, omar):
        topic = await carla.at(patient.number)
        assert topic.thread
        assert (await world.case(patient.number)).number in topic.sees, "the card"
        await patient.says(f"news of {patient.number}")
        assert f"news of {patient.number}" in topic.sees
    assert len(world.topics) == 2
    await (await carla.at(501)).says("Into the topic", reply_to="news of 501")
    await carla.says("To what stands above", reply_to=old.id)
    world.later(seconds=10)
    await world.deliver()
    assert "Into the topic" in ana.sees
    assert "To what stands above" in ana.sees
    assert "above" not in omar.sees
    await family(world, 503, "I am new")
    assert "I am new" in (await carla.at(503)).sees


async def test_a_group_that_moves_counts_its_messages_anew_so_no_old_number_leads_to_a_family(
    world: World, carla: Person, refusing: Refusing
) -> None:
    ana = await family(world, 501, "It hurts")
    old = world.find("It hurts").id
    await world.group_moves()
    await carla.says("You are right about lunch", reply_to=old)
    world.later(seconds=10)
    await world.deliver()
    assert "lunch" not in ana.sees


@pytest.mark.parametrize("topics_before", [True, False])
async def test_after_a_move_every_answer_reaches_its_family_whatever_numbers_were_there_before(
    world: World, carla: Person, topics_before: bool
) -> None:
    if not topics_before:
        Refusing(world, NOT_A_FORUM)
    for number in (501, 502, 503):
        await family(world, number, f"before {number}")
        desk = carla if not topics_before else await carla.at(number)
        await desk.says(f"to {number}", reply_to=f"before {number}")
        await desk.sends(caption=f"a paper for {number}", reply_to=f"before {number}")
        await store(world)
    world.later(minutes=1)
    await world.deliver()
    if topics_before:
        Refusing(world, NOT_A_FORUM)
    await world.group_moves()
    for number in (504, 505, 506):
        await family(world, number, f"new {number}")
    for number in (506, 505, 504) * 4:  # each number of a message comes again, with another family and with the same
        patient = world.patient(number)
        asked, told, paper = (f"{what} {number} {world.now}" for what in ("now", "again to", "a letter for"))
        await patient.says(asked)
        await carla.says(told, reply_to=asked)
        await carla.sends(caption=paper, reply_to=asked)
        await store(world)
        world.later(minutes=1)
        await world.deliver()
        assert told in patient.sees
        assert paper in patient.sees


async def test_after_a_move_the_same_number_with_the_same_family_is_another_reply(
    world: World, carla: Person, refusing: Refusing
) -> None:
    patient = await family(world, 501, "It hurts")
    for _ in range(6):
        await carla.says("before", reply_to="It hurts")
        await carla.sends(caption="before", reply_to="It hurts")
        await store(world)
    world.later(minutes=1)
    await world.deliver()
    await world.group_moves()
    await patient.says("It still hurts")
    for number in range(6):
        await carla.says(f"reply {number}", reply_to="It still hurts")
        await carla.sends(caption=f"paper {number}", reply_to="It still hurts")
        await store(world)
    world.later(minutes=1)
    await world.deliver()
    for number in range(6):
        assert f"reply {number}" in patient.sees
        assert f"paper {number}" in patient.sees


async def test_after_a_move_a_deletion_takes_no_message_of_another_family(
    world: World, carla: Person, refusing: Refusing
) -> None:
    patient = await family(world, 501, "It hurts")
    await family(world, 502, "We have no papers")
    await world.group_moves()
    for number in range(20):
        await world.patient(502).says(f"word {number}")
    await patient.does(Press(control=Control.ERASE, number=1))
    for number in range(20):
        assert f"word {number}" in carla.sees


async def test_a_group_with_topics_that_moves_makes_them_anew_and_mixes_no_families(world: World, carla: Person) -> None:
    for number in (501, 502, 503):
        await family(world, number, f"before {number}")
    await world.group_moves()
    for number in (503, 502, 501):
        await world.patient(number).says(f"after {number}")
    for number in (501, 502, 503):
        topic = await carla.at(number)
        assert f"after {number}" in topic.sees
        assert not any(f"after {other}" in topic.sees for other in {501, 502, 503} - {number})


async def test_deleting_everything_takes_away_what_stands_in_general(world: World, carla: Person, refusing: Refusing) -> None:
    patient = await family(world, 501, "It hurts")
    await family(world, 502, "We have no papers")
    await carla.says("I come at ten", reply_to="It hurts")
    world.later(seconds=10)
    await world.deliver()
    await patient.does(Press(control=Control.ERASE, number=1))
    assert "It hurts" not in carla.sees
    assert "I come at ten" not in carla.sees
    assert "We have no papers" in carla.sees


async def test_a_case_that_ends_leaves_nothing_undone(world: World, carla: Person, refusing: Refusing) -> None:
    await family(world, 501, "It hurts")
    number = (await world.case()).number
    await carla.says(f"/claim {number}")
    await carla.says(f"/close {number} answered")
    case = await world.case()
    assert case.topic_id == GENERAL
    refusing.over()
    world.later(minutes=2)
    await world.deliver()
    await family(world, 502, "I am new")
    world.later(minutes=2)
    await world.deliver()
    assert (await carla.at(502)).thread
    assert world.now > case.opened_at + timedelta(minutes=3)
