"""Which row goes out next, and what becomes of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from storage import cases, chats, outbox
from storage.schema.columns import AT_ONCE
from storage.sending import releasing


class Post:
    """A patient bot's outbox in few words: chats are numbers, rows are known by the text they carry."""

    def __init__(self, db, bot="patient"):
        self.db = db
        self.bot = bot
        self.ids = {}

    async def put(self, text, chat=5, **more):
        more = {"bot": self.bot, "kind": "Asked", "method": "sendMessage", "payload": {"text": text}, **more}
        self.ids[text] = await self.db.transact(lambda tx: outbox.put(tx, chat_id=chat, **more))
        return self.ids[text]

    async def rows(self, limit=100, lease=30.0):
        return await self.db.transact(lambda tx: outbox.claim(tx, self.bot, limit=limit, lease=lease))

    async def claim(self, limit=100, lease=30.0):
        return [row.payload["text"] for row in await self.rows(limit, lease)]

    async def sent(self, *texts, message_id=1000, result=None):
        for text in texts:
            assert await self.db.transact(lambda tx, t=text: outbox.sent(tx, self.ids[t], message_id, result))

    async def fails(self, text, seconds, **more):
        def work(tx):
            return outbox.retry(tx, self.ids[text], tx.now + timedelta(seconds=seconds), "RetryLater", **more)

        assert await self.db.transact(work)

    async def state(self, text):
        return (await self.db.read(lambda tx: outbox.get(tx, self.ids[text]))).state


@pytest.fixture
def post(db):
    return Post(db)


async def test_a_row_goes_out_once_with_everything_it_was_given(post, clock):
    await post.put("hello", chat=5, lane=2, document_id="d1", expires_at=clock.now + timedelta(hours=1), unique_key="k")
    (row,) = await post.rows()
    assert (row.chat_id, row.lane, row.kind, row.method, row.payload) == (5, 2, "Asked", "sendMessage", {"text": "hello"})
    assert (row.state, row.attempts, row.document_id, row.unique_key, row.due_at) == ("sending", 1, "d1", "k", AT_ONCE)
    assert row.created_at == clock.now
    assert time.time() + 20 < row.leased_until < time.time() + 31
    assert await post.claim() == []
    await post.sent("hello", message_id=70, result={"message_id": 70})
    assert await post.claim() == []


async def test_what_was_sent_keeps_no_content_but_what_telegram_answered(post, clock, peek):
    await post.put("hello")
    await post.claim()
    await post.sent("hello", message_id=70, result={"message_thread_id": 9})
    row = await post.db.read(lambda tx: outbox.get(tx, post.ids["hello"]))
    assert (row.payload, row.result, row.sent_message_id, row.sent_at, row.state) == (
        {},
        {"message_thread_id": 9},
        70,
        clock.now,
        "sent",
    )
    assert peek("SELECT length(payload) FROM outbox") == [(0,)]
    assert not await post.db.transact(lambda tx: outbox.sent(tx, row.id, 71))


async def test_one_row_of_a_chat_at_a_time_in_the_order_they_were_written(post):
    for text in ("one", "two", "three"):
        await post.put(text, chat=5)
    await post.put("other", chat=6)
    assert await post.claim() == ["one", "other"]
    assert await post.claim() == []
    await post.sent("one")
    assert await post.claim() == ["two"]
    await post.sent("two")
    assert await post.claim() == ["three"]


async def test_better_lanes_go_first_between_chats_and_inside_one(post):
    await post.put("reminder", chat=5, lane=3)
    await post.put("card", chat=6, lane=2)
    await post.put("reply", chat=5, lane=1)
    await post.put("emergency", chat=7, lane=0)
    assert await post.claim(limit=2) == ["emergency", "reply"]
    assert await post.claim() == ["card"]
    await post.sent("reply")
    assert await post.claim() == ["reminder"]
    with pytest.raises(ValueError, match="4"):
        await post.put("nowhere", lane=4)


