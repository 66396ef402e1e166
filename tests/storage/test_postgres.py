"""PostgreSQL: many transactions at once, the losers of a conflict run again, a frozen worker holds nobody up for long."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest
from sqlalchemy import text

from storage import chats, outbox
from storage.database import Database
from tests.storage.server import empty

pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres):
    empty(postgres.url("careline"))
    return postgres.url("careline")


async def person(db, telegram_id):
    return await db.transact(lambda tx: chats.lock(tx, telegram_id))


async def test_the_loser_of_a_deadlock_runs_again(db, url, keys, clock):
    other = Database.open(url, keys=keys, clock=clock)
    await person(db, 1)
    await person(db, 2)
    runs = []

    def both(first, second):
        def work(tx):
            runs.append(first)
            chats.lock(tx, first)
            time.sleep(0.2)
            chats.lock(tx, second)
            chats.update(tx, chats.lock(tx, first).id, zone="UTC")

        return work

    await asyncio.gather(db.transact(both(1, 2)), other.transact(both(2, 1)))
    assert len(runs) > 2
    assert await db.read(lambda tx: [chats.of_telegram(tx, number).zone for number in (1, 2)]) == ["UTC", "UTC"]
    await other.close()


async def test_a_work_that_fails_leaves_nothing(db):
    def broken(tx):
        chats.lock(tx, 1)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await db.transact(broken)
    assert await db.read(lambda tx: chats.of_telegram(tx, 1)) is None


async def test_reading_cannot_write(db):
    with pytest.raises(Exception, match="read-only"):
        await db.read(lambda tx: chats.lock(tx, 1))


async def test_a_connection_that_was_cut_is_replaced(db, peek):
    await person(db, 1)
    peek(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    assert (await person(db, 2)).telegram_id == 2


async def test_a_connection_that_is_cut_in_the_middle_of_a_work_runs_it_again(db, peek):
    runs = []

    def work(tx):
        chats.lock(tx, 1)
        runs.append(tx)
        if len(runs) == 1:
            pid = tx.execute(text("SELECT pg_backend_pid()")).scalar_one()
            peek("SELECT pg_terminate_backend(:pid)", pid=pid)
        return chats.lock(tx, 1)

    assert (await db.transact(work)).telegram_id == 1
    assert len(runs) == 2


async def test_a_worker_frozen_inside_a_transaction_is_cut_off(db):
    """Its row locks end by themselves well before others have to take over."""
    shown = await db.read(lambda tx: tx.execute(text("SHOW idle_in_transaction_session_timeout")).scalar_one())
    assert shown == "10s"


async def test_two_programs_share_chats_and_rows(db, url, keys, clock):
    other = Database.open(url, keys=keys, clock=clock)
    for number in range(30):
        await db.transact(
            lambda tx, n=number: outbox.put(tx, bot="patient", chat_id=n % 10, method="sendMessage", payload={}, kind="k")
        )
    taken = await asyncio.gather(
        *(one.transact(lambda tx: outbox.claim(tx, "patient", limit=3, lease=60)) for one in (db, other) * 4)
    )
    rows = [row for batch in taken for row in batch]
    assert len(rows) == len({row.chat_id for row in rows}) == 10
    await other.close()


async def test_a_work_that_fails_takes_none_of_those_with_it_that_came_at_the_same_time(db):
    def broken(tx):
        chats.lock(tx, 50)
        raise KeyError("mine")

    works = [broken if number == 50 else (lambda tx, n=number: chats.lock(tx, n)) for number in range(100)]
    done = await asyncio.gather(*(db.transact(work) for work in works), return_exceptions=True)
    assert [one.telegram_id if number != 50 else repr(one) for number, one in enumerate(done)] == [
        number if number != 50 else "KeyError('mine')" for number in range(100)
    ]
    known = await db.read(lambda tx: [chats.of_telegram(tx, number) is not None for number in range(100)])
    assert known == [number != 50 for number in range(100)]


async def test_a_chat_that_another_program_holds_keeps_only_its_own_people_waiting(db, url, keys, clock):
    other = Database.open(url, keys=keys, clock=clock)
    await person(db, 1)
    held, free = threading.Event(), threading.Event()

    def hold(tx):
        chats.lock(tx, 1)
        held.set()
        assert free.wait(20)

    holding = asyncio.create_task(other.transact(hold))
    await asyncio.to_thread(held.wait, 20)
    waiting = asyncio.create_task(person(db, 1))
    assert [one.telegram_id for one in await asyncio.gather(*(person(db, number) for number in range(2, 40)))] == [
        *range(2, 40)
    ]
    assert not waiting.done()
    free.set()
    await holding
    assert (await waiting).telegram_id == 1
    await other.close()


async def test_what_is_prepared_outlives_a_work_that_was_undone(url, keys, clock):
    """On one connection, after more repetitions than psycopg needs to prepare a statement by itself."""
    one = Database.open(url, keys=keys, clock=clock, threads=1)

    def again_and_again(tx):
        for _ in range(20):
            tx.execute(text("SELECT 1"))
        chats.lock(tx, 1)

    def broken(tx):
        again_and_again(tx)
        raise KeyError("mine")

    await one.transact(again_and_again)
    with pytest.raises(KeyError):
        await one.transact(broken)
    await one.transact(again_and_again)
    await one.close()
