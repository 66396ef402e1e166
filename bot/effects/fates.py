"""What the fate of an outbox row means: for the desk's topics and ticks, and for whether a patient can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channel import Unreachable
from bot.effects import settling
from bot.effects.scene import PATIENT
from storage import chats

if TYPE_CHECKING:
    from bot.effects.scene import House
    from storage.rows import OutboxRow
    from storage.transaction import Transaction


def after_sent(tx: Transaction, house: House, row: OutboxRow, result: Any) -> None:
    settling.after_sent(tx, house, row, result)


def after_failed(tx: Transaction, house: House, row: OutboxRow, error: Exception) -> None:
    """A person who blocked the bot or is gone gets nothing more until they write again."""
    settling.after_failed(tx, house, row, error)
    if row.bot == PATIENT and isinstance(error, Unreachable):
        chat = chats.of_telegram(tx, row.chat_id)
        if chat is not None:
            chats.update(tx, chat.id, unreachable_at=tx.now)
