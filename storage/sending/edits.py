"""Edits of one message that were not sent yet, found by the message that they are of, however much else waits for its chat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal_column, select

from storage.tables import Outbox, table

if TYPE_CHECKING:
    from storage.transaction import Transaction

_outbox = table(Outbox)
_these = (
    _outbox.c.target_outbox_id == bindparam("target_"),
    _outbox.c.kind == bindparam("kind_"),
    _outbox.c.state == literal_column("'waiting'"),
)
_WAITING = select(_outbox.c.id).where(*_these).limit(1)
_DROP = _outbox.update().where(*_these).values(state="dropped", payload=b"", leased_until=None, next_try_at=None)


def waiting(tx: Transaction, outbox_id: int, kind: str) -> bool:
    """Whether one of this kind waits."""
    return tx.row(_WAITING, {"target_": outbox_id, "kind_": kind}) is not None


def drop(tx: Transaction, outbox_id: int, kind: str) -> None:
    """Those of this kind are out of date. One that is out stays on the books, so that the next one does not overtake it."""
    tx.execute(_DROP, {"target_": outbox_id, "kind_": kind})
