"""One conversation each. `lock` serialises everything that happens in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.keeping.erasure import erase
from storage.rows import Chat
from storage.tables import Chats, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.transaction import Transaction

__all__ = ["erase", "get", "hold", "lock", "of_telegram", "update"]

_chats = table(Chats)
_OF_TELEGRAM = select(_chats).where(_chats.c.telegram_id == bindparam("telegram_id_"))
_LOCK = _OF_TELEGRAM.with_for_update(key_share=True)
_GET = select(_chats).where(_chats.c.id == bindparam("id_"))
_LOCK_ID = _GET.with_for_update(key_share=True)
_HOLD = select(_chats.c.id).where(_chats.c.telegram_id == bindparam("telegram_id_")).with_for_update(key_share=True)
_INSERT = insert(_chats).on_conflict_do_nothing()
_UPDATE = _chats.update().where(_chats.c.id == bindparam("id_"))


def lock(tx: Transaction, telegram_id: int, *, hint: str | None = None) -> Chat:
    """The chat of this Telegram account, made if it is not there, held until the transaction ends.

    hint: the client's language code, kept with a new chat.
    """
    row = tx.row(_LOCK, {"telegram_id_": telegram_id})
    if row is None:
        tx.execute(_INSERT, _new(tx, telegram_id, hint))
        row = tx.row(_LOCK, {"telegram_id_": telegram_id})
        assert row is not None  # just inserted
    return Chat(**row._asdict())


def hold(tx: Transaction, telegram_id: int) -> Callable[[], bool]:
    """Holds the chat of this Telegram account until the transaction ends; gives whether there was one. SQLite has one writer anyway."""
    if not tx.on_server:
        return lambda: True
    held = tx.later(_HOLD, {"telegram_id_": telegram_id})
    return lambda: held().first() is not None


def get(tx: Transaction, chat_id: int, *, locked: bool = False) -> Chat:
    """A chat by our own id. Raises KeyError."""
    row = tx.row(_LOCK_ID if locked else _GET, {"id_": chat_id})
    if row is None:
        raise KeyError(chat_id)
    return Chat(**row._asdict())


def of_telegram(tx: Transaction, telegram_id: int) -> Chat | None:
    """The chat of a Telegram account, if there is one."""
    row = tx.row(_OF_TELEGRAM, {"telegram_id_": telegram_id})
    return None if row is None else Chat(**row._asdict())


def update(tx: Transaction, chat_id: int, **changes: Any) -> None:
    """Set columns by the names of Chat's fields. Raises on a name that is not one."""
    tx.later(_UPDATE, {"id_": chat_id, **changes})


def _new(tx: Transaction, telegram_id: int, hint: str | None) -> dict[str, Any]:
    return {
        "telegram_id": telegram_id,
        "language_hint": hint,
        "talking": False,
        "state": "open",
        "reminders_on": True,
        "last_heard_at": tx.now,
        "created_at": tx.now,
    }
