"""Cases, the relay, the roster and the audit log."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from storage import audit, cases, chats, coordinators, relay
from storage.cases import Denied


@pytest.fixture
async def chat(db):
    return await db.transact(lambda tx: chats.lock(tx, 5))


@pytest.fixture
async def case(db, chat):
    return await db.transact(lambda tx: cases.open_case(tx, chat.id, urgency="soon", reason="complete", stage="inquiry"))


async def coordinator(db, telegram_id, **facts):
    await db.transact(lambda tx: coordinators.put(tx, telegram_id, name="Ana", language="en", **facts))


async def test_a_case_has_a_number_that_can_be_read_out(db, chat, case, clock):
    assert re.fullmatch(r"CL-[2-9B-DF-HJ-NP-TV-Z]{5}", case.number)
    assert (case.stage, case.urgency, case.reasons, case.opened_at, case.holder) == (
        "inquiry",
        "soon",
        "complete",
        clock.now,
        None,
    )
    for typed in (case.number, case.number.lower(), case.number.removeprefix("CL-"), f" {case.number} "):
        assert await db.read(lambda tx, t=typed: cases.by_number(tx, t)) == case
    assert await db.read(lambda tx: cases.by_number(tx, "CL-00000")) is None


async def test_one_open_case_per_chat(db, chat, case, clock):
    with pytest.raises(IntegrityError):
        await db.transact(lambda tx: cases.open_case(tx, chat.id, urgency="soon", reason="human", stage="inquiry"))
    closed = replace(case, stage="closed", previous_stage="inquiry", closed_at=clock.now, close_reason="withdrawn")
    await db.transact(lambda tx: cases.save(tx, closed))
    assert await db.read(lambda tx: cases.open_for(tx, chat.id)) is None
    second = await db.transact(lambda tx: cases.open_case(tx, chat.id, urgency="urgent", reason="human", stage="inquiry"))
    assert await db.read(lambda tx: cases.open_for(tx, chat.id)) == second
    assert await db.read(lambda tx: cases.of_chat(tx, chat.id)) == [closed, second]


async def test_everything_about_a_case_is_kept(db, case, clock):
    full = replace(
        case, holder=42, claimed_at=clock.now, topic_id=77, card_outbox_id=1, alert_outbox_id=2, red_flag_at=clock.now,
        red_flag_ack_at=clock.now, day_zero=date(2026, 12, 1), reasons="complete red-flag",
    )  # fmt: skip
    await db.transact(lambda tx: cases.save(tx, full))
    assert await db.transact(lambda tx: cases.lock(tx, case.id)) == full
    assert await db.read(lambda tx: cases.by_topic(tx, 77)) == full
    assert await db.read(lambda tx: cases.by_topic(tx, 78)) is None


async def test_two_claims_at_once_have_one_winner(db, case):
    def claim(coordinator_id):
        def work(tx):
            held = cases.lock(tx, case.id)
            if held.holder is None:
                cases.save(tx, replace(held, holder=coordinator_id))
            return held.holder

        return db.transact(work)

    before = await asyncio.gather(*(claim(number) for number in range(100, 120)))
    assert before.count(None) == 1
    assert len(set(before)) == 2


async def test_cases_are_listed_by_holder_and_stage(db, clock):
    for telegram_id in range(1, 5):
        chat = await db.transact(lambda tx, t=telegram_id: chats.lock(tx, t))
        await db.transact(lambda tx, c=chat: cases.open_case(tx, c.id, urgency="routine", reason="human", stage="inquiry"))
    first, second, third, _ = await db.read(cases.listing)
    await db.transact(lambda tx: cases.save(tx, replace(first, holder=42)))
    await db.transact(lambda tx: cases.save(tx, replace(second, holder=42, stage="records")))
    await db.transact(lambda tx: cases.save(tx, replace(third, closed_at=clock.now, stage="closed")))

    async def ids(**wanted):
        return [case.id for case in await db.read(lambda tx: cases.listing(tx, **wanted))]

    assert await ids() == [1, 2, 4]
    assert await ids(holder=42) == [1, 2]
    assert await ids(stage="records") == [2]
    assert await ids(closed=True) == [3]
    assert await ids(limit=1, after=1) == [2]


async def test_only_the_active_roster_sees_a_case_and_every_try_is_in_the_audit_log(db, case):
    await coordinator(db, 42)
    await coordinator(db, 43, active=False)

    async def seen_by(coordinator_id, case_id=case.id):
        return await db.transact(lambda tx: cases.access(tx, case_id, coordinator_id))

    assert await seen_by(42) == case
    for stranger in (43, 44):
        with pytest.raises(Denied):
            await seen_by(stranger)
    with pytest.raises(Denied):
        await seen_by(42, case_id=999)
    lines = await db.read(audit.lines)
    assert [(line.actor, line.action, line.object) for line in lines] == [
        ("42", "case.read", f"case:{case.id}"),
        ("43", "case.denied", f"case:{case.id}"),
        ("44", "case.denied", f"case:{case.id}"),
        ("42", "case.denied", "case:999"),
    ]


async def test_what_was_written_before_a_denial_is_undone(db, case):
    def work(tx):
        cases.save(tx, replace(case, holder=44))
        cases.access(tx, case.id, 44)

    with pytest.raises(Denied):
        await db.transact(work)
    assert (await db.read(lambda tx: cases.get(tx, case.id))).holder is None
    assert len(await db.read(audit.lines)) == 1


async def test_the_roster(db):
    await coordinator(db, 43)
    await coordinator(db, 42, private_chat=True)
    await coordinator(db, 43, active=False)
    assert [one.telegram_id for one in await db.read(coordinators.roster)] == [42]
    assert (await db.read(lambda tx: coordinators.get(tx, 43))).active is False
    assert await db.read(lambda tx: coordinators.get(tx, 44)) is None


async def test_lines_are_found_from_both_sides(db, case):
    def talk(tx):
        relay.add(tx, case.id, direction="in", author=5, body="Is there hope?", patient_message_id=11, desk_outbox_id=501)
        answer = relay.add(tx, case.id, direction="out", author=42, body="Yes.", desk_message_id=900)
        relay.link(tx, answer.id, patient_outbox_id=502)
        relay.add(tx, case.id, direction="note", author=42, body="call back", desk_message_id=901)
        relay.delivered(tx, 501, 899)
        relay.delivered(tx, 502, 12)

    await db.transact(talk)
    history = await db.read(lambda tx: relay.history(tx, case.id))
    assert [(line.direction, line.body, line.patient_message_id, line.desk_message_id) for line in history] == [
        ("in", "Is there hope?", 11, 899),
        ("out", "Yes.", 12, 900),
        ("note", "call back", None, 901),
    ]
    assert await db.read(lambda tx: relay.by_desk_message(tx, case.id, 899)) == history[0]
    assert await db.read(lambda tx: relay.by_patient_message(tx, case.id, 12)) == history[1]
    assert await db.read(lambda tx: relay.by_desk_message(tx, case.id + 1, 899)) is None


async def test_words_said_before_a_case_is_open_become_its_first_lines(db, chat):
    await db.transact(lambda tx: relay.keep(tx, chat.id, author=5, body="hello?", patient_message_id=3))
    await db.transact(lambda tx: relay.keep(tx, chat.id, author=5, body="anybody?"))
    case = await db.transact(lambda tx: cases.open_case(tx, chat.id, urgency="soon", reason="human", stage="inquiry"))
    adopted = await db.transact(lambda tx: relay.adopt(tx, chat.id, case.id))
    assert [(line.body, line.direction, line.patient_message_id) for line in adopted] == [
        ("hello?", "in", 3),
        ("anybody?", "in", None),
    ]
    assert await db.read(lambda tx: relay.history(tx, case.id)) == adopted
    assert await db.transact(lambda tx: relay.adopt(tx, chat.id, case.id)) == []


async def write(db, count=1):
    for number in range(count):
        await db.transact(lambda tx, n=number: audit.write(tx, actor="42", action="case.read", object=f"case:{n}"))


async def test_the_audit_chain_is_whole_also_when_many_write_at_once(db):
    assert await db.read(audit.verify) is None
    await asyncio.gather(*(write(db) for _ in range(30)))
    assert await db.read(audit.verify) is None
    assert [line.sequence for line in await db.read(audit.lines)] == list(range(1, 31))


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit SET actor = '43' WHERE sequence = 3",
        "UPDATE audit SET at = (SELECT at FROM audit WHERE sequence = 5) WHERE sequence = 3",
        "UPDATE audit SET hash = previous_hash WHERE sequence = 3",
        "DELETE FROM audit WHERE sequence = 3",
    ],
)
async def test_a_changed_or_missing_line_shows(db, peek, clock, damage):
    for _ in range(6):
        clock.move(seconds=1)
        await write(db)
    peek(damage)
    assert await db.read(audit.verify) == 3
