"""Who may work at the desk follows the settings and the staff group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from bot import roster
from bot.desk.channel import DeskChannel
from storage import coordinators
from storage.database import Database
from storage.rows import Coordinator
from tests.bot.stand_in import DESK_BOT, StandIn


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