async def test_the_bots_do_not_see_each_other(post):
    desk = Post(post.db, "desk")
    await desk.put("card", chat=5)
    await post.put("question", chat=5)
    assert await post.claim() == ["question"]
    assert await desk.claim() == ["card"]


async def test_a_scheduled_row_waits_for_its_time_and_holds_back_nobody(post, clock):
    await post.put("tomorrow", chat=5, due_at=clock.now + timedelta(days=1))
    await post.put("now", chat=5)
    assert await post.claim() == ["now"]
    await post.sent("now")
    assert await post.claim() == []
    clock.move(days=1)
    assert await post.claim() == ["tomorrow"]


async def test_what_is_due_at_once_goes_out_after_the_clock_jumped_back_a_year(post, clock):
    await post.put("hello")
    clock.move(days=-365)
    assert await post.claim() == ["hello"]


async def test_an_emergency_does_not_wait_for_a_large_file_that_is_on_its_way_to_the_same_group(post):
    await post.put("packet", chat=-100, lane=3)
    assert await post.claim() == ["packet"]
    await post.put("card", chat=-100, lane=2)
    await post.put("second packet", chat=-100, lane=3)
    assert await post.claim() == []
    await post.put("red flag", chat=-100, lane=0)
    assert await post.claim() == ["red flag"]
    await post.put("red flag named", chat=-100, lane=0)
    assert await post.claim() == []
    await post.sent("red flag")
    assert await post.claim() == ["red flag named"]


async def test_a_failed_row_rests_and_what_follows_it_in_its_chat_waits(post, clock):
    await post.put("first", chat=5)
    await post.put("second", chat=5)
    await post.put("later reminder", chat=5, lane=3)
    await post.put("stranger", chat=6)
    assert await post.claim() == ["first", "stranger"]
    await post.fails("first", 10)
    await post.put("press answer", chat=5, lane=0)
    assert await post.claim() == ["press answer"]
    await post.sent("press answer")
    assert await post.claim() == []
    clock.move(seconds=11)
    (row,) = await post.rows()
    assert (row.payload, row.attempts, row.error) == ({"text": "first"}, 2, "RetryLater")
    await post.sent("first")
    assert await post.claim() == ["second"]


async def test_after_a_429_nothing_goes_to_that_chat_before_its_time(post, clock):
    await post.put("first", chat=5, lane=3)
    assert await post.claim() == ["first"]
    await post.fails("first", 40, hold_chat=True)
    await post.put("press answer", chat=5, lane=0)
    await post.put("stranger", chat=6, lane=3)
    assert await post.claim() == ["stranger"]
    clock.move(seconds=41)
    assert await post.claim() == ["press answer"]


async def test_a_dead_workers_rows_come_back_after_the_lease_and_not_before(post):
    await post.put("first", chat=5)
    await post.put("second", chat=5, lane=0)
    await post.put("stranger", chat=6)
    assert await post.claim(limit=1) == ["second"]
    await post.sent("second")
    assert await post.claim(limit=1, lease=0.3) == ["first"]
    assert await post.claim() == ["stranger"]
    await asyncio.sleep(0.4)
    (row,) = await post.rows()
    assert (row.payload["text"], row.attempts) == ("first", 2)


async def test_a_jump_of_the_shifted_clock_ends_no_lease(post, clock):
    await post.put("first")
    assert await post.claim() == ["first"]
    clock.move(days=30)
    assert await post.claim() == []


async def test_the_only_worker_takes_its_rows_back_at_its_start(post):
    await post.put("first")
    await post.claim()
    assert await post.db.transact(lambda tx: releasing.release(tx, "desk")) == 0
    assert await post.db.transact(lambda tx: releasing.release(tx, "patient")) == 1
    assert await post.claim() == ["first"]


