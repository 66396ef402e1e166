"""The clock ticks, due rows are handed on once each, and one that fails comes back."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from bot.rounds import followups
from bot.rounds.followups import Followups
from storage import chats, reminders
from storage.database import Database
from storage.rows import Reminder
from storage.transaction import Transaction
from tests.bot.conftest import StoppedClock
from tests.bot.stand_in import until


class Conversation:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.reminded: Counter[int] = Counter()
        self.trouble: set[int] = set()

    async def remind(self, reminder: Reminder) -> None:
        if reminder.id in self.trouble:
            self.trouble.remove(reminder.id)
            raise ValueError
        if await self.database.transact(lambda tx: reminders.sent(tx, reminder.id)):
            self.reminded[reminder.id] += 1


@pytest.fixture
def conversation(database: Database) -> Conversation:
    return Conversation(database)


@pytest.fixture
def clockwork(database: Database, conversation: Conversation) -> Followups:
    return Followups(database=database, remind=conversation.remind)


async def plan(database: Database, clock: StoppedClock, count: int) -> None:
    def rows(tx: Transaction) -> None:
        for person in range(count):
            chat = chats.lock(tx, 7001 + person, hint=None)
            reminders.replace(tx, chat.id, [("records", "pathology", 0, clock.now() + timedelta(days=2))])

    await database.transact(rows)


async def test_nothing_is_due_before_its_time(
    database: Database, clock: StoppedClock, clockwork: Followups, conversation: Conversation
) -> None:
    await plan(database, clock, 3)
    assert await clockwork.tick() == 0
    clock.shift(timedelta(days=2, seconds=1))
    assert await clockwork.tick() == 3
    assert await clockwork.tick() == 0
    assert set(conversation.reminded.values()) == {1}


async def test_all_that_became_due_while_the_program_was_down_go_out_once(
    database: Database, clock: StoppedClock, clockwork: Followups, conversation: Conversation
) -> None:
    await plan(database, clock, 250)
    clock.shift(timedelta(days=9))
    assert await clockwork.tick() == 250
    assert len(conversation.reminded) == 250
    assert set(conversation.reminded.values()) == {1}


async def test_one_that_fails_stops_no_other_and_comes_back(
    database: Database, clock: StoppedClock, clockwork: Followups, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    await plan(database, clock, 5)
    conversation.trouble = {2}
    clock.shift(timedelta(days=3))
    await clockwork.tick()
    assert sorted(conversation.reminded) == [1, 3, 4, 5]
    due = reminders.due
    monkeypatch.setattr(followups.reminders, "due", lambda tx, limit: due(_later(tx), limit))
    await clockwork.tick()
    assert sorted(conversation.reminded) == [1, 2, 3, 4, 5]


def _later(tx: Transaction) -> Transaction:
    """The same transaction when every lease has run out."""
    return Transaction(tx.connection, tx.keys, tx.now, tx.wall + 3600)


async def test_the_scheduler_is_the_clock(
    database: Database, clock: StoppedClock, clockwork: Followups, conversation: Conversation
) -> None:
    await plan(database, clock, 1)
    clock.shift(timedelta(days=3))
    clockwork.start()
    assert [job.name for job in clockwork._scheduler.get_jobs()] == ["Followups.tick"]
    await clockwork.drain()
    assert not clockwork._scheduler.running


async def test_ticks_come_by_themselves_also_when_the_machines_clock_is_set_back(
    database: Database, clock: StoppedClock, clockwork: Followups, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followups, "TICK_SECONDS", 0.05)
    await plan(database, clock, 2)
    clockwork.start()
    (job,) = clockwork._scheduler.get_jobs()
    job.modify(next_run_time=datetime.now(UTC) + timedelta(days=365))  # as it looks after a step back by a year
    clock.shift(timedelta(days=3))
    await until(lambda: len(conversation.reminded) == 2)
    await clockwork.drain()
    await plan(database, clock, 1)
    clock.shift(timedelta(days=3))
    await asyncio.sleep(0.15)
    assert set(conversation.reminded.values()) == {1}, "nothing ticks after the end"
