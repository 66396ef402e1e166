"""Who may work at the desk follows the settings and the staff group."""

from __future__ import annotations

from collections.abc import AsyncIterator

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
    await database.transact(lambda tx: roster.align(tx, ids, "en"))
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
    await roster.introduce(database, channel, group["id"], (carla, mei, 999))
    assert (await known(database, carla)).name == "Carla"
    assert not (await known(database, mei)).active
    await stand_in.post(f"chats/{group['key']}/members", {"member": mei, "status": "member", "by": carla})
    await roster.introduce(database, channel, group["id"], (carla, mei))
    assert (await known(database, mei)).active


async def test_telegram_out_of_reach_changes_nothing(database: Database) -> None:
    channel = DeskChannel(DESK_BOT, "http://127.0.0.1:9")
    await align(database, 7101)
    await roster.introduce(database, channel, -100, (7101,))
    assert (await known(database, 7101)).active
    await channel.close()
