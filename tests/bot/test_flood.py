"""Hundreds of new cases in a minute, and a group that takes twenty messages: nothing is lost, and an emergency does not wait its turn."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import delivery
from bot.channel import RetryLater
from bot.delivery import Delivery
from bot.delivery.ahead import Ahead
from bot.delivery.attachments import Attachments
from bot.delivery.doubt import Doubt
from bot.delivery.lists import Lists
from bot.delivery.pace import TELEGRAM, Pace
from bot.effects import desk
from bot.effects.flood import LISTED
from bot.sandbox.limits import Limits
from storage import outbox
from storage.desk import overview
from tests.bot.desk_world import GROUP, Person, World
from tests.examples import quick

RATE = 500 / 60  # new cases a second
MANY = 500 if os.environ.get("CARELINE_ENDURANCE") else 90 if quick() else 150
ROUND = 45  # cases that are followed to the end
TALKED = 60  # words of families before an emergency


@dataclass(kw_only=True)
class Telegram:
    """What the desk bot's calls come to: exact limits, and a record of what arrived when."""

    world: World
    limits: Limits = field(default_factory=Limits)
    arrived: list[tuple[datetime, str, int, str]] = field(default_factory=list)
    refused: int = 0

    async def call(self, method: str, params: dict[str, Any], files: Any = None) -> Any:
        chat = params.get("chat_id", 0)
        if method.startswith(("send", "createForumTopic")):
            wait = self.limits.claim(1, chat, self.world.now.timestamp())
            self.refused += wait > 0
            if wait:
                raise RetryLater(float(wait))
        result = self.world._call(method, chat, dict(params))
        self.arrived.append((self.world.now, method, chat, params.get("text", "")))
        return result


class Steady(Delivery):
    """A delivery whose clock moves only when it has nothing to do but wait."""

    world: World
    idle: asyncio.Event
    lead: bool = False  # whether it moves the clock itself

    async def _rest(self) -> None:
        if not self._tasks and not self._awake.is_set():
            self.idle.set()
            if self.lead:
                self.world.later(seconds=0.5)
        await super()._rest()


@dataclass
class Office:
    world: World
    telegram: Telegram
    sending: Steady

    async def passes(self, seconds: float) -> None:
        """Time goes by for everybody, and what may go out goes out."""
        self.world.later(seconds=seconds)
        self.sending.idle.clear()
        self.sending.wake()
        await self.sending.idle.wait()

    async def comes_to_rest(self, within: timedelta) -> None:
        end = self.world.now + within
        self.sending.lead = True
        while await self.world.database.read(self._left):
            assert self.world.now < end, "still something to send"
            await asyncio.sleep(0.002)
        self.sending.lead = False

    def _left(self, tx: Any) -> bool:
        return any(one.bot == "desk" for one in outbox.backlog(tx))

    def sent(self, text: str) -> list[datetime]:
        return [at for at, _, chat, said in self.telegram.arrived if chat == GROUP and text in said]


@pytest.fixture
async def office(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Office]:
    monkeypatch.setattr(delivery, "IDLE_SECONDS", 0.001)
    telegram = Telegram(world=world)

    def seconds() -> float:
        world.later(seconds=0.002)  # looking at the clock takes time, so that who waits for it gets on
        return world.now.timestamp()

    making = Attachments(
        database=world.database,
        vault=None,  # type: ignore[arg-type] - no file is sent here
        definition=lambda: world.house.definition,
        makers={LISTED: Lists(database=world.database, house=world.house).made},
    )
    sending = Steady(
        bot="desk",
        channel=telegram,  # type: ignore[arg-type]
        database=world.database,
        pace=Pace(TELEGRAM, clock=seconds),
        doubt=Doubt(kept=True, clock=seconds),
        ahead=Ahead(attach=making.attach),
        after_sent=lambda tx, row, result: desk.after_sent(tx, world.house, row, result),
        after_failed=lambda tx, row, error: desk.after_failed(tx, world.house, row, error),
        after_moved=lambda *_: None,
        keep=GROUP,
    )
    sending.world, sending.idle = world, asyncio.Event()

    async def nothing() -> None:
        """The desk's messages are this delivery's to send."""

    monkeypatch.setattr(world, "deliver", nothing)
    work = asyncio.create_task(sending.run())
    yield Office(world, telegram, sending)
    with contextlib.suppress(asyncio.CancelledError):
        await sending.drain()
        await work


