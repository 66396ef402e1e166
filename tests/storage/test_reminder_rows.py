"""Reminders are what the last plan says, go out once, and never to somebody who must not hear from us."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from storage import chats, reminders
from tests.examples import examples

DAY = timedelta(days=1)


@pytest.fixture
async def chat(db):
    return await db.transact(lambda tx: chats.lock(tx, 5))


async def plan(db, chat, *planned):
    await db.transact(lambda tx: reminders.replace(tx, chat.id, planned))


async def due(db, limit=100, **more):
    return await db.transact(lambda tx: reminders.due(tx, limit, **more))


async def sent(db, reminder):
    return await db.transact(lambda tx: reminders.sent(tx, reminder.id))


async def states(db, chat):
    return {(r.kind, r.subject, r.occurrence): r.state for r in await db.read(lambda tx: reminders.for_chat(tx, chat.id))}


async def test_what_is_due_is_claimed_in_order_and_sent_once(db, chat, clock):
    await plan(
        db, chat, ("record", "pathology", 1, clock.now), ("nudge", "", 1, clock.now - DAY), ("nudge", "", 2, clock.now + DAY)
    )  # fmt: skip
    first, second = await due(db)
    assert [(r.kind, r.subject, r.occurrence) for r in (first, second)] == [("nudge", "", 1), ("record", "pathology", 1)]
    assert (first.chat_id, first.state, first.text, first.author) == (chat.id, "planned", None, None)
    assert await due(db) == []
    assert await sent(db, first)
    assert not await sent(db, first)
    assert await db.read(lambda tx: reminders.occurrences(tx, chat.id)) == {("nudge", ""): 1}
    kept = await db.read(lambda tx: reminders.get(tx, first.id))
    assert (kept.state, kept.done_at) == ("sent", clock.now)


async def test_a_claim_that_is_not_settled_comes_back_after_its_lease(db, chat, clock):
    await plan(db, chat, ("nudge", "", 1, clock.now))
    assert len(await due(db, lease=0.3)) == 1
    clock.move(days=1)
    assert await due(db) == []
    await asyncio.sleep(0.4)
    assert len(await due(db)) == 1


async def test_a_new_plan_inserts_moves_and_drops(db, chat, clock):
    await plan(db, chat, ("nudge", "", 1, clock.now), ("record", "mri", 1, clock.now))
    await plan(db, chat, ("record", "mri", 1, clock.now + DAY), ("record", "pet", 1, clock.now))
    (only,) = await due(db)
    assert only.subject == "pet"
    assert await states(db, chat) == {
        ("nudge", "", 1): "dropped",
        ("record", "mri", 1): "planned",
        ("record", "pet", 1): "planned",
    }
    await plan(db, chat, ("nudge", "", 1, clock.now))
    assert [r.kind for r in await due(db)] == ["nudge"]


async def test_a_plan_made_after_the_claim_wins(db, chat, clock):
    await plan(db, chat, ("nudge", "", 1, clock.now), ("record", "mri", 1, clock.now))
    claimed = {reminder.kind: reminder for reminder in await due(db)}
    await plan(db, chat, ("record", "mri", 1, clock.now + DAY))
    assert not await sent(db, claimed["nudge"])
    assert not await sent(db, claimed["record"])
    clock.move(days=1)
    (moved,) = await due(db)
    assert await sent(db, moved)


@pytest.mark.parametrize(
    ("change", "planned_too"),
    [
        ({"state": "stopped"}, True),
        ({"state": "in_memory"}, True),
        ({"unreachable_at": datetime(2026, 1, 1, tzinfo=UTC)}, True),
        ({"reminders_on": False}, False),
        ({"snoozed_until": datetime(2026, 12, 24, tzinfo=UTC)}, False),
    ],
)
async def test_who_must_not_hear_from_us_does_not(db, chat, clock, change, planned_too):
    """A coordinator's follow-up was agreed with the person; it goes out while the bot's own reminders are off or snoozed."""
    await plan(db, chat, ("nudge", "", 1, clock.now))
    await db.transact(lambda tx: reminders.add_follow_up(tx, chat.id, due_at=tx.now, text="How are you?", author=42))
    await db.transact(lambda tx: chats.update(tx, chat.id, **change))
    assert [r.text for r in await due(db)] == ([] if planned_too else ["How are you?"])
    clock.move(days=60)
    back = {"state": "open", "unreachable_at": None, "reminders_on": True}
    await db.transact(lambda tx: chats.update(tx, chat.id, **back))
    assert "nudge" in [r.kind for r in await due(db)]


async def test_follow_ups_are_nobodys_to_plan(db, chat, clock):
    add = [
        await db.transact(lambda tx: reminders.add_follow_up(tx, chat.id, due_at=tx.now, text="hi", author=42)) for _ in "ab"
    ]
    await plan(db, chat, ("nudge", "", 1, clock.now))
    await plan(db, chat)
    claimed = await due(db)
    assert [(r.id, r.kind, r.author, r.occurrence, r.text) for r in claimed] == [
        (add[0], "follow-up", 42, 0, "hi"),
        (add[1], "follow-up", 42, 1, "hi"),
    ]


async def test_one_reminder_can_be_dropped_or_postponed(db, chat, clock):
    await plan(db, chat, ("nudge", "", 1, clock.now), ("record", "mri", 1, clock.now))
    nudge, record = await due(db)
    assert await db.transact(lambda tx: reminders.drop(tx, nudge.id))
    assert not await db.transact(lambda tx: reminders.drop(tx, nudge.id))
    assert await db.transact(lambda tx: reminders.postpone(tx, record.id, tx.now + DAY))
    assert await due(db) == []
    clock.move(days=1)
    assert [r.id for r in await due(db)] == [record.id]


async def test_one_word_silences_everything(db, chat, clock):
    await plan(db, chat, ("nudge", "", 1, clock.now), ("nudge", "", 2, clock.now + DAY))
    await db.transact(lambda tx: reminders.add_follow_up(tx, chat.id, due_at=tx.now, text="hi", author=42))
    (claimed, _) = await due(db)
    assert await db.transact(lambda tx: reminders.drop_all(tx, chat.id)) == 3
    assert not await sent(db, claimed)
    clock.move(days=10)
    assert await due(db) == []


async def test_many_workers_claim_each_reminder_once(db, clock):
    for telegram_id in range(20):
        other = await db.transact(lambda tx, t=telegram_id: chats.lock(tx, t))
        await plan(db, other, ("nudge", "", 1, clock.now))
    claims = await asyncio.gather(*(due(db, limit=7) for _ in range(6)))
    ids = [reminder.id for claim in claims for reminder in claim]
    assert len(ids) == len(set(ids))
    assert len(ids) + len(await due(db)) == 20


KEYS = st.tuples(st.sampled_from(["nudge", "record"]), st.sampled_from(["", "mri"]), st.integers(1, 2))
PLANS = st.dictionaries(KEYS, st.integers(-3, 3), max_size=6)
STEPS = st.lists(st.one_of(PLANS, st.integers(0, 5), st.just("follow up"), st.just("day")), max_size=25)
_people = count(1000)


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_planned_is_always_the_last_plan_without_what_was_sent(db, clock, steps):
    chat = await db.transact(lambda tx: chats.lock(tx, next(_people)))
    last, gone, follow_ups = {}, set(), 0
    for step in steps:
        if isinstance(step, dict):
            last = {key: clock.now + days * DAY for key, days in step.items()}
            await plan(db, chat, *((*key, at) for key, at in last.items()))
        elif isinstance(step, int):
            ready = sorted(key for key, at in last.items() if at <= clock.now and key not in gone)
            for key in ready[step : step + 1]:
                (row,) = [r for r in await db.read(lambda tx: reminders.for_chat(tx, chat.id)) if _key(r) == key]
                assert await sent(db, row)
                gone.add(key)
        elif step == "follow up":
            await db.transact(lambda tx: reminders.add_follow_up(tx, chat.id, due_at=tx.now, text="hi", author=42))
            follow_ups += 1
        else:
            clock.move(days=1)
        rows = [r for r in await db.read(lambda tx: reminders.for_chat(tx, chat.id)) if r.state == "planned"]
        assert {_key(r): r.due_at for r in rows if r.author is None} == {k: at for k, at in last.items() if k not in gone}
        assert sum(r.author is not None for r in rows) == follow_ups


def _key(reminder):
    return reminder.kind, reminder.subject, reminder.occurrence
