"""After the end somebody is asked once how it was: in their language, by day, and never after a death or a stop."""

from __future__ import annotations

from typing import Any

import pytest

from flows.inputs import Control, Press, Words
from storage import cases, chats, consents, reminders
from storage.coordinators import put
from storage.desk import ratings
from tests.bot.desk_world import Patient, Person, World

ASKED = {"en": "How was it to be looked after by us?", "ru": "Как мы о вас заботились?", "ar": "كيف كانت رعايتنا لك؟"}


@pytest.fixture
async def maria(world: World, carla: Person) -> Patient:
    return await looked_after(world, carla)


async def looked_after(world: World, carla: Person, language: str = "en") -> Patient:
    """Somebody who may be reminded, and whose case Carla has."""

    def agreed(tx: Any) -> None:
        chat = chats.lock(tx, 501)
        consents.add(tx, chat.id, "reminders", given=True, text_version="1", text_hash="0", language=language)

    patient = world.patient(language=language)
    await world.database.transact(agreed)
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    return patient


async def passes(world: World, **span: float) -> None:
    world.later(**span)
    for row in await world.database.transact(lambda tx: reminders.due(tx, 10)):
        await world.conversation.remind(row)
    await world.deliver()


async def kept(world: World) -> Any:
    case = await world.case()
    return await world.database.read(lambda tx: ratings.get(tx, case.id))


@pytest.mark.parametrize("language", ASKED)
async def test_a_day_after_the_end_one_tap_and_a_few_words(world: World, carla: Person, language: str) -> None:
    maria = await looked_after(world, carla, language)
    topic = await carla.at()
    await topic.says("/close treated")
    assert ASKED[language] not in maria.sees
    await passes(world, days=1)
    assert ASKED[language] in maria.sees
    words = world.house.catalogues[language]
    await maria.taps(words.pgettext("rating", "Not good"))
    assert (await kept(world)).mark == 2
    await maria.taps(words.gettext("Add a few words"))
    await maria.does(Words(text="We waited for very long"))
    assert (await kept(world)).body == "We waited for very long"
    assert words.gettext("Thank you. The team will read it.") in maria.sees
    case = await world.case()
    assert "Not good (2 of 5)" in topic.sees
    assert "We waited for very long" in topic.sees
    assert len(await world.database.read(lambda tx: cases.of_chat(tx, case.chat_id))) == 1  # it opened no new case
    await passes(world, days=20)
    assert maria.sees.count(ASKED[language]) <= 1


async def test_the_first_tap_counts_and_only_for_the_own_case(world: World, carla: Person, maria: Patient) -> None:
    await (await carla.at()).says("/close treated")
    case = await world.case()
    await maria.does(Press(control=Control.RATE, number=case.id, revision=5))
    await maria.does(Press(control=Control.RATE, number=case.id, revision=1))
    assert (await kept(world)).mark == 5
    stranger = world.patient(number=777)
    await stranger.does(Press(control=Control.RATE, number=case.id))
    await stranger.does(Words(text="Hello"))
    assert (await kept(world)).body is None


@pytest.mark.parametrize("way", ["died", "stage", "wish", "stopped", "in_memory", "no_reminders", "newer"])
async def test_who_is_not_asked(world: World, carla: Person, maria: Patient, way: str) -> None:
    topic = await carla.at()
    if way == "stage":
        await topic.says("/stage died")
    await topic.says({"died": "/close died", "wish": "/close family-wish"}.get(way, "/close treated"))
    presses = {"stopped": Control.STOP, "in_memory": Control.REMEMBER, "no_reminders": Control.REMINDERS_OFF}
    if way in presses:
        await maria.does(Press(control=presses[way], number=1))
    if way == "newer":
        await maria.asks_for_a_person()
    await passes(world, days=1)
    await passes(world, days=3)
    assert ASKED["en"] not in maria.sees


async def test_after_an_hour_words_are_meant_for_a_person_and_an_alarm_always_is(
    world: World, carla: Person, maria: Patient
) -> None:
    await (await carla.at()).says("/close treated")
    case = await world.case()
    await maria.does(Press(control=Control.RATE, number=case.id, revision=3))
    await maria.does(Press(control=Control.RATE, number=case.id))
    await maria.does(Words(text="I have a fever of 39.5"))
    alarmed = await world.case()
    assert alarmed.id != case.id
    await (await carla.at()).says("/close treated")
    world.later(hours=2)
    await maria.does(Words(text="Thank you for all"))
    assert "The team will read it" not in maria.sees
    assert (await world.database.read(lambda tx: ratings.get(tx, case.id))).body is None


async def test_leads_see_the_numbers(world: World, carla: Person, maria: Patient) -> None:
    await (await carla.at()).says("/close treated")
    case = await world.case()
    await maria.does(Press(control=Control.RATE, number=case.id, revision=4))
    await carla.says("/ratings")
    assert "4.0 of 5" not in carla.sees + carla.in_private().sees
    await world.database.transact(lambda tx: put(tx, 7101, name="Carla", language="en", role="lead"))
    await carla.says("/ratings")
    assert "1 answer, 4.0 of 5" in carla.sees
    assert "Good: 1" in carla.sees


async def test_the_answer_to_a_question_that_came_between_is_not_the_marks(world: World, carla: Person, maria: Patient) -> None:
    await (await carla.at()).says("/close treated")
    case = await world.case()
    await maria.does(Press(control=Control.RATE, number=case.id, revision=3))
    await maria.begins()
    await maria.does(Press(control=Control.RATE, number=case.id))
    await maria.does(Press(control=Control.CONTINUE))
    await maria.says("My name for you")
    assert (await kept(world)).body is None
    await maria.does(Press(control=Control.RATE, number=case.id))
    await maria.says("You were kind")
    assert (await kept(world)).body == "You were kind"


async def test_words_to_a_mark_do_not_turn_messages_on_again(world: World, carla: Person, maria: Patient) -> None:
    await (await carla.at()).says("/close treated")
    case = await world.case()
    await maria.does(Press(control=Control.STOP, number=1))
    await maria.does(Press(control=Control.RATE, number=case.id, revision=3))
    await maria.does(Press(control=Control.RATE, number=case.id))
    await maria.does(Words(text="It was long"))
    assert (await kept(world)).body == "It was long"
    assert await world.database.read(lambda tx: chats.get(tx, case.chat_id).state) == "stopped"