async def flood(office: Office, count: int, *, flagged: tuple[int, ...] = (), span: float = 60.0) -> dict[int, datetime]:
    """So many people ask for a person within so many seconds; some of them then write of an emergency. Returns when."""
    wrote = {}
    for number in range(count):
        patient = office.world.patient(10_000 + number, language=("en", "ru", "ar")[number % 3])
        await patient.asks_for_a_person()
        if number in flagged:
            wrote[number] = office.world.now
            await patient.says("She has a high fever and cannot breathe")
        await office.passes(span / count)
    return wrote


async def _emergencies(office: Office, wrote: dict[int, datetime]) -> None:
    for number, at in wrote.items():
        case = await office.world.case(10_000 + number)
        first = min(at_ for at_ in office.sent(f"RED FLAG: case {case.number}") if at_ >= at)
        assert first - at <= timedelta(seconds=15)


async def test_five_hundred_cases_in_a_minute(office: Office, world: World) -> None:
    carla = await world.coordinator("Carla", 7101)
    wrote = await flood(office, MANY, flagged=(MANY // 8, MANY // 2, MANY // 2 + 1, MANY - 20), span=MANY / RATE)
    await office.passes(15)
    await _emergencies(office, wrote)
    assert office.telegram.refused == 0
    listed = world.find("new cases wait for somebody")
    assert "messages wait for this group; the last one comes in about" in listed.text
    assert len(office.sent("new cases wait for somebody")) <= 30  # edits of one message, and not one for each case
    known = await world.database.read(overview.unalerted)
    assert f"{known.count} new cases" in listed.text
    assert known.count > 0.8 * MANY
    await _is_claimed_before_all_others(office, carla)


async def _is_claimed_before_all_others(office: Office, carla: Person) -> None:
    """Whoever takes a case from the list has its topic and card within seconds, though hundreds wait."""
    listed = office.world.find("new cases wait for somebody")
    label = next(label for label in listed.buttons if label.startswith("Claim CL-"))
    arrival = carla._arrival(message_id=listed.id, query="q1", press=office.world.buttons.decode_desk(listed.buttons[label]))
    await office.world.casework.pressed(arrival)
    began = office.world.now
    while not any(label.split()[1] in name for name in office.world.topics.values()):
        await office.passes(0.5)
    assert office.world.now - began < timedelta(seconds=15)
    await office.passes(5)
    assert label not in office.world.find("new cases wait for somebody").buttons


@pytest.mark.slow
async def test_nothing_is_lost_and_the_list_ends(office: Office, world: World) -> None:
    await world.coordinator("Carla", 7101)
    wrote = await flood(office, ROUND, flagged=(ROUND * 2 // 3,))
    await office.comes_to_rest(within=timedelta(minutes=3 * ROUND / 12))
    await _emergencies(office, wrote)
    assert office.telegram.refused == 0
    for number in range(ROUND):
        case = await world.case(10_000 + number)
        assert case.topic_id in world.topics
        assert world.find("Held by: nobody", thread=case.topic_id)
    for number in range(ROUND):
        case = await world.case(10_000 + number)
        await Person(world, 7101, "Carla", case.topic_id).says("/claim")
    await office.comes_to_rest(within=timedelta(minutes=2 * ROUND / 12))
    assert world.find("All the new cases of this list were taken.")
    assert (await world.database.read(overview.unalerted)).count == 0


async def test_a_quiet_day_has_no_list(office: Office, world: World) -> None:
    await world.coordinator("Carla", 7101)
    await flood(office, 5)
    await office.comes_to_rest(within=timedelta(minutes=3))
    assert len([one for one in world.messages if one.thread is None and one.chat == GROUP and "Case CL-" in one.text]) == 5
    assert not office.sent("new cases wait")


@pytest.mark.slow
async def test_words_of_many_families_do_not_hold_back_an_emergency(office: Office, world: World) -> None:
    """Answers go before cards; an emergency goes before answers."""
    await world.coordinator("Carla", 7101)
    patients = [world.patient(10_000 + number) for number in range(4)]
    for patient in patients:
        await patient.asks_for_a_person()
    await office.passes(120)
    for number in range(TALKED):
        await patients[number % 4].says(f"And another thing, number {number}")
        await office.passes(0.3)
    at = world.now
    await patients[0].says("She has a high fever and cannot breathe")
    await office.passes(0.1)
    while not office.sent("RED FLAG: case"):
        await office.passes(0.5)
    assert world.now - at <= timedelta(seconds=15)
    await office.comes_to_rest(within=timedelta(minutes=10))
    for number in range(TALKED):
        case = await world.case(10_000 + number % 4)
        assert world.find(f"number {number}", thread=case.topic_id)