async def test_a_worker_that_may_be_alive_has_a_moment_to_say_what_became_of_its_rows(post):
    await post.put("first", chat=5)
    await post.put("second", chat=6)
    await post.claim()
    assert await post.db.transact(lambda tx: releasing.release(tx, "patient", lease=30, waits=0.4)) == 2
    assert await post.claim() == []
    await post.sent("first")
    assert await post.db.transact(lambda tx: releasing.release(tx, "patient", lease=30, waits=0.4)) == 0, (
        "it has one such moment"
    )
    assert await post.db.transact(lambda tx: releasing.release(tx, "patient", lease=30, waits=0.1)) == 0, (
        "and nobody shortens it"
    )
    await asyncio.sleep(0.5)
    assert await post.claim() == ["second"]


async def test_who_claimed_it_before_has_no_say_in_it_any_more_unless_it_was_sent(post):
    await post.put("first")
    await post.rows()
    await post.db.transact(lambda tx: releasing.release(tx, "patient"))
    (again,) = await post.rows()
    assert again.attempts == 2
    assert not await post.db.transact(lambda tx: outbox.retry(tx, again.id, tx.now, "late", attempt=1))
    assert not await post.db.transact(lambda tx: outbox.failed(tx, again.id, "late", attempt=1))
    assert await post.state("first") == "sending"
    assert await post.db.transact(lambda tx: outbox.retry(tx, again.id, tx.now, "Lost", attempt=2))
    await post.sent("first")
    assert await post.state("first") == "sent"


async def test_given_up_rows_hold_back_nobody(post):
    await post.put("first")
    await post.put("second")
    await post.claim()
    assert await post.db.transact(lambda tx: outbox.failed(tx, post.ids["first"], "Rejected"))
    assert await post.claim() == ["second"]
    assert not await post.db.transact(lambda tx: outbox.retry(tx, post.ids["first"], tx.now, "late"))


async def test_a_row_waits_for_the_one_it_follows_in_another_chat(post):
    await post.put("card", chat=-100)
    await post.put("told", chat=5, after_id=post.ids["card"])
    await post.put("unrelated", chat=5)
    assert await post.claim() == ["card", "unrelated"]
    await post.sent("unrelated")
    assert await post.claim() == []
    await post.sent("card")
    assert await post.claim() == ["told"]


async def test_the_end_of_the_first_row_sets_the_second_free_also_when_it_failed(post):
    await post.put("card", chat=-100)
    await post.put("told", chat=5, after_id=post.ids["card"])
    await post.claim()
    await post.db.transact(lambda tx: outbox.failed(tx, post.ids["card"], "Rejected"))
    assert await post.claim() == ["told"]


async def test_an_edit_learns_which_message_it_edits(post):
    await post.put("question", chat=5)
    await post.put("answered", chat=5, target_outbox_id=post.ids["question"], method="editMessageText")
    assert await post.claim() == ["question"]
    await post.sent("question", message_id=71)
    (row,) = await post.rows()
    assert (row.payload["text"], row.target_message_id) == ("answered", 71)


async def test_an_edit_of_what_was_never_sent_is_dropped(post):
    await post.put("question", chat=5)
    await post.put("answered", chat=5, target_outbox_id=post.ids["question"])
    await post.put("next", chat=5)
    await post.claim()
    await post.db.transact(lambda tx: outbox.failed(tx, post.ids["question"], "Rejected"))
    assert await post.claim() == []
    assert await post.state("answered") == "dropped"
    assert await post.claim() == ["next"]


async def test_rows_of_a_topic_wait_until_it_is_there_and_the_rest_of_the_group_goes_on(db):
    desk = Post(db, "desk")
    chat = await db.transact(lambda tx: chats.lock(tx, 5))
    case = await db.transact(lambda tx: cases.open_case(tx, chat.id, urgency="soon", reason="human", stage="inquiry"))
    await desk.put("in the topic", chat=-100, lane=1, thread_case_id=case.id)
    await desk.put("topic", chat=-100, lane=2, thread_case_id=case.id, method="createForumTopic")
    await desk.put("to all", chat=-100, lane=2)
    (row,) = await desk.rows()
    assert (row.method, row.thread_id) == ("createForumTopic", None)
    await desk.sent("topic")
    assert await desk.claim() == ["to all"]
    await desk.sent("to all")
    assert await desk.claim() == []
    await db.transact(lambda tx: cases.save(tx, replace(cases.lock(tx, case.id), topic_id=77)))
    (row,) = await desk.rows()
    assert (row.payload["text"], row.thread_id) == ("in the topic", 77)


