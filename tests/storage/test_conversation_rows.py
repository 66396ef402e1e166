"""Chats, responses, consents and record marks: what one conversation is made of."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.exc import SQLAlchemyError

from storage import chats, consents, responses
from storage.records import record_marks
from storage.schema.columns import NaiveTime


async def lock(db, telegram_id=5, hint="ru"):
    return await db.transact(lambda tx: chats.lock(tx, telegram_id, hint=hint))


async def test_the_first_word_makes_the_chat_and_the_second_finds_it(db, clock):
    chat = await lock(db)
    assert (chat.telegram_id, chat.language_hint, chat.state, chat.reminders_on, chat.talking) == (5, "ru", "open", True, False)
    assert chat.created_at == clock.now
    assert await lock(db, hint="en") == chat
    assert await db.read(lambda tx: chats.of_telegram(tx, 5)) == chat
    assert await db.read(lambda tx: chats.of_telegram(tx, 6)) is None


async def test_changes_are_kept_and_wrong_names_are_refused(db, clock):
    chat = await lock(db)
    await db.transact(lambda tx: chats.update(tx, chat.id, zone="Asia/Tokyo", talking=True, snoozed_until=clock.now))
    changed = await db.read(lambda tx: chats.get(tx, chat.id))
    assert (changed.zone, changed.talking, changed.snoozed_until) == ("Asia/Tokyo", True, clock.now)
    with pytest.raises(SQLAlchemyError):
        await db.transact(lambda tx: chats.update(tx, chat.id, colour="blue"))
    with pytest.raises(KeyError):
        await db.read(lambda tx: chats.get(tx, 999))


async def test_a_time_without_a_zone_is_refused(db):
    chat = await lock(db)
    with pytest.raises((NaiveTime, SQLAlchemyError)):
        await db.transact(lambda tx: chats.update(tx, chat.id, snoozed_until=tx.now.replace(tzinfo=None)))


async def test_a_language_code_from_a_stranger_can_be_kept(db):
    assert (await lock(db, hint="e\x00n\ud800")).language_hint == "e\ufffdn?"


async def test_fifty_first_messages_at_once_make_one_chat(db):
    found = await asyncio.gather(*(lock(db) for _ in range(50)))
    assert len({chat.id for chat in found}) == 1


async def test_turns_of_one_chat_do_not_overlap(db):
    """Each turn reads the revision and writes the next one: none may be lost."""
    chat = await lock(db)

    def turn(tx):
        chats.lock(tx, 5)
        known = responses.current(tx, chat.id)
        revision = known.revision + 1 if known else 1
        responses.save(tx, chat.id, "r1", "q|1", revision, "in-progress", f'{{"n": {revision}}}')

    await asyncio.gather(*(db.transact(turn) for _ in range(40)))
    kept = await db.read(lambda tx: responses.current(tx, chat.id))
    assert (kept.revision, kept.body, kept.questionnaire) == (40, '{"n": 40}', "q|1")


async def test_the_response_begun_last_is_the_current_one_whatever_the_clock_says(db, clock):
    chat = await lock(db)
    assert await db.read(lambda tx: responses.current(tx, chat.id)) is None
    await db.transact(lambda tx: responses.save(tx, chat.id, "b", "q|1", 1, "in-progress", "old"))
    clock.move(days=-365)
    await db.transact(lambda tx: responses.save(tx, chat.id, "a", "q|2", 1, "in-progress", "new"))
    clock.move(days=1)
    await db.transact(lambda tx: responses.save(tx, chat.id, "b", "q|1", 2, "completed", "old again"))
    current = await db.read(lambda tx: responses.current(tx, chat.id))
    assert (current.id, current.body) == ("a", "new")


async def test_a_response_stays_with_its_chat(db):
    mine, other = await lock(db, 5), await lock(db, 6)
    await db.transact(lambda tx: responses.save(tx, mine.id, "r", "q", 1, "in-progress", "mine"))
    await db.transact(lambda tx: responses.save(tx, other.id, "r", "q", 9, "in-progress", "theirs"))
    assert (await db.read(lambda tx: responses.current(tx, mine.id))).body == "mine"
    assert await db.read(lambda tx: responses.current(tx, other.id)) is None


async def test_every_replaced_answer_is_kept(db):
    chat = await lock(db)
    await db.transact(lambda tx: responses.save(tx, chat.id, "r", "q", 1, "in-progress", "{}"))
    await db.transact(lambda tx: responses.record_change(tx, "r", "lines#0/drug", '["R-CHOP"]'))
    await db.transact(lambda tx: responses.record_change(tx, "r", "lines#0/drug", '["R-ICE"]', by="42"))
    kept = await db.read(lambda tx: responses.changes(tx, "r"))
    assert [(change.key, change.before, change.by) for change in kept] == [
        ("lines#0/drug", '["R-CHOP"]', "patient"),
        ("lines#0/drug", '["R-ICE"]', "42"),
    ]


async def test_the_last_word_on_a_consent_counts_and_every_line_stays(db, peek):
    chat = await lock(db)
    text = {"text_version": "3", "text_hash": "abc", "language": "ar"}
    for consent, given in (("keep", True), ("share", True), ("share", False)):
        await db.transact(lambda tx, c=consent, g=given: consents.add(tx, chat.id, c, given=g, **text))
    assert await db.read(lambda tx: consents.current(tx, chat.id)) == {"keep": True, "share": False}
    assert peek("SELECT count(*) FROM consents") == [(3,)]


async def test_a_record_has_one_mark(db):
    chat = await lock(db)
    for mark in ("later", "none", "received"):
        await db.transact(lambda tx, m=mark: record_marks.put(tx, chat.id, "pathology", m))
    assert await db.read(lambda tx: record_marks.for_chat(tx, chat.id)) == {"pathology": "received"}
