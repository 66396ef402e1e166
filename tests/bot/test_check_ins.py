"""A coordinator sets day zero: the check-ins are planned, and the card names the next one."""

from __future__ import annotations

from storage import chats, reminders
from tests.bot.desk_world import Person, World


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
