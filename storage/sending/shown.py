"""What stands in the staff group of a case, by the rows that it went out as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from storage.tables import Outbox, table

if TYPE_CHECKING:
    from storage.transaction import Transaction

_outbox = table(Outbox)
_OF_CASE = (
    select(_outbox.c.sent_message_id)
    .where(_outbox.c.thread_case_id == bindparam("case_id_"), _outbox.c.sent_message_id.is_not(None))
    .order_by(_outbox.c.sent_message_id)
)


def of_case(tx: Transaction, case_id: int) -> list[int]:
    """The ids of its messages there, as far as their rows are kept."""
    return [row.sent_message_id for row in tx.rows(_OF_CASE, {"case_id_": case_id})]
