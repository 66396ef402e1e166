"""An update is kept before Telegram is told so, and has its effect once, however often it is delivered."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from storage import inbox

UPDATE = {"update_id": 7, "message": {"text": "I have a fever \u202e", "chat": {"id": 5}}}


async def store(db, update_id, payload=UPDATE, **place):
    return await db.transact(lambda tx: inbox.store(tx, "patient", update_id, payload, **place))


async def take(db, update_id, bot="patient"):
    return await db.transact(lambda tx: inbox.take(tx, bot, update_id))


async def pending(db, limit=10):
    return await db.read(lambda tx: inbox.pending(tx, "patient", limit))


async def test_an_update_is_stored_once_and_taken_once(db):
    assert await store(db, 7)
    assert not await store(db, 7, {"something": "else"})
    assert await pending(db) == [(7, UPDATE)]
    assert await take(db, 7)
    assert not await take(db, 7)
    assert not await store(db, 7)
    assert await pending(db) == []


async def test_the_bots_have_their_own_updates(db):
    await store(db, 7)
    assert await take(db, 7, "desk")
    assert await take(db, 7, "patient")


async def test_an_update_that_was_never_stored_counts_as_new_once(db):
    assert await take(db, 99)
    assert not await take(db, 99)
    assert not await store(db, 99)


async def test_pending_keeps_the_order_of_arrival_when_update_ids_start_again(db, clock):
    await store(db, 900)
    clock.move(seconds=1)
    await store(db, 3)
    await store(db, 4)
    assert [update_id for update_id, _ in await pending(db)] == [900, 3, 4]
    assert [update_id for update_id, _ in await pending(db, limit=1)] == [900]


async def test_the_third_failure_is_poison_and_is_not_offered_again(db, peek):
    await store(db, 7)
    fail = [await db.transact(lambda tx: inbox.fail(tx, "patient", 7, "KeyError")) for _ in range(4)]
    assert fail == ["new", "new", "poison", "done"]
    assert await pending(db) == []
    assert not await take(db, 7)
    assert peek("SELECT state, attempts, error FROM inbox") == [("poison", 3, "KeyError")]


async def test_done_keeps_no_content(db, peek):
    await store(db, 7)
    await db.transact(lambda tx: inbox.done(tx, "patient", 7))
    assert peek("SELECT state, payload FROM inbox") == [("done", None)]


async def test_a_message_that_comes_back_under_another_update_id_is_known(db):
    await store(db, 7, chat_id=5, message_id=70)
    await store(db, 8, chat_id=5, message_id=70)

    def seen(update_id, message_id=70):
        return db.read(lambda tx: inbox.seen_message(tx, "patient", 5, message_id, update_id=update_id))

    assert not await seen(8)
    await take(db, 7)
    assert await seen(8)
    assert not await seen(7)
    assert not await seen(8, message_id=71)


@pytest.mark.parametrize(
    "payload",
    [{"text": "half \ud83d of a pair"}, {"id": 2**70}, {"text": "nul \x00 inside"}, {"text": "x" * 100_000}, [1, None, {}]],
)
async def test_whatever_a_stranger_sends_can_be_kept(db, payload):
    await store(db, 1, payload)
    assert await pending(db) == [(1, payload)]


async def test_old_done_updates_are_forgotten_and_new_ones_are_not(db, clock):
    await store(db, 1)
    await store(db, 2)
    await take(db, 1)
    clock.move(days=3)
    await store(db, 3)
    await take(db, 3)
    assert await db.transact(lambda tx: inbox.prune(tx, tx.now - timedelta(days=2))) == 1
    assert not await take(db, 3)
    assert await take(db, 2)


async def test_nothing_overtakes_an_update_of_its_chat_that_was_stored_and_not_done(db):
    await db.transact(lambda tx: inbox.store(tx, "patient", 1, {}, chat_id=5, message_id=70))
    with pytest.raises(inbox.Behind):
        await db.transact(lambda tx: inbox.take(tx, "patient", 2, chat_id=5, message_id=71))
    assert await db.transact(lambda tx: inbox.take(tx, "patient", 3, chat_id=6, message_id=72))
    assert await db.transact(lambda tx: inbox.take(tx, "patient", 1, chat_id=5, message_id=70))
    assert await db.transact(lambda tx: inbox.take(tx, "patient", 2, chat_id=5, message_id=71))


async def test_what_comes_straight_and_was_stored_all_the_same_is_left_to_those_who_know_what_came_before(db):
    for update_id in (1, 2):
        await db.transact(lambda tx, one=update_id: inbox.store(tx, "patient", one, {}, chat_id=5, message_id=70 + one))
    with pytest.raises(inbox.Behind):
        await db.transact(lambda tx: inbox.take(tx, "patient", 2, chat_id=5, message_id=72, straight=True))
    assert [update_id for update_id, _ in await db.read(lambda tx: inbox.pending(tx, "patient", 9))] == [1, 2]
    assert await db.transact(lambda tx: inbox.take(tx, "patient", 1, chat_id=5, message_id=71))
    assert await db.transact(lambda tx: inbox.take(tx, "patient", 2, chat_id=5, message_id=72))
    assert not await db.transact(lambda tx: inbox.take(tx, "patient", 2, chat_id=5, message_id=72, straight=True))


async def test_an_update_of_somebody_who_wrote_a_thousand_times_takes_no_more_work_than_of_a_newcomer(db, url):
    """SQLite counts the instructions of its machine: as many for one that came after many as for the second one."""

    def work(tx):
        done, counts = itertools.count(), []
        tx.connection.connection.driver_connection.set_progress_handler(lambda: next(done) < 0, 1)
        for update_id in range(1000):
            inbox.take(tx, "patient", update_id, chat_id=5)
            counts.append(next(done))
        tx.connection.connection.driver_connection.set_progress_handler(None, 1)
        return counts[2] - counts[1], counts[-1] - counts[-2]

    if not url.startswith("sqlite"):
        pytest.skip("a server tells nothing like it")
    second, last = await db.transact(work)
    assert last <= second + 10
