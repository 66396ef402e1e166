"""Answers that a program noted and could not write into the store any more: whoever takes up sending writes them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import structlog

from storage import outbox

if TYPE_CHECKING:
    from storage.rows import Bot, OutboxRow
    from storage.sending.answers import Answer, Answers
    from storage.transaction import Transaction

Sent = Callable[["Transaction", "OutboxRow", Any], Callable[[], None]]
Insist = Callable[[Callable[["Transaction"], Any]], Awaitable[Any]]

log = structlog.get_logger("bot.delivery")


async def settle(bot: Bot, answers: Answers, insist: Insist, sent: Sent) -> None:
    """Each in a transaction of its own: one that cannot be written leaves its row to be sent again, and holds up nobody."""
    noted = answers.read()
    for answer in await insist(lambda tx: [one for one in noted if _row(tx, bot, one)]) if noted else ():

        def write(tx: Transaction, answer: Answer = answer) -> None:
            if row := _row(tx, bot, answer):
                sent(tx, row, answer.result)()

        try:
            await insist(write)
        except Exception:
            log.exception("answer_not_written", bot=bot, outbox_id=answer.row_id)
        else:
            log.info("answer_remembered", bot=bot, outbox_id=answer.row_id)
    answers.clear()


def _row(tx: Transaction, bot: Bot, answer: Answer) -> OutboxRow | None:
    """The row that was answered, if the store does not know it."""
    row = outbox.get(tx, answer.row_id)
    return row if row and (row.bot, row.state, row.attempts) == (bot, "sending", answer.attempts) else None
