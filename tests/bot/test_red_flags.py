"""Red flags one after another: each danger is an alarm of its own, and what was taken care of asks nobody any more."""

from __future__ import annotations

from tests.bot.desk_world import GROUP, Person, World

ACKNOWLEDGE = "Acknowledge the red flag"


def _alarms(world: World) -> int:
    return sum("RED FLAG: case" in one.text for one in world.messages if one.chat == GROUP and one.thread is None)


async def test_another_danger_within_minutes_is_an_alarm_of_its_own(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.says("She has a high fever")
    assert _alarms(world) == 1
    await patient.says("Her fever is high")
    assert _alarms(world) == 1, "the same danger, which nobody has acknowledged yet"
    await patient.says("Now she is bleeding a lot")
    assert _alarms(world) == 2
    topic = await carla.at()
    assert "leeding" in world.find("leeding", thread=topic.thread).text
    assert patient.sees.count("emergency number") == 3, "each time the first words are what to do now"
    await patient.says("she is still bleeding a lot and has a high fever")
    assert _alarms(world) == 2


async def test_an_acknowledged_flag_has_no_button_anywhere_in_its_topic(world: World, carla: Person) -> None:
    patient = world.patient()
    await patient.asks_for_a_person()
    await patient.says("She has a high fever")
    await patient.says("Now she is bleeding a lot")
    topic = await carla.at()
    assert sum(ACKNOWLEDGE in one.buttons for one in world.messages if one.thread == topic.thread) > 1
    assert sum(ACKNOWLEDGE in one.buttons for one in world.messages if one.thread is None) == 1, "only the newest alert asks"
    await carla.presses(ACKNOWLEDGE)
    assert not [one.text for one in world.messages if one.thread is None and ACKNOWLEDGE in one.buttons]
    assert "The case is free again." not in carla.sees, "nobody ever held it"
    assert not [one.text for one in world.messages if one.thread == topic.thread and ACKNOWLEDGE in one.buttons]
    assert "Carla has seen the red flag" in topic.sees
