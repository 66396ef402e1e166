"""Nothing that holds health data or identity can be read from the database's files, and erasing leaves nothing to unseal."""

from __future__ import annotations

import pytest
from sqlalchemy import LargeBinary
from sqlmodel import SQLModel

import storage.tables  # noqa: F401
from storage import audit, cases, chats, consents, documents, inbox, outbox, relay, reminders, responses
from storage.desk import closed_paths, evidence, next_acts, ratings, submissions, tasks
from storage.records import fetching, read_values, record_marks
from storage.sealed.keyring import Tampered

CANARY = "Zanzibar-Lymphoma-4711"


def live(tx, telegram_id=5):
    """One patient's whole story, the canary in everything they or the desk wrote."""
    chat = chats.lock(tx, telegram_id, hint="en")
    inbox.store(tx, "patient", telegram_id, {"text": CANARY}, chat_id=telegram_id, message_id=1)
    inbox.store(tx, "patient", telegram_id + 1000, {"text": CANARY}, chat_id=telegram_id, message_id=2)
    inbox.take(tx, "patient", telegram_id)
    response_id = f"r{telegram_id}"
    responses.save(tx, chat.id, response_id, "q|1", 2, "in-progress", f'{{"answer": "{CANARY}"}}')
    responses.record_change(tx, response_id, "key", CANARY)
    consents.add(tx, chat.id, "keep", given=True, text_version="1", text_hash="h", language="en")
    case = cases.open_case(tx, chat.id, urgency="urgent", reason="red-flag", stage="inquiry")
    words = {"method": "sendMessage", "payload": {"text": CANARY}, "kind": "k"}
    sent = outbox.put(tx, bot="patient", chat_id=telegram_id, **words)
    outbox.sent(tx, sent, 70, {"text": CANARY})
    outbox.put(tx, bot="patient", chat_id=telegram_id, **words)
    card = outbox.put(tx, bot="desk", chat_id=-100, **words)
    in_topic = outbox.put(tx, bot="desk", chat_id=-100, thread_case_id=case.id, **words)
    outbox.put(tx, bot="desk", chat_id=-100, target_outbox_id=card, **words)
    cases.save(tx, type(case)(**{**_fields(case), "card_outbox_id": card, "topic_id": 9, "red_flag_at": tx.now}))
    relay.add(tx, case.id, direction="in", author=telegram_id, body=CANARY, desk_outbox_id=in_topic)
    next_acts.put(tx, case.id, CANARY, due=None, by=7)
    relay.keep(tx, chat.id, author=telegram_id, body=CANARY)
    reminders.replace(tx, chat.id, [("record", "mri", 1, tx.now)])
    reminders.add_follow_up(tx, chat.id, due_at=tx.now, text=CANARY, author=42, case_id=case.id)
    file = {"file_id": "f", "file_unique_id": "u", "kind": "photo", "name": CANARY, "caption": CANARY, "case_id": case.id}
    _, part, _ = documents.announce(tx, chat.id, album=None, message_id=3, **file)
    fetching.stored(tx, part.id, content_type="image/png", size=1, hmac="aa", blob=f"{telegram_id:032x}")
    record_marks.put(tx, chat.id, "mri", "later")
    evidence.put(tx, chat.id, "ecog", "checked", by=7, basis="ecog 1")
    evidence.told(tx, chat.id, "ecog")
    read_values.add(tx, chat.id, "lvef", {CANARY: 1}, day=tx.now.date(), document_id=None, grade="told", by=7)
    _supported(tx, case.id)
    audit.write(tx, actor="patient", action="case.opened", object=f"case:{case.id}")
    return chat, case


def _supported(tx, case_id):
    """What the desk does for a case beside talking."""
    sent = submissions.add(tx, case_id, centre="example-1", protocols=["NCT05679687"], state="sent")
    submissions.note(tx, sent, state="sent", day=tx.now.date(), by=7, body=CANARY)
    task = tasks.get(tx, tasks.add(tx, case_id, item="", owner="family", by=7, body=CANARY))
    tasks.change(tx, task, note=CANARY)
    closed_paths.add(tx, case_id, reason="criteria", picture={CANARY: 1}, by=7)
    ratings.add(tx, case_id, 4)
    ratings.word(tx, case_id, CANARY)


def _fields(row):
    return {name: getattr(row, name) for name in type(row).__slots__}


async def test_the_files_hold_no_word_of_it(db, url, tmp_path):
    if not url.startswith("sqlite"):
        pytest.skip("the server's files are one block cache for all tests; the columns are the same")
    await db.transact(live)
    files = [path for path in tmp_path.iterdir() if path.name.startswith("careline.db")]
    assert len(files) >= 2, "the write-ahead log is looked at too"
    for path in files:
        assert CANARY.encode() not in path.read_bytes()


async def test_no_column_holds_a_word_of_it(db, peek):
    await db.transact(live)
    for table in SQLModel.metadata.sorted_tables:
        for row in peek(f"SELECT * FROM {table.name}"):
            for value in row:
                held = bytes(value) if isinstance(value, memoryview) else value
                assert CANARY.encode() not in (held if isinstance(held, bytes) else repr(held).encode())


async def test_a_sealed_value_opens_in_its_own_place_only(db, peek):
    """A thief of the database cannot show one patient's answers as another's."""
    await db.transact(lambda tx: (live(tx, 5), live(tx, 6)))
    peek("UPDATE responses SET body = (SELECT body FROM responses WHERE id = 'r6') WHERE id = 'r5'")
    with pytest.raises(Tampered):
        await db.read(lambda tx: responses.current(tx, 1))


