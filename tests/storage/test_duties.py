"""One program at a time has a duty, and whoever is gone loses it."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from structlog.testing import capture_logs

from bot import duties as lasting
from bot.duties import Duty
from storage.database import Database
from storage.sending import duties


async def take(db, holder, seconds=60.0, name="sending:patient"):
    return await db.transact(lambda tx: duties.take(tx, name, holder, seconds))


async def standing(db, holder, name="sending:patient"):
    return await db.read(lambda tx: duties.standing(tx, name, holder))


async def test_who_has_it_keeps_it_and_nobody_else_gets_it(db):
    assert await take(db, "a")
    assert await take(db, "a")
    assert not await take(db, "b")
    assert await take(db, "b", name="sending:desk")
    assert [await db.transact(lambda tx, h=h: duties.held(tx, "sending:patient", h)) for h in "ab"] == [True, False]


async def test_it_is_free_when_its_time_is_over_or_when_it_is_given_back(db):
    assert await take(db, "a", seconds=-1)
    assert await take(db, "b")
    await db.transact(lambda tx: duties.leave(tx, "sending:patient", "a"))
    assert not await take(db, "a")
    await db.transact(lambda tx: duties.leave(tx, "sending:patient", "b"))
    assert await take(db, "a")


@pytest.mark.postgres
async def test_nobody_takes_it_over_in_the_middle_of_a_transaction_that_relies_on_it(db, url, keys):
    if url.startswith("sqlite"):
        pytest.skip("a file has one program")
    await take(db, "a", seconds=-1)
    other, order = Database.open(url, keys=keys), []
    inside, go_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def relying(tx):
        assert duties.held(tx, "sending:patient", "a")
        loop.call_soon_threadsafe(inside.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result(5)
        order.append("a ends")

    first = asyncio.create_task(db.transact(relying))
    await inside.wait()
    assert await standing(other, "b") == "free", "a look waits for nobody"
    second = asyncio.create_task(take(other, "b"))
    await asyncio.sleep(0.1)
    go_on.set()
    assert await second
    await first
    assert order == ["a ends"]
    await other.close()


async def test_the_work_goes_on_elsewhere_when_a_program_is_gone_and_stops_where_it_was_lost(db, monkeypatch):
    for name, value in (("SECONDS", 0.3), ("RENEWED", 0.03), ("WATCHED", 0.03), ("SPARE", 0.1)):
        monkeypatch.setattr(lasting, name, value)
    at_work = []

    async def work(who):
        at_work.append(who)
        try:
            await asyncio.Event().wait()
        finally:
            at_work.remove(who)

    one, two = (Duty(name="sending:patient", database=db, shared=True, holder=who) for who in "ab")
    first = asyncio.create_task(one.keep(lambda: work("a")))
    await until(lambda: at_work == ["a"])
    second = asyncio.create_task(two.keep(lambda: work("b")))
    await asyncio.sleep(0.5)
    assert (at_work, one.held(), two.held()) == (["a"], True, False)
    first.cancel()
    await until(lambda: at_work == ["b"])
    await db.transact(lambda tx: duties.leave(tx, "sending:patient", "b"))
    assert await take(db, "c")
    await until(lambda: at_work == [])
    assert not two.held()
    second.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(first, second)


@pytest.mark.postgres
async def test_a_program_whose_connection_ended_loses_its_duties_at_once_and_one_that_lives_keeps_them(db, url, keys):
    if url.startswith("sqlite"):
        pytest.skip("a file has one program")
    living, name = Database.open(url, keys=keys), "sending:patient"
    listening = asyncio.create_task(living.listen(lambda: None))
    await until(lambda: living.pulse)
    assert await living.transact(lambda tx: duties.take(tx, name, "a", 60.0, living.pulse))
    assert (await standing(db, "a"), await standing(db, "b")) == ("free", "held")
    assert not await take(db, "b")
    alive = asyncio.create_task(db.listen(lambda: None))
    await until(lambda: db.pulse)
    assert await db.transact(lambda tx: duties.take(tx, "hearing:patient", "b", 60.0, db.pulse))
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    assert living.pulse is None
    async with asyncio.timeout(10):
        while await standing(db, "b") != "gone":  # noqa: ASYNC110 - the server sees it end
            await asyncio.sleep(0.02)
    assert await take(db, "b")
    assert not await take(living, "a")
    assert not await take(living, "a", name="hearing:patient")
    alive.cancel()
    await asyncio.gather(alive, return_exceptions=True)
    await living.close()


@contextlib.asynccontextmanager
async def listening(db):
    """While somebody listens, others see that the program lives."""
    task = asyncio.create_task(db.listen(lambda: None))
    await until(lambda: db.pulse)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def other(url, keys):
    """Another program on the same server."""
    if url.startswith("sqlite"):
        pytest.skip("a file has one program")
    made = Database.open(url, keys=keys)
    yield made
    await made.close()


@contextlib.asynccontextmanager
async def kept(duty):
    task = asyncio.create_task(duty.keep(asyncio.Event().wait))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.postgres
async def test_who_takes_over_from_somebody_who_died_knows_it(db, other, monkeypatch):
    duty, seen, look = Duty(name="sending:patient", database=db, shared=True), [], duties.standing

    def looked(tx, name, holder):
        seen.append(look(tx, name, holder))
        return seen[-1]

    monkeypatch.setattr(lasting, "WATCHED", 0.03)
    monkeypatch.setattr(duties, "standing", looked)
    async with listening(db):
        async with listening(other):
            assert await other.transact(lambda tx: duties.take(tx, duty.name, "dead", 60.0, other.pulse))
        async with kept(duty):
            await until(duty.held)
            assert duty.waits() == lasting.SETTLED, "it never saw the other one at work"
        async with contextlib.AsyncExitStack() as works:
            async with listening(other):
                assert await other.transact(lambda tx: duties.take(tx, duty.name, "dead", 60.0, other.pulse))
                seen.clear()
                await works.enter_async_context(kept(duty))
                await until(lambda: len(seen) > 1)
                assert set(seen) == {"held"}
            await until(duty.held)
            assert duty.waits() == lasting.GONE


@pytest.mark.postgres
async def test_whose_connection_broke_sends_nothing_until_it_has_asked_again(other, monkeypatch):
    for name in ("RENEWED", "GLANCE"):
        monkeypatch.setattr(lasting, name, 30.0)
    duty = Duty(name="sending:patient", database=other, shared=True)
    async with contextlib.AsyncExitStack() as works:
        async with listening(other):
            await works.enter_async_context(kept(duty))
            await until(duty.held)
        assert not duty.held()


@pytest.mark.postgres
async def test_who_lives_keeps_its_duty_when_only_its_connection_broke(db, other, monkeypatch):
    for name, value in (("SECONDS", 60.0), ("RENEWED", 30.0), ("WATCHED", 2.0), ("GLANCE", 0.001)):
        monkeypatch.setattr(lasting, name, value)
    one, two = (Duty(name="sending:patient", database=here, shared=True) for here in (other, db))
    async with contextlib.AsyncExitStack() as works:
        async with listening(other):
            await works.enter_async_context(kept(one))
            await until(one.held)
            await works.enter_async_context(kept(two))
            await asyncio.sleep(0.2)
        await asyncio.sleep(2.5)
        assert (one.held(), two.held()) == (True, False)


@pytest.mark.postgres
async def test_a_pulse_that_nobody_sees_is_none_and_renewing_takes_nothing_from_anybody(db, other):
    hold = await other.transact(lambda tx: duties.take(tx, "sending:patient", "a", 60.0, 12345))
    assert hold is not None
    assert hold.pulse is None
    assert await standing(db, "b") == "held"
    assert await other.transact(lambda tx: duties.renew(tx, "sending:patient", "a", -1.0))
    assert await take(db, "b", seconds=-1.0)
    assert not await other.transact(lambda tx: duties.renew(tx, "sending:patient", "a", 60.0))


@pytest.mark.parametrize("shared", [True, False])
async def test_work_that_crashes_begins_again(db, monkeypatch, shared):
    for name, value in (("SECONDS", 60.0), ("RENEWED", 0.02), ("WATCHED", 0.02)):
        monkeypatch.setattr(lasting, name, value)
    begun = []

    async def work():
        begun.append(1)
        raise KeyError("mine")

    task = asyncio.create_task(Duty(name="tidying", database=db, shared=shared).keep(work))
    with capture_logs() as logs:
        await until(lambda: len(begun) > 1)
    assert "duty_crashed" in [one["event"] for one in logs]
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_duty_can_be_taken_again_after_work_that_did_not_hear_that_it_was_lost(db, monkeypatch):
    for name, value in (("RENEWED", 0.02), ("WATCHED", 0.02), ("SPARE", 0.02)):
        monkeypatch.setattr(lasting, name, value)
    begun, woken = [], asyncio.Event()

    async def deaf():
        begun.append(1)
        while True:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            if woken.is_set():
                return
            woken.set()

    duty = Duty(name="sending:patient", database=db, shared=True)
    task = asyncio.create_task(duty.keep(deaf))
    await until(lambda: begun == [1])
    await db.transact(lambda tx: duties.leave(tx, "sending:patient", duty.holder))
    assert await take(db, "b")
    await until(woken.is_set)
    await db.transact(lambda tx: duties.leave(tx, "sending:patient", "b"))
    await until(lambda: begun == [1, 1])
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def until(true):
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
