"""Uploads: announced once, fetched by one worker, closed when everything is settled."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from storage import chats, documents
from storage.records import fetching


@pytest.fixture
async def chat(db):
    return await db.transact(lambda tx: chats.lock(tx, 5))


async def announce(db, chat, message_id, album=None, **more):
    facts = {"file_id": f"f{message_id}", "file_unique_id": f"u{message_id}", "kind": "photo", **more}
    return await db.transact(lambda tx: documents.announce(tx, chat.id, album=album, message_id=message_id, **facts))


async def do(db, function, *arguments, **more):
    return await db.transact(lambda tx: function(tx, *arguments, **more))


async def store(db, part, hmac="aa"):
    return await do(db, fetching.stored, part.id, content_type="image/jpeg", size=3, hmac=hmac, blob=f"{part.id:032x}")


async def closable(db):
    return [document.id for document in await db.read(documents.closable)]


async def test_one_file_is_announced_fetched_stored_and_closed(db, chat, clock):
    document, part, created = await announce(
        db, chat, 11, name="my mri.pdf", caption="from May", declared_type="application/pdf", declared_size=9, answers_key="q#0/a"
    )  # fmt: skip
    assert created
    assert (document.state, document.caption, document.answers_key, document.origin) == ("open", "from May", "q#0/a", "patient")
    assert (part.state, part.name, part.declared_type, part.declared_size, part.document_id) == (
        "announced", "my mri.pdf", "application/pdf", 9, document.id,
    )  # fmt: skip
    assert await closable(db) == []
    (fetched,) = await do(db, fetching.claim, 10)
    assert (fetched.id, fetched.attempts) == (part.id, 1)
    assert await do(db, fetching.claim, 10) == []
    assert await store(db, part)
    assert await closable(db) == [document.id]
    assert await do(db, documents.close, document.id, "mri")
    assert not await do(db, documents.close, document.id, "mri")
    closed = await db.read(lambda tx: documents.get(tx, document.id))
    assert (closed.state, closed.record, closed.closed_at) == ("closed", "mri", clock.now)
    assert await closable(db) == []


async def test_a_message_that_is_delivered_twice_is_one_part(db, chat):
    first = await announce(db, chat, 11, caption="a")
    again = await announce(db, chat, 11, caption="b")
    assert first[:2] == again[:2]
    assert (first[2], again[2]) == (True, False)


async def test_an_album_is_one_document_and_closes_after_its_last_part(db, chat, clock):
    document, first, created = await announce(db, chat, 13, album="g1", caption="all of it")
    assert created
    clock.move(seconds=1)
    same, second, created = await announce(db, chat, 12, album="g1")
    assert (same.id, same.caption, created) == (document.id, "all of it", False)
    for part in (first, second):
        await store(db, part, hmac=str(part.id))
    assert await closable(db) == []
    clock.move(seconds=1)
    assert await closable(db) == []
    clock.move(seconds=0.5)
    assert await closable(db) == [document.id]
    assert [part.message_id for part in await db.read(lambda tx: documents.parts(tx, document.id))] == [12, 13]


async def test_a_part_that_comes_late_opens_its_album_again(db, chat, clock):
    document, first, _ = await announce(db, chat, 11, album="g1")
    await store(db, first)
    clock.move(seconds=2)
    await do(db, documents.close, document.id, "mri")
    reopened, late, created = await announce(db, chat, 12, album="g1")
    assert (reopened.id, reopened.state, reopened.record, created) == (document.id, "open", "mri", False)
    await store(db, late, hmac="bb")
    clock.move(seconds=2)
    assert await closable(db) == [document.id]


async def test_an_album_of_another_chat_with_the_same_id_is_another_document(db, chat):
    other = await db.transact(lambda tx: chats.lock(tx, 6))
    mine, theirs = await announce(db, chat, 11, album="g1"), await announce(db, other, 11, album="g1")
    assert mine[0].id != theirs[0].id


async def test_a_document_without_one_good_part_is_refused(db, chat):
    document, part, _ = await announce(db, chat, 11)
    assert await do(db, fetching.refused, part.id, "too-large")
    assert not await store(db, part)
    assert await do(db, documents.close, document.id, None)
    assert (await db.read(lambda tx: documents.get(tx, document.id))).state == "refused"
    assert [p.reason for p in await db.read(lambda tx: documents.parts(tx, document.id))] == ["too-large"]


async def test_a_failed_fetch_is_tried_later(db, chat, clock):
    _, part, _ = await announce(db, chat, 11)
    await do(db, fetching.claim, 10)
    assert await do(db, fetching.retry, part.id, clock.now + timedelta(seconds=5))
    assert await do(db, fetching.claim, 10) == []
    clock.move(seconds=6)
    (again,) = await do(db, fetching.claim, 10)
    assert again.attempts == 2


async def test_a_fetch_that_died_is_given_to_another_worker(db, chat):
    await announce(db, chat, 11)
    assert len(await do(db, fetching.claim, 10, lease=0.3)) == 1
    assert await do(db, fetching.claim, 10) == []
    await asyncio.sleep(0.4)
    assert len(await do(db, fetching.claim, 10)) == 1


async def test_many_workers_fetch_each_part_once(db, chat):
    for message_id in range(12):
        await announce(db, chat, message_id)
    claims = await asyncio.gather(*(do(db, fetching.claim, 5) for _ in range(5)))
    ids = [part.id for claim in claims for part in claim]
    assert len(ids) == len(set(ids))


async def test_the_same_bytes_sent_twice_are_recognised_in_their_chat_only(db, chat):
    other = await db.transact(lambda tx: chats.lock(tx, 6))
    _, first, _ = await announce(db, chat, 11)
    _, second, _ = await announce(db, chat, 12)
    for part in (first, second):
        await store(db, part, hmac="same")
    twin = await db.read(lambda tx: documents.twin(tx, chat.id, "same", before=second.id))
    assert twin.id == first.id
    assert await db.read(lambda tx: documents.twin(tx, other.id, "same", before=99)) is None


async def test_a_document_can_be_filed_and_assigned_later(db, chat):
    document, part, _ = await announce(db, chat, 11)
    await store(db, part)
    await do(db, documents.file_under, document.id, "pathology")
    (kept,) = await db.read(lambda tx: documents.for_chat(tx, chat.id))
    assert (kept.id, kept.record) == (document.id, "pathology")
    assert await db.read(documents.blobs) == {f"{part.id:032x}"}


async def test_hostile_facts_about_a_file_can_be_kept(db, chat):
    _, part, _ = await announce(
        db, chat, 11, name="../../\x00\ud800" + "x" * 5000, declared_type="a\x00b\ud800", declared_size=2**80, album="g\x00"
    )  # fmt: skip
    assert part.name.startswith("../../\x00\ud800xxx")
    assert (part.declared_type, part.declared_size) == ("a\ufffdb?", 2**62)


async def test_a_part_that_is_being_fetched_stays_with_whoever_fetches_it(db, clock):
    def announced(tx):
        chat = chats.lock(tx, 7001, hint=None)
        documents.announce(tx, chat.id, album=None, message_id=1, file_id="x", file_unique_id="x", kind="document")

    await db.transact(announced)
    (first,) = await db.transact(lambda tx: fetching.claim(tx, 5, lease=-1))
    assert await db.transact(lambda tx: fetching.renew(tx, first.id, first.attempts))
    assert await db.transact(lambda tx: fetching.claim(tx, 5)) == []
    assert await db.transact(lambda tx: fetching.renew(tx, first.id, first.attempts, lease=-1))
    (again,) = await db.transact(lambda tx: fetching.claim(tx, 5))
    assert again.attempts == 2
    assert not await db.transact(lambda tx: fetching.renew(tx, first.id, first.attempts))
