"""What the fate of an outbox row means: for the desk's topics and ticks, and for whether a patient can be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channel import Rejected, Unreachable
from bot.effects import reach, settling, topics, undoing
from bot.effects.group import Group
from bot.effects.scene import DESK, PASSED_ON, PATIENT, call_patient
from bot.messages import Message
from bot.wording import talk
from storage import chats, outbox
from storage.desk import moving

if TYPE_CHECKING:
    from bot.effects.scene import House
    from storage.rows import OutboxRow
    from storage.transaction import Transaction

NUMBERED = (undoing.KIND, undoing.SHOWN)  # kinds of the rows whose keys hold a number of a message in the group


def after_sent(tx: Transaction, house: House, row: OutboxRow, result: Any) -> None:
    settling.after_sent(tx, house, row, result)


def after_failed(tx: Transaction, house: House, row: OutboxRow, error: Exception) -> None:
    """A person who blocked the bot or is gone gets nothing more until they write again; a sign that cannot be shown is said."""
    settling.after_failed(tx, house, row, error)
    chat = chats.of_telegram(tx, row.chat_id) if row.bot == PATIENT else None
    if chat is None:
        return
    match error:
        case Unreachable():
            chats.update(tx, chat.id, unreachable_at=tx.now)
        case Rejected() if row.kind == PASSED_ON and row.method == "setMessageReaction":
            words = house.catalogues.chosen(chat.language, chat.language_hint)
            (call,) = house.wire.send(Message(text=talk.passed_on(words)), row.chat_id)
            call_patient(tx, row.chat_id, call, kind=PASSED_ON, unique_key=f"{PASSED_ON}/{row.id}")


def after_moved(tx: Transaction, house: House, old: int, new: int) -> None:
    """The staff group got another id: what waits follows it, and who looks after the group hears of it in private. Once."""
    if moving.move(tx, old, new, kinds=NUMBERED):
        group = Group(tx=tx, house=house)
        outbox.move_chat(tx, DESK, old, new)
        reach.moved(group, new)
        topics.stand_anew(group)
