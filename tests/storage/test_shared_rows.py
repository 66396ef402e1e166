"""What hospitals may read, as rows: who has which credential, which cases are theirs; and the counts that figures are made of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from storage import audit, cases, chats, consents, responses
from storage.desk import credentials, shared_cases, submissions, tallies

ENDED = ("declined", "taken-back")


def consent(tx, chat_id, *, given=True):
    consents.add(tx, chat_id, "share", given=given, text_version="1", text_hash="x", language="en")


def sent(tx, number, centre, *, share=True):
    """A case that was sent to a hospital. Returns its id."""
    chat = chats.lock(tx, number)
    if share:
        consent(tx, chat.id)
    responses.save(tx, chat.id, f"r{number}", "q|1", 1, "completed", "{}")
    case = cases.open_case(tx, chat.id, urgency="routine", reason="human", stage="hospital")
    made = submissions.add(tx, case.id, centre=centre, protocols=(), state="sent")
    submissions.note(tx, made, state="sent", day=date(2026, 11, 20), by=7101)
    return case.id


async def test_a_secret_is_known_by_its_digest_only(db, clock, peek):
    made, secret = await db.transact(lambda tx: credentials.issue(tx, "one", by=7101, life=timedelta(days=2)))
    assert await db.read(lambda tx: credentials.find(tx, secret)) == made
    for wrong in ("", secret[4:], secret.lower(), secret + "x", "clh_" + "x" * 500, "clh_\udce9"):
        assert await db.read(lambda tx, said=wrong: credentials.find(tx, said)) is None
    assert secret not in str(peek("SELECT * FROM credentials"))
    await db.transact(lambda tx: credentials.used(tx, made, action="hospital.read", object="case:1"))
    (known,) = await db.read(credentials.everything)
    assert (known.used_at, known.state(clock.now), made.used_at) == (clock.now, "works", None)
    clock.move(days=2)
    assert known.state(clock.now) == "expired"
    assert not await db.transact(lambda tx: credentials.revoke(tx, made.id, by=7101))
    lines = await db.read(audit.lines)
    assert [(one.actor, one.action) for one in lines] == [("7101", "credential.issued"), ("hospital:one/1", "hospital.read")]


async def test_cases_are_shared_with_their_hospital_while_everybody_says_yes(db):
    first = await db.transact(lambda tx: sent(tx, 501, "one"))
    await db.transact(lambda tx: sent(tx, 502, "two"))
    await db.transact(lambda tx: sent(tx, 503, "one", share=False))
    second = await db.transact(lambda tx: sent(tx, 504, "one"))

    async def shown():
        return [one.case.id for one in await db.read(lambda tx: shared_cases.at(tx, "one", ended=ENDED))]

    assert await shown() == [first, second]

    def change(tx, given):
        consent(tx, cases.get(tx, first).chat_id, given=given)

    await db.transact(lambda tx: change(tx, given=False))
    assert await shown() == [second]
    await db.transact(lambda tx: change(tx, given=True))
    assert await shown() == [first, second]
    await db.transact(lambda tx: chats.update(tx, cases.get(tx, second).chat_id, state="in_memory"))
    assert await shown() == [first]
    (one,) = await db.read(lambda tx: submissions.of_case(tx, first))
    await db.transact(lambda tx: submissions.note(tx, one.id, state="declined", day=date(2026, 11, 21), by=7101))
    assert await shown() == []


async def test_the_newest_response_of_a_chat_is_the_one_that_is_shared(db):
    case = await db.transact(lambda tx: sent(tx, 501, "one"))
    await db.transact(lambda tx: responses.save(tx, cases.get(tx, case).chat_id, "newer", "q|1", 1, "completed", "{}"))
    (shared,) = await db.read(lambda tx: shared_cases.at(tx, "one", ended=ENDED))
    assert shared.response_id == "newer"


@pytest.mark.parametrize("steps", [1, 3])
async def test_a_response_that_goes_on_is_counted_once(db, clock, steps):
    chat = await db.transact(lambda tx: chats.lock(tx, 501))
    since = clock.now - timedelta(days=1)
    for step in range(steps):
        marks = [("begun", ""), *(("answered", f"q{n}") for n in range(step)), ("stand", f"q{step}")]
        await db.transact(lambda tx, n=step: responses.save(tx, chat.id, "r1", "q|1", n, "in-progress", f"body {n}"))
        assert await db.read(lambda tx: tallies.left(tx, since)) == 1
        (due,) = [
            await db.read(lambda tx, id_=one: tallies.read(tx, id_))
            for one in await db.read(lambda tx: tallies.due(tx, since, limit=5))
        ]
        assert due.body == f"body {step}"
        for _ in range(2):  # two programs count the same response
            await db.transact(lambda tx, one=due, are=marks: tallies.fold(tx, [(one, are)]))
        assert await db.read(lambda tx: tallies.due(tx, since, limit=5)) == []
    found = await db.read(lambda tx: tallies.sums(tx, since.date()))
    wanted = {("begun", ""): 1, ("stand", f"q{steps - 1}"): 1, **{("answered", f"q{n}"): 1 for n in range(steps - 1)}}
    assert {mark: many for mark, many in found.items() if many} == wanted
    assert await db.read(lambda tx: tallies.sums(tx, clock.now.date() + timedelta(days=1))) == {}
    await db.transact(lambda tx: responses.delete(tx, chat.id))
    assert await db.read(lambda tx: tallies.read(tx, "r1")) is None