async def test_errors_do_not_quote_what_was_to_be_written(db):
    def twice(tx):
        chat, _ = live(tx)
        responses.record_change(tx, "no such response", CANARY, CANARY)
        return chat

    with pytest.raises(Exception, match=r"(?i)foreign key") as caught:
        await db.transact(twice)
    assert CANARY not in str(caught.value)


async def test_erasing_leaves_a_tombstone_and_nothing_else(db, peek, clock):
    await db.transact(lambda tx: (live(tx, 5), live(tx, 6)))
    others = await _everything_of(db, 2)
    assert await db.transact(lambda tx: chats.erase(tx, 1)) == (f"{5:032x}",)

    stone = await db.read(lambda tx: chats.get(tx, 1))
    assert (stone.state, stone.telegram_id, stone.language_hint, stone.reminders_on) == ("erased", -1, None, False)
    for table in (
        "responses",
        "documents",
        "reminders",
        "record_marks",
        "kept_words",
        "evidence_grades",
        "answer_days",
    ):
        assert peek(f"SELECT count(*) FROM {table} WHERE chat_id = 1") == [(0,)]
    assert peek("SELECT count(*) FROM next_acts") == [(1,)]
    for table in ("submissions", "submission_lines", "tasks", "closed_paths", "ratings"):
        assert peek(f"SELECT count(*) FROM {table}") == [(1,)], table
    assert peek("SELECT count(*) FROM answer_changes") == peek("SELECT count(*) FROM document_parts") == [(1,)]
    (case,) = await db.read(lambda tx: cases.of_chat(tx, 1))
    assert (case.stage, case.close_reason, case.closed_at, case.reasons, case.urgency) == (
        "closed",
        "erased",
        clock.now,
        "",
        "routine",
    )
    assert (case.red_flag_at, case.topic_id) == (None, 9)
    assert await db.read(lambda tx: relay.history(tx, case.id)) == []
    assert await db.read(lambda tx: consents.current(tx, 1)) == {"keep": True}

    assert peek("SELECT count(*) FROM inbox WHERE chat_id = 5") == [(0,)]
    assert [update_id for update_id, _ in await db.read(lambda tx: inbox.pending(tx, "patient", 10))] == [1006]
    assert not await db.transact(lambda tx: inbox.take(tx, "patient", 1005))
    assert peek("SELECT count(*) FROM outbox WHERE chat_id = 5") == [(0,)]
    assert peek("SELECT count(*) FROM outbox WHERE length(payload) > 0 OR result IS NOT NULL") == [(5,)]

    assert await _everything_of(db, 2) == others
    assert await db.read(audit.verify) is None
    assert [line.action for line in await db.read(audit.lines)] == ["case.opened", "case.opened", "chat.erased"]


async def test_nothing_is_sent_after_an_erasure_but_the_farewell(db):
    await db.transact(live)
    claimed = await db.transact(lambda tx: outbox.claim(tx, "patient", limit=10, lease=-1))
    assert len(claimed) == 1

    def erase(tx):
        chats.erase(tx, 1)
        outbox.put(
            tx, bot="patient", chat_id=5, method="sendMessage", payload={"text": "Everything is deleted."}, kind="Erased"
        )

    await db.transact(erase)
    farewell = await db.transact(lambda tx: outbox.claim(tx, "patient", limit=10, lease=30))
    assert [row.kind for row in farewell] == ["Erased"]
    assert await db.transact(lambda tx: outbox.claim(tx, "desk", limit=10, lease=30)) == []
    assert not await db.transact(lambda tx: outbox.sent(tx, claimed[0].id, 71, {"text": CANARY}))
    assert await db.transact(lambda tx: reminders.due(tx, 10)) == []


async def test_what_arrives_during_an_erasure_is_not_kept(db):
    def fetched_too_late(tx):
        chat, _ = live(tx)
        file = {"file_id": "f", "file_unique_id": "u", "kind": "photo"}
        _, part, _ = documents.announce(tx, chat.id, album=None, message_id=4, **file)
        chats.erase(tx, chat.id)
        return fetching.stored(tx, part.id, content_type="image/png", size=1, hmac="bb", blob="b" * 32)

    assert not await db.transact(fetched_too_late)
    assert await db.read(documents.blobs) == set()


async def test_erasing_twice_is_erasing_once_and_the_person_may_come_back(db):
    await db.transact(live)
    await db.transact(lambda tx: chats.erase(tx, 1))
    assert await db.transact(lambda tx: chats.erase(tx, 1)) == ()
    again = await db.transact(lambda tx: chats.lock(tx, 5))
    assert (again.id, again.state) == (2, "open")
    with pytest.raises(KeyError):
        await db.transact(lambda tx: chats.erase(tx, 99))


def test_every_sealed_column_is_bytes():
    """A new column for words has to be sealed; this list is looked at when it changes."""
    columns = [column for table in SQLModel.metadata.sorted_tables for column in table.columns]
    assert {str(column) for column in columns if isinstance(column.type, LargeBinary)} == {
        "inbox.payload", "responses.body", "answer_changes.before", "case_messages.body", "outbox.payload", "outbox.result",
        "reminders.text", "documents.caption", "document_parts.name", "document_parts.facts", "data_keys.wrapped",
        "kept_words.body", "next_acts.body", "read_values.amount", "counted.body",
        "cases.red_flags", "submission_lines.body", "tasks.body", "tasks.note", "closed_paths.body", "ratings.body",
    }  # fmt: skip


async def _everything_of(db, chat_id):
    def read(tx):
        case = cases.open_for(tx, chat_id)
        (document,) = documents.for_chat(tx, chat_id)
        return (
            chats.get(tx, chat_id), responses.current(tx, chat_id), case, relay.history(tx, case.id), document,
            documents.parts(tx, document.id), reminders.for_chat(tx, chat_id), record_marks.for_chat(tx, chat_id),
        )  # fmt: skip

    return await db.read(read)
