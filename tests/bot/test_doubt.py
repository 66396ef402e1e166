"""Only one message at a time is out and not yet written down as sent, except where that would hold others up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery import PACED_BATCH, Delivery, doubt
from bot.delivery.ahead import Ahead
from bot.delivery.attachments import Attachments
from bot.delivery.doubt import Doubt
from bot.delivery.pace import TELEGRAM, Pace
from storage import outbox
from storage.database import Database
from storage.rows import OutboxRow
from storage.transaction import Transaction
from storage.vault import Vault
from tests.bot.conftest import StoppedClock
from tests.bot.stand_in import until
from tests.loaded import DEFINITION

CHATS = range(7001, 7007)


class Telegram:
    """Takes each call a moment to answer; `most` messages were in doubt at the same time."""

    def __init__(self) -> None:
        self.most = 0
        self.calls: list[str] = []
        self.in_doubt: set[str] = set()
        self.seconds = 0.02

    async def call(self, method: str, params: Any, _: Any = None) -> dict[str, int]:
        text = params.get("text", method)
        self.calls.append(text)
        if method == "sendMessage":
            self.in_doubt.add(text)
        self.most = max(self.most, len(self.in_doubt))
        await asyncio.sleep(self.seconds)
        return {"message_id": len(self.calls)}

    def written(self, _: Transaction, row: OutboxRow, __: Any) -> None:
        self.in_doubt.discard(row.payload.get("text", ""))


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
async def sides(database: Database, vault: Vault, telegram: Telegram) -> AsyncIterator[list[Delivery]]:
    """Both bots of one program."""
    shared = Doubt(kept=True)
    made = [
        Delivery(
            bot=bot,
            channel=telegram,
            database=database,
            pace=Pace(None),
            doubt=shared,
            ahead=Ahead(attach=Attachments(database=database, vault=vault, definition=lambda: DEFINITION).attach),
            after_sent=telegram.written,
            after_failed=lambda *_: None,
            after_moved=lambda *_: None,
        )
        for bot in ("patient", "desk")
    ]
    yield made
    for side in made:
        await side.drain()


async def put(database: Database, bot: str, text: str, chat: int, method: str = "sendMessage") -> None:
    row = {"bot": bot, "chat_id": chat, "method": method, "payload": {"text": text}, "kind": "k"}
    await database.transact(lambda tx: outbox.put(tx, **row))


async def all_sent(database: Database, sides: list[Delivery]) -> None:
    work = [asyncio.create_task(side.run()) for side in sides if not side._running]

    async def nothing_left() -> bool:
        return not await database.read(outbox.backlog)

    await until(nothing_left)
    for side in sides:
        await side.drain()
    await asyncio.gather(*work)


async def test_one_message_is_in_doubt_whichever_bot_sends(
    database: Database, sides: list[Delivery], telegram: Telegram
) -> None:
    for chat in CHATS:
        await put(database, "patient", f"p{chat}", chat)
        await put(database, "desk", f"d{chat}", chat)
    await all_sent(database, sides)
    assert len(telegram.calls) == 2 * len(CHATS)
    assert telegram.most == 1


async def test_what_makes_no_message_waits_for_nobody(database: Database, sides: list[Delivery], telegram: Telegram) -> None:
    telegram.seconds = doubt.PATIENCE / 2
    await put(database, "patient", "message", CHATS[0])
    await put(database, "desk", "edit", CHATS[1], "editMessageText")
    await put(database, "desk", "message too", CHATS[2])
    await all_sent(database, sides)
    assert telegram.calls[-1] == "message too"
    assert telegram.most == 1


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, len(CHATS)])
async def test_many_that_are_late_go_at_the_pace_of_the_bot(
    database: Database, sides: list[Delivery], telegram: Telegram, clock: StoppedClock, count: int
) -> None:
    for side in sides:
        side.pace = Pace(TELEGRAM)
    telegram.seconds = 4 * doubt.HURRY
    work = [asyncio.create_task(side.run()) for side in sides]
    await until(lambda: all(side._running for side in sides))
    for chat in CHATS[:count]:
        await put(database, "patient", f"p{chat}", chat)
    clock.shift(doubt.LATE + timedelta(seconds=1))
    await all_sent(database, sides)
    await asyncio.gather(*work)
    assert (telegram.most > 1) is (count > PACED_BATCH)


async def test_what_was_late_before_the_start_does_not_hurry(
    database: Database, sides: list[Delivery], telegram: Telegram, clock: StoppedClock
) -> None:
    for chat in CHATS:
        await put(database, "patient", f"p{chat}", chat)
    telegram.seconds = 2 * doubt.HURRY
    clock.shift(doubt.LATE + timedelta(seconds=1))
    await all_sent(database, sides)
    assert telegram.most == 1


def test_a_long_call_holds_others_up_once() -> None:
    now = [100.0]
    some = Doubt(kept=True, clock=lambda: now[0])
    some.begin("sendDocument", 1)
    assert some.wait("sendMessage") > 0
    assert some.wait("sendMessage", late=True) > 0
    assert some.wait("editMessageText") == 0
    now[0] += doubt.HURRY
    assert some.wait("sendMessage") > 0
    assert some.wait("sendMessage", late=True) == 0
    now[0] += doubt.PATIENCE
    assert some.wait("sendMessage") == 0
    some.begin("sendMessage", 2)
    some.back(2)
    now[0] += doubt.PATIENCE
    assert some.wait("sendMessage", late=True) > 0  # it is not written down yet
    some.end([2])
    assert some.wait("sendMessage") == 0
