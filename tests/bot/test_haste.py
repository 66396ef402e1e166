"""One person who writes without end costs nobody else anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.arrivals import Arrival
from bot.haste import BURST, KNOWN, REST, TOLD, Haste, Verdict
from flows.inputs import Words
from tests.bot.desk_world import World


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def flood(haste: Haste, clock: Clock, *, rate: float, seconds: float) -> list[Verdict]:
    verdicts = []
    for _ in range(int(rate * seconds)):
        clock.now += 1 / rate
        verdicts.append(haste.weigh(7001))
    return verdicts


def test_a_flood_is_told_once_a_minute_and_is_bounded(clock: Clock) -> None:
    haste = Haste(clock=clock)
    verdicts = flood(haste, clock, rate=100, seconds=150)
    assert verdicts.count(Verdict.HEARD) < BURST * 2
    assert verdicts.count(Verdict.TOLD) == 3
    assert haste.weigh(7002) is Verdict.HEARD


@pytest.mark.parametrize(("rate", "seconds"), [(1000, 0.2), (20, 120), (2, 600)])
def test_people_who_forward_a_hundred_messages_or_talk_for_long_are_heard(clock: Clock, rate: float, seconds: float) -> None:
    assert set(flood(Haste(clock=clock), clock, rate=rate, seconds=seconds)) == {Verdict.HEARD}


def test_who_has_rested_is_heard_again(clock: Clock) -> None:
    haste = Haste(clock=clock)
    flood(haste, clock, rate=100, seconds=20)
    clock.now += REST / 2
    assert haste.weigh(7001) is not Verdict.HEARD
    clock.now += REST
    assert haste.weigh(7001) is Verdict.HEARD


def test_few_are_remembered(clock: Clock) -> None:
    haste = Haste(clock=clock)
    for person in range(KNOWN * 2):
        haste.weigh(person)
        clock.now += 2 * TOLD / KNOWN
    assert len(haste._paces) <= KNOWN


async def test_too_fast_is_said_once_and_nothing_of_it_is_kept(tmp_path: Path) -> None:
    world, clock = World(tmp_path), Clock()
    patient = world.patient()
    await patient.begins()
    haste = world.conversation._haste = Haste(clock=clock)
    for _ in range(int(BURST)):
        haste.weigh(patient.number)
    before = len(world.messages)
    for number in (*range(9000, 9005), *range(9000, 9005)):  # each comes twice
        arrival = Arrival(update_id=number, telegram_id=patient.number, message_id=number, said=Words(text="again"))
        await world.conversation.receive(arrival)
    await world.deliver()
    (told,) = world.messages[before:]
    assert told.text.startswith("Your messages come faster than I can read. The last ones are not kept.")
    clock.now += REST
    await patient.says("again")
    assert len(world.messages) > before + 1
    await world.database.close()
