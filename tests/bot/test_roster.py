"""Who may work at the desk follows the settings and the staff group."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot import roster
from bot.desk.channel import DeskChannel
from storage import coordinators
from storage.database import Database
from storage.rows import Coordinator
from tests.bot.desk_world import Person, World
from tests.bot.stand_in import DESK_BOT, StandIn, until
from tests.bot.web_desk import Desk


@pytest.fixture
async def channel(stand_in: StandIn) -> AsyncIterator[DeskChannel]:
    made = DeskChannel(DESK_BOT, stand_in.url)
    yield made
    await made.close()


async def align(database: Database, *ids: int) -> list[int]:
    await database.transact(lambda tx: roster.align(tx, dict.fromkeys(ids, "coordinator"), "en"))
    return [one.telegram_id for one in await database.read(coordinators.roster)]


async def known(database: Database, telegram_id: int) -> Coordinator:
    found = await database.read(lambda tx: coordinators.get(tx, telegram_id))
    assert found is not None
    return found


async def test_the_settings_say_who_works_here(database: Database) -> None:
    assert await align(database, 7101, 7102) == [7101, 7102]
    assert await align(database, 7102) == [7102]
    assert not (await known(database, 7101)).active
    assert await align(database, 7102) == [7102]
    assert await align(database) == []


async def test_names_come_from_telegram_and_whoever_left_the_group_is_out(
    database: Database, channel: DeskChannel, stand_in: StandIn
) -> None:
    carla, mei = [(await stand_in.post("people", {"first_name": name}))["id"] for name in ("Carla", "Mei")]
    group = await stand_in.post("groups", {"title": "Desk", "members": [carla, mei], "bots": [1002]})
    await stand_in.post(f"chats/{group['key']}/members", {"member": mei, "status": "left"})
    await align(database, carla, mei, 999)
    await roster.introduce(database, channel, group["id"])
    assert (await known(database, carla)).name == "Carla"
    assert not (await known(database, mei)).active
    await stand_in.post(f"chats/{group['key']}/members", {"member": mei, "status": "member", "by": carla})
    await roster.introduce(database, channel, group["id"])
    assert (await known(database, mei)).active


async def test_telegram_out_of_reach_changes_nothing(database: Database) -> None:
    channel = DeskChannel(DESK_BOT, "http://127.0.0.1:9")
    await align(database, 7101)
    await roster.introduce(database, channel, -100)
    assert (await known(database, 7101)).active
    await channel.close()


async def test_a_full_disk_ends_no_looking(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await align(database, 7101)
    monkeypatch.setattr(roster, "LOOK_SECONDS", 0.01)
    transact, refused = database.transact, list[int]()

    async def full(work: Any) -> Any:
        refused.append(1)
        if len(refused) > 1:
            monkeypatch.setattr(database, "transact", transact)
        raise OperationalError("UPDATE", {}, Exception("database or disk is full"))

    class Telegram:
        async def call(self, *_: Any) -> Any:
            return {"status": "left", "user": {"id": 7101, "first_name": "Carla"}}

    monkeypatch.setattr(database, "transact", full)
    watching: Any = Telegram()
    task = asyncio.create_task(roster.watch(database, watching, -100))

    async def seen() -> bool:
        return task.done() or not (await known(database, 7101)).active

    await until(seen)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not (await known(database, 7101)).active


async def test_a_change_of_role_in_the_settings_counts_unless_an_administrator_decided(database: Database) -> None:
    await align(database, 7101, 7102)
    await database.transact(
        lambda tx: coordinators.save(tx, replace(coordinators.get(tx, 7102), role="reader", standing="added"))
    )
    await database.transact(lambda tx: roster.align(tx, {7101: "lead", 7102: "lead"}, "en"))
    assert (await known(database, 7101)).role == "lead"
    assert (await known(database, 7102)).role == "reader"
    assert await align(database) == [7102]


async def test_who_was_removed_stays_out_although_still_in_the_group(
    database: Database, channel: DeskChannel, stand_in: StandIn
) -> None:
    carla = (await stand_in.post("people", {"first_name": "Carla"}))["id"]
    group = await stand_in.post("groups", {"title": "Desk", "members": [carla], "bots": [1002]})
    await align(database, carla)
    gone = replace(await known(database, carla), active=False, standing="removed")
    await database.transact(lambda tx: coordinators.save(tx, gone))
    await roster.introduce(database, channel, group["id"])
    assert not (await known(database, carla)).active
    assert await align(database, carla) == []


# ---- who left, and the update that tells so was lost


class Watchtower:
    """A desk of Carla and Mei, and a clock that the test moves."""

    def __init__(self, database: Database, channel: DeskChannel, group: dict[str, Any]) -> None:
        self.now, self.database, self.group = 100.0, database, group
        self.presence = roster.Presence(database=database, channel=channel, group=self.group["id"], clock=lambda: self.now)

    async def lets_in(self, number: int) -> bool:
        return await self.presence.sure(number) and (await known(self.database, number)).active


@pytest.fixture
async def tower(database: Database, channel: DeskChannel, stand_in: StandIn) -> Watchtower:
    people = [(await stand_in.post("people", {"first_name": name}))["id"] for name in ("Carla", "Mei")]
    group = await stand_in.post("groups", {"title": "Desk", "members": people, "bots": [1002]})
    await align(database, *people)
    return Watchtower(database, channel, group | {"people": people})


async def test_who_leaves_unseen_is_out_within_five_seconds(tower: Watchtower, stand_in: StandIn) -> None:
    carla, mei = tower.group["people"]
    assert await tower.lets_in(carla)
    await stand_in.post(f"chats/{tower.group['key']}/members", {"member": carla, "status": "left"})
    tower.now += roster.FRESH_SECONDS + 0.1
    assert not await tower.lets_in(carla)
    assert await tower.lets_in(mei)


async def test_telegram_is_asked_once_however_much_is_opened(tower: Watchtower, stand_in: StandIn) -> None:
    carla, mei = tower.group["people"]
    assert all(await asyncio.gather(*(tower.lets_in(carla) for _ in range(20))))
    tower.now += roster.FRESH_SECONDS - 1
    assert await tower.lets_in(carla)
    assert await tower.lets_in(mei)
    assert len(await stand_in.calls("getChatMember")) == 2
    assert not await tower.presence.sure(999) or not await tower.database.read(lambda tx: coordinators.get(tx, 999))
    assert len(await stand_in.calls("getChatMember")) == 2


async def test_when_telegram_wants_rest_it_has_it_and_nobody_is_shown_anything_for_long(
    tower: Watchtower, stand_in: StandIn
) -> None:
    carla, _ = tower.group["people"]
    assert await tower.lets_in(carla)
    await stand_in.fault(kind="flood", times=1, bot=1002, method="getChatMember", retry_after=90)
    tower.now += 10
    assert await tower.lets_in(carla)
    tower.now += roster.GRACE_SECONDS
    assert not await tower.lets_in(carla)
    assert len(await stand_in.calls("getChatMember")) == 1  # it was not asked again, or it would have answered
    tower.now += 90
    assert await tower.lets_in(carla)


async def test_without_a_group_there_is_nobody_to_ask(database: Database, channel: DeskChannel) -> None:
    assert await roster.Presence(database=database, channel=channel, group=None).sure(7101)


@pytest.mark.parametrize("way", ["page", "private"])
async def test_nothing_is_shown_to_somebody_who_may_have_left(world: World, carla: Person, way: str) -> None:
    async def unsure(_: int) -> bool:
        return False

    await world.patient().asks_for_a_person()
    number = (await world.case()).number
    if way == "page":
        desk = Desk(world, sure=unsure)
        assert await desk.enters(7101) == 403
    else:
        world.casework._sure = unsure
        await carla.in_private().says(f"/case {number}")
        assert carla.in_private().sees.startswith("Telegram does not say right now")
        assert number not in carla.in_private().sees
