"""Which case something that was done in the staff group is about, by the place where it was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage import cases, relay

if TYPE_CHECKING:
    from bot.effects.act import DeskArrival
    from storage.rows import Case
    from storage.transaction import Transaction


def case_at(tx: Transaction, arrival: DeskArrival, *, own: bool = False) -> Case | None:
    """The case of the topic; outside all of them the one whose message was answered, or, when it is changed (`own`), this message's."""
    if arrival.private:
        return None
    case = cases.by_topic(tx, arrival.thread_id) if arrival.thread_id is not None else None
    message_id = arrival.message_id if own else arrival.reply_to
    if case is not None or message_id is None:
        return case
    found = relay.case_of(tx, message_id)
    return cases.get(tx, found) if found is not None else None
