"""Tasks, closed ways and marks as rows: what was written comes back, each for its own case."""

from __future__ import annotations

from datetime import date, timedelta

from storage import cases, chats
from storage.desk import closed_paths, ratings, submissions, tasks


def _case(tx, number=5):
    chat = chats.lock(tx, number)
    return cases.open_case(tx, chat.id, urgency="routine", reason="human", stage="inquiry").id


async def test_a_task_changes_and_stays_with_its_case(db, clock):
    first, second = await db.transact(lambda tx: (_case(tx, 5), _case(tx, 6)))

    def write(tx):
        made = tasks.add(tx, first, item="", owner="family", by=7, due=date(2026, 12, 5), body="Please send the letter")
        tasks.change(tx, tasks.get(tx, made), state="done", note="came by mail", day=date(2031, 5, 1))
        tasks.add(tx, second, item="companion", owner="family", by=0)

    await db.transact(write)
    (one,) = await db.read(lambda tx: tasks.of_case(tx, first))
    assert (one.body, one.note, one.state, one.due, one.day) == (
        *("Please send the letter", "came by mail", "done"),
        *(date(2026, 12, 5), date(2031, 5, 1)),
    )
    assert [one.item for one in await db.read(lambda tx: tasks.of_case(tx, second))] == ["companion"]


async def test_a_submission_keeps_every_line(db):
    case = await db.transact(_case)

    def write(tx):
        made = submissions.add(tx, case, centre="example-1", protocols=("NCT1", "NCT2"), state="sent")
        submissions.note(tx, made, state="sent", day=date(2026, 11, 20), by=7, documents=("pathology", "mri"))
        submissions.note(tx, made, state="declined", day=date(2026, 11, 25), by=8, reason="no-place", body="Dr Li: full")

    await db.transact(write)
    (one,) = await db.read(lambda tx: submissions.of_case(tx, case))
    assert (one.state, one.protocols, len(one.lines)) == ("declined", ("NCT1", "NCT2"), 2)
    assert (one.lines[0].documents, one.lines[1].reason, one.lines[1].body) == (("pathology", "mri"), "no-place", "Dr Li: full")


async def test_closed_ways_come_back_with_their_picture(db):
    case = await db.transact(_case)
    await db.transact(lambda tx: closed_paths.add(tx, case, reason="criteria", picture={"NCT1": [1]}, by=7))
    assert await db.read(closed_paths.case_ids) == [case]
    (one,) = await db.read(lambda tx: closed_paths.of_case(tx, case))
    assert (one.reason, one.picture, one.by) == ("criteria", {"NCT1": [1]}, 7)


async def test_a_mark_is_given_once(db):
    case = await db.transact(_case)

    assert await db.transact(lambda tx: ratings.add(tx, case, 4))
    assert not await db.transact(lambda tx: ratings.add(tx, case, 1))
    assert await db.read(ratings.counted) == {4: 1}
    await db.transact(lambda tx: ratings.listen(tx, case, until=tx.now + timedelta(hours=1)))
    chat = await db.read(lambda tx: cases.get(tx, case).chat_id)
    assert await db.read(lambda tx: ratings.listening(tx, chat)) == case
    await db.transact(lambda tx: ratings.word(tx, case, "kind people"))
    kept = await db.read(lambda tx: ratings.get(tx, case))
    assert (kept.mark, kept.body, kept.word_until) == (4, "kind people", None)
    assert await db.read(lambda tx: ratings.listening(tx, chat)) is None
