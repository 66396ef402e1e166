"""Outbox rows that are born as being sent: handed to delivery with the commit that wrote them, without being claimed.

Only when nothing of their chat is unsent (`unsent`), so that nothing is overtaken. They are rows like any other: with an attempt
and a lease from the beginning, so a program that dies leaves them to the next one, and what is not sent at once is given back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.rows import OutboxRow
from storage.schema.columns import AT_ONCE
from storage.tables import Outbox, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement, CursorResult

    from storage.rows import Bot
    from storage.transaction import Outcome, Transaction

_outbox = table(Outbox)


def unsent(bot: ColumnElement[str], chat_id: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether anything of a chat waits or is being sent."""

    def there(state: str, *where: ColumnElement[bool]) -> ColumnElement[bool]:
        # Literal, so that both databases see that the partial indexes fit.
        of_chat = (_outbox.c.bot == bot, _outbox.c.chat_id == chat_id, _outbox.c.state == literal_column(f"'{state}'"))
        return select(_outbox.c.id).where(*of_chat, *where).limit(1).exists()

    fresh = _outbox.c.next_try_at.is_(None)
    return or_(
        there("sending"),
        there("waiting", _outbox.c.next_try_at.is_not(None)),
        *(there("waiting", fresh, _outbox.c.lane == literal_column(str(lane))) for lane in range(4)),
    )


_LATER = ("next_try_at", "error", "sent_message_id", "result", "after_id", "thread_case_id", "unique_key", "sent_at")
_BLANK = dict.fromkeys((*_LATER, "thread_id", "case_number"))
_INSERT = insert(_outbox).returning(_outbox.c.id)
_TARGET = select(_outbox.c.sent_message_id).where(_outbox.c.id == bindparam("id_"))
_GIVE_BACK = (
    _outbox.update()
    .where(
        _outbox.c.id == bindparam("id_"),
        _outbox.c.state == literal_column("'sending'"),
        _outbox.c.attempts == bindparam("attempts_"),
    )
    .values(state="waiting", leased_until=None, attempts=_outbox.c.attempts - 1)
)


@dataclass(slots=True, eq=False)
class Handed:
    """A row that was handed over. It may be on its way to the database until somebody asks for it."""

    _asked: Callable[[], Outcome | CursorResult[Any]]
    _values: dict[str, Any]

    @property
    def id(self) -> int:
        """Its number in the outbox."""
        if "id" not in self._values:
            self._values["id"] = self._asked().scalar_one()
        return int(self._values["id"])

    def row(self) -> OutboxRow:
        """As it was written."""
        return OutboxRow(**{**_BLANK, **self._values, "id": self.id})


def hand(
    tx: Transaction,
    *,
    bot: Bot,
    chat_id: int,
    method: str,
    payload: dict[str, Any],
    kind: str,
    lane: int,
    lease: float,
    expires_at: datetime | None = None,
    target_outbox_id: int | None = None,
    document_id: str | None = None,
) -> Handed | None:
    """Write one call as being sent, `lease`: until when (seconds since the epoch, real time). The parameters are those of outbox.put.

    None: it edits a message that was never sent; nothing is written.
    """
    target = None
    if target_outbox_id is not None:
        found = tx.row(_TARGET, {"id_": target_outbox_id})
        if found is None or found.sent_message_id is None:
            return None
        target = found.sent_message_id
    values: dict[str, Any] = {
        "bot": bot,
        "chat_id": chat_id,
        "lane": lane,
        "kind": kind,
        "method": method,
        "due_at": AT_ONCE,
        "expires_at": expires_at,
        "state": "sending",
        "attempts": 1,
        "leased_until": lease,
        "target_outbox_id": target_outbox_id,
        "document_id": document_id,
        "created_at": tx.now,
    }
    sealed = tx.seal_json(payload, f"outbox.payload:{bot}")
    asked = tx.later(_INSERT, {**values, "payload": sealed, "holds_chat": False})
    return Handed(asked, {**values, "payload": payload, "target_message_id": target})


def give_back(tx: Transaction, rows: Iterable[OutboxRow]) -> None:
    """Rows that were handed over and not tried wait like all others, as if they had never been out."""
    for row in rows:
        tx.later(_GIVE_BACK, {"id_": row.id, "attempts_": row.attempts})