async def test_what_came_too_late_is_dropped(post, clock):
    soon = clock.now + timedelta(seconds=5)
    for text, chat in (("on its way", 6), ("left by a dead worker", 7), ("typing", 8)):
        await post.put(text, chat=chat, expires_at=soon)
    assert await post.claim(limit=1) == ["on its way"]
    assert await post.claim(limit=1, lease=-1) == ["left by a dead worker"]
    await post.put("question", chat=8)
    clock.move(seconds=6)
    assert await post.claim() == ["question"]
    assert [await post.state(text) for text in post.ids] == ["sending", "dropped", "dropped", "sending"]


async def test_a_unique_key_is_written_once(post):
    first = await post.put("hello", unique_key="welcome:5")
    assert await post.put("hello again", unique_key="welcome:5") == first
    assert await post.put("no key") != await post.put("no key either")
    assert len(await post.rows()) == 1


async def test_a_unique_key_is_written_once_by_many_at_once(post):
    ids = await asyncio.gather(*(post.put(f"hello {number}", unique_key="welcome:5") for number in range(20)))
    assert len(set(ids)) == 1


async def test_dropping_what_waits_for_a_chat(post):
    await post.put("question", kind="Asked")
    await post.put("nudge", kind="Reminded", lane=3)
    await post.put("nudge elsewhere", kind="Reminded", chat=6)
    await post.claim()

    async def drop(**kinds):
        return await post.db.transact(lambda tx: outbox.drop_for_chat(tx, "patient", 5, **kinds))

    assert await drop(kinds={"Reminded"}) == 1
    assert (await post.state("question"), await post.state("nudge")) == ("sending", "dropped")
    assert await drop(kinds=[]) == 0
    assert await drop() == 1
    assert await drop() == 0
    await post.sent("question")  # it was on its way all the same
    assert await post.state("nudge elsewhere") == "sending"


async def test_unsent_rows_follow_a_group_that_got_another_id(post):
    await post.put("sent before", chat=-5)
    await post.claim()
    await post.sent("sent before")
    await post.put("card", chat=-5)
    assert await post.db.transact(lambda tx: outbox.move_chat(tx, "patient", -5, -1005)) == 1
    (row,) = await post.rows()
    assert (row.chat_id, row.payload) == (-1005, {"text": "card"})


async def test_the_backlog_counts_what_is_not_sent(post, clock):
    await post.put("one", lane=1)
    clock.move(minutes=5)
    await post.put("two", lane=1)
    await post.put("three", lane=3, chat=6)
    await post.claim(limit=1)
    await post.sent("one")
    backlog = await post.db.read(outbox.backlog)
    assert [(line.bot, line.lane, line.waiting, line.oldest) for line in backlog] == [
        ("patient", 1, 1, clock.now),
        ("patient", 3, 1, clock.now),
    ]


async def test_old_settled_rows_are_forgotten(post, clock):
    await post.put("old")
    await post.put("old and waiting")
    await post.claim(limit=1)
    await post.sent("old")
    clock.move(days=100)
    assert await post.db.transact(lambda tx: outbox.prune(tx, tx.now - timedelta(days=90))) == 1
    assert await post.claim() == ["old and waiting"]


async def test_many_workers_never_share_a_row_or_a_chat(post):
    for number in range(60):
        await post.put(f"m{number}", chat=number % 12)
    taken = await asyncio.gather(*(post.rows(limit=5) for _ in range(6)))
    rows = [row for batch in taken for row in batch]
    assert len({row.id for row in rows}) == len(rows) == 12
    assert {row.chat_id for row in rows} == set(range(12))
