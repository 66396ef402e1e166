"""Replies that are ready: chosen by name, seen in both languages, sent by a button, once, and to the right patient only."""

from __future__ import annotations

from storage import relay
from tests.bot.desk_world import Person, World


async def test_a_reply_is_seen_before_it_goes_out(world: World, carla: Person) -> None:
    patient = world.patient(language="ru")
    await patient.asks_for_a_person()
    await carla.presses("Claim")
    topic = await carla.at()
    await topic.says("/canned")
    assert "/canned received – We have read it" in topic.sees
    await topic.presses("Offer a call")
    assert "Send this reply" in world.messages[-1].buttons
    await topic.says("/canned received")
    number = (await world.case()).number
    preview = world.find("This would go to the patient (Русский)", thread=topic.thread)
    assert f"обращению {number}" in preview.text
    assert f"I have read your answers for case {number}" in preview.text
    assert "прочитаны" not in patient.sees
    await topic.presses("Send this reply")
    assert f"обращению {number} прочитаны" in patient.sees
    assert "I have read your answers" not in patient.sees
    lines = await world.database.read(lambda tx: relay.history(tx, 1))
    assert [(line.direction, line.author) for line in lines] == [("out", 7101)]


async def test_two_taps_send_once(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    topic = await carla.at()
    await topic.says("/canned take-time")
    preview = world.find("This would go to the patient", thread=topic.thread)
    data = preview.buttons["Send this reply"]
    await topic.presses_data(data, preview.id)
    assert "was sent already" in await topic.presses_data(data, preview.id)
    assert patient.sees.count("Please take the time you need") == 1
    assert (await world.case()).holder == 7101  # who answers first holds the case
    lines = await world.database.read(lambda tx: relay.history(tx, 1))
    assert len(lines) == 1


async def test_only_in_the_topic_and_only_while_it_is_ones_own(world: World, carla: Person) -> None:
    mei = await world.coordinator("Mei", 7102)
    patient = world.patient()
    await patient.asks_for_a_person()
    number = (await world.case()).number
    await carla.says(f"/canned {number} received")
    assert "only from the topic" in carla.sees
    topic = await carla.at()
    await topic.says("/canned received")
    await (await mei.at()).says("/claim")
    await topic.presses("Send this reply")
    assert "Mei holds this case. Your message was not sent" in topic.sees
    assert "I have read your answers" not in patient.sees


async def test_missing_records_are_named(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.begins()
    await patient.asks_for_a_person()
    topic = await carla.at()
    await topic.says("/canned missing")
    await topic.presses("Send this reply")
    assert "To go on I still need: " in patient.sees
    assert "{missing}" not in patient.sees
    assert "Carla" in patient.sees
