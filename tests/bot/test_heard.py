"""That somebody is there is written once a minute: what reminders go by is never older than that, and never ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import intakes
from storage import chats
from storage.database import Database
from storage.transaction import Transaction
from tests.bot.conftest import StoppedClock

ANA = 7001


async def heard(database: Database, *, gone: bool = False) -> tuple[timedelta, bool]:
    """Ana writes: how old the time is that is known then, and whether she can be reached, in what comes back and in the row."""

    def turn(tx: Transaction) -> tuple[timedelta, bool]:
        chat = chats.lock(tx, ANA)
        if gone:
            chats.update(tx, chat.id, unreachable_at=tx.now)
            chat = chats.get(tx, chat.id)
        told = intakes.heard(tx, chat)
        assert told == chats.get(tx, chat.id)
        return tx.now - told.last_heard_at, told.unreachable_at is None

    return await database.transact(turn)


@pytest.mark.parametrize(("later", "age"), [(0, 0), (59, 59), (60, 0), (3600, 0), (-1, 0)])
async def test_it_is_as_old_as_a_minute_at_most(database: Database, clock: StoppedClock, later: int, age: int) -> None:
    assert await heard(database) == (timedelta(), True)
    clock.shift(timedelta(seconds=later))
    assert await heard(database) == (timedelta(seconds=age), True)


async def test_who_writes_again_is_reachable_at_once(database: Database, clock: StoppedClock) -> None:
    await heard(database)
    clock.shift(timedelta(seconds=5))
    assert await heard(database, gone=True) == (timedelta(), True)
