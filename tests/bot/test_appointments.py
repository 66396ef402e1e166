"""An appointment is told on both clocks, named again before it by day, and called off with one press."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import planning
from flows.reminders import ahead
from storage import chats, reminders
from tests.bot.desk_world import Patient, Person, World
from tests.loaded import DEFINITION

RULES = DEFINITION.reminders


@pytest.fixture
async def patient(world: World) -> Patient:
    made = world.patient()
    await made.begins()
    await made.asks_for_a_person()
    return made


@pytest.fixture
async def topic(carla: Person, patient: Patient) -> Person:
    await carla.presses("Claim")
    return await carla.at()


async def rows(world: World) -> list[Any]:
    def planned(tx):
        return [row for row in reminders.for_chat(tx, 1) if row.kind == "appointment" and row.state == "planned"]

    return await world.database.read(planned)


async def set_for(world: World, topic: Person, hours: float, words: str = "Beijing Video call with the hospital") -> datetime:
    at = (world.now + timedelta(hours=hours)).replace(minute=0, second=0, microsecond=0)
    await topic.says(f"/appointment {at.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M} {words}")
    await world.deliver()
    return at


async def test_both_clocks_are_shown_to_the_family_and_to_the_desk(world: World, topic: Person, patient: Patient) -> None:
    await world.database.transact(lambda tx: chats.update(tx, 1, zone="Europe/London"))
    at = await set_for(world, topic, 24 * 20)
    there, here = (f"{at.astimezone(ZoneInfo(zone)):%H:%M}" for zone in ("Asia/Shanghai", "Europe/London"))
    for shown in (patient.sees, topic.sees):
        assert "Video call with the hospital" in shown
        assert "Beijing, China" in shown
        assert there in shown
        assert here in shown
    assert "3 reminders are planned" in topic.sees
    assert len(await rows(world)) == 3


async def test_it_is_named_again_before_it_and_not_when_it_has_begun(world: World, topic: Person, patient: Patient) -> None:
    at = await set_for(world, topic, 24 * 20)
    first = (await rows(world))[0]
    world.now = first.due_at
    await world.database.transact(lambda tx: planning.remind(tx, world.house, first))
    await world.deliver()
    assert "A reminder of your appointment" in patient.sees
    last = (await rows(world))[-1]
    before = patient.sees.count("A reminder of your appointment")
    world.now = at + timedelta(hours=1)
    await world.database.transact(lambda tx: planning.remind(tx, world.house, last))
    await world.deliver()
    assert patient.sees.count("A reminder of your appointment") == before


async def test_one_press_calls_it_off_and_the_family_hears_of_it(world: World, topic: Person, patient: Patient) -> None:
    await set_for(world, topic, 24 * 20)
    await topic.presses("Call this appointment off")
    await world.deliver()
    assert "This appointment does not take place" in patient.sees
    assert await rows(world) == []


async def test_without_a_city_the_time_is_the_patients_and_words_are_needed(
    world: World, topic: Person, patient: Patient
) -> None:
    await set_for(world, topic, 24 * 20, words="")
    assert "What is the appointment?" in topic.sees
    await set_for(world, topic, 24 * 20, words="Flight")
    assert "Where you are" in patient.sees
    assert "Beijing" not in patient.sees


@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Shanghai", "America/Santiago", "Asia/Kathmandu"])
@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_nobody_is_woken_and_every_reminder_is_of_use(zone: str, hour: int) -> None:
    now = datetime(2027, 3, 1, 12, tzinfo=UTC)
    at = datetime(2027, 3, 28, hour, 30, tzinfo=UTC)  # the clocks of London change in this night
    for due in ahead(RULES, at, ZoneInfo(zone), now=now):
        assert now < due <= at - timedelta(hours=1)
        assert not RULES.quiet_hours.covers(due, ZoneInfo(zone))
    assert len(ahead(RULES, at, ZoneInfo(zone), now=now)) >= 2
    assert ahead(RULES, at, ZoneInfo(zone), now=at) == ()
