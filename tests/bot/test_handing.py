"""Rows that are born as being sent: out at once and in order, or back in the outbox, and never lost or doubled by that."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import literal, select

from bot.app import build
from bot.clock import Clock
from bot.delivery import LEASE_SECONDS
from bot.delivery.pace import TELEGRAM, Pace
from bot.patient.channel import PatientChannel
from bot.settings import Settings
from storage import outbox
from storage.database import Database
from storage.rows import OutboxRow
from storage.sending import handing
from storage.transaction import Transaction
from storage.vault import Vault
from tests.benchmarks.steps import Bench
from tests.bot.conftest import StoppedClock
from tests.bot.office import Office
from tests.bot.stand_in import StandIn, chat_id, until


def is_free(tx: Transaction, chat: str) -> bool:
    return not tx.execute(select(handing.unsent(literal("patient"), literal(chat_id(chat))))).scalar_one()


def written(office: Office, chat: str, *texts: str) -> Any:
    """A turn: its rows, handed over when delivery wants them."""

    def turn(tx: Transaction) -> list[OutboxRow]:
        lease = office.delivery.offer(tx)
        assert lease is not None
        assert is_free(tx, chat)
        rows = [
            handing.hand(
                tx,
                bot="patient",
                chat_id=chat_id(chat),
                method="sendMessage",
                payload={"text": text},
                kind=text,
                lane=1,
                lease=lease,
            )
            for text in texts
        ]
        return [handed.row() for handed in rows if handed is not None]

    return office.database.transact(turn)


async def test_handed_rows_go_out_in_order_without_a_claim(
    office: Office, stand_in: StandIn, ana: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "claim", lambda *_, **__: [])
    async with office.working():
        await until(lambda: office.delivery._running)
        rows = await written(office, ana, "one", "two", "three")
        office.delivery.hand(rows)
        await office.done()
    assert await stand_in.said(ana) == ["one", "two", "three"]
    assert office.fates == [("one", "sent"), ("two", "sent"), ("three", "sent")]
    assert [(await office.row(row.id)).attempts for row in rows] == [1, 1, 1]


async def test_what_a_dead_program_had_in_hand_is_sent_by_the_next(office: Office, stand_in: StandIn, ana: str) -> None:
    async with office.working():
        await until(lambda: office.delivery._running)
        await written(office, ana, "one", "two")  # and nobody hands them over any more
    again = Office(office.database, office.delivery.channel, None)  # type: ignore[arg-type]
    again.delivery.ahead = office.delivery.ahead
    async with again.working():
        await again.done()
    assert await stand_in.said(ana) == ["one", "two"]


@pytest.mark.parametrize("kind", ["error", "flood"])
async def test_what_fails_holds_back_the_rest(
    office: Office, stand_in: StandIn, ana: str, clock: StoppedClock, kind: str
) -> None:
    await stand_in.fault(kind=kind, times=1, method="sendMessage", retry_after=30)
    async with office.working():
        await until(lambda: office.delivery._running)
        rows = await written(office, ana, "one", "two", "three")
        office.delivery.hand(rows)
        await until(lambda: waits(office, rows[0], rows[2]))
        assert await stand_in.said(ana) == []
        clock.shift(timedelta(minutes=2))
        await office.done()
    assert await stand_in.said(ana) == ["one", "two", "three"]
    assert [(await office.row(row.id)).attempts for row in rows] == [2, 1, 1]


async def waits(office: Office, *rows: OutboxRow) -> bool:
    return all([(await office.row(row.id)).state == "waiting" for row in rows])


async def test_what_telegram_never_takes_is_given_up_alone(office: Office, stand_in: StandIn, ana: str) -> None:
    async with office.working():
        await until(lambda: office.delivery._running)
        office.delivery.hand(await written(office, ana, "", "two"))
        await office.done()
    assert await stand_in.said(ana) == ["two"]
    assert office.fates == [("", "Rejected"), ("two", "sent")]


async def test_the_pace_is_kept(
    database: Database, channel: PatientChannel, vault: Vault, stand_in: StandIn, ana: str, clock: StoppedClock
) -> None:
    """One message a second: the second one goes back into the outbox and waits there."""
    office = Office(database, channel, vault, pace=Pace(TELEGRAM, clock=lambda: clock.now().timestamp()))
    async with office.working():
        await until(lambda: office.delivery._running)
        rows = await written(office, ana, "one", "two")
        office.delivery.hand(rows)
        await until(lambda: waits(office, rows[1]))
        assert await stand_in.said(ana) == ["one"]
        await until(lambda: later(office, clock))
    assert await stand_in.said(ana) == ["one", "two"]


async def later(office: Office, clock: StoppedClock) -> bool:
    """Whether everything is sent, two seconds later."""
    clock.shift(timedelta(seconds=2))
    return not await office.database.read(outbox.backlog)


async def test_nothing_is_handed_over_a_line_or_without_delivery(office: Office, ana: str) -> None:
    assert await office.database.transact(office.delivery.offer) is None
    for more in ({}, {"lane": 3}, {"due_at": None}):
        assert await office.database.read(lambda tx: is_free(tx, ana))
        row = await office.put(chat_id(ana), "waits", **more)
        assert not await office.database.read(lambda tx: is_free(tx, ana))
        claimed = await office.database.transact(lambda tx: outbox.claim(tx, "patient", limit=9, lease=LEASE_SECONDS))
        assert [one.id for one in claimed] == [row]
        assert not await office.database.read(lambda tx: is_free(tx, ana))
        await office.database.transact(lambda tx, row=row: outbox.sent(tx, row, 5))


async def test_an_edit_of_what_was_never_sent_is_not_written(office: Office, ana: str) -> None:
    first = await office.put(chat_id(ana), "gone")
    await office.database.transact(lambda tx: outbox.drop_for_chat(tx, "patient", chat_id(ana)))

    def edit(tx: Transaction) -> handing.Handed | None:
        return handing.hand(
            tx,
            bot="patient",
            chat_id=chat_id(ana),
            method="editMessageText",
            payload={"text": "x"},
            kind="x",
            lane=1,
            lease=tx.wall + 9,
            target_outbox_id=first,
        )

    assert await office.database.transact(edit) is None
    assert await office.database.read(outbox.backlog) == []


async def test_a_whole_intake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through every part of the program but Telegram: each answer brings the next question, nearly always without a claim."""
    claimed: list[OutboxRow] = []
    claim = outbox.claim

    def counted(tx: Transaction, bot: Any, **more: Any) -> list[OutboxRow]:
        rows = claim(tx, bot, **more)
        claimed.extend(row for row in rows if row.bot == "patient")
        return rows

    monkeypatch.setattr(outbox, "claim", counted)
    program = await build(
        Settings(_env_file=None, data_dir=tmp_path, patient_token="42:A", desk_token="43:B", pace="off"), Clock()
    )
    crowd = Bench(program, 1)
    steps = await crowd.until_somebody_ends()
    left = await program.database.read(outbox.backlog)
    await program.database.close()
    assert steps > 40
    assert sum(row.waiting for row in left if row.bot == "patient") <= 1  # the first record is asked for while delivery ends
    assert len(claimed) < steps / 2  # the closing words, the first question, and what a red flag brings
