"""Every update that Telegram delivered: stored before Telegram is told so, done exactly once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, literal, literal_column, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.tables import Inbox, table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from storage.rows import Bot
    from storage.transaction import Transaction

_inbox = table(Inbox)
_this = (_inbox.c.bot == bindparam("bot_")) & (_inbox.c.update_id == bindparam("update_id_"))
_new = _inbox.c.state == literal_column("'new'")

_INSERT = insert(_inbox).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
_earlier = _inbox.alias("earlier")
# Named in words: what is returned about the row that was written looks at others of its chat.
_behind = select(_earlier.c.update_id).where(
    _earlier.c.bot == literal_column("inbox.bot"),
    _earlier.c.chat_id == literal_column("inbox.chat_id"),
    _earlier.c.state == literal_column("'new'"),
)
_INSERT_NEXT = _INSERT.returning(_behind.limit(1).exists().label("behind"))
_WAITS = select(literal(1)).where(_this, _new)
_TAKE = _inbox.update().where(_this, _new).values(state=literal("done"), payload=None, error=None)
_PENDING = (
    select(_inbox.c.update_id, _inbox.c.payload)
    .where(_inbox.c.bot == bindparam("bot_"), _new)
    .order_by(_inbox.c.received_at, _inbox.c.update_id)
    .limit(bindparam("limit_"))
)
_PENDING_BEFORE = _PENDING.where(_inbox.c.received_at < bindparam("before_"))
_PENDING_IN = _PENDING.where(_inbox.c.chat_id.in_(bindparam("chats_", expanding=True)))
_FAIL = (
    _inbox.update()
    .where(_this, _new)
    .values(
        attempts=_inbox.c.attempts + 1,
        error=bindparam("error_"),
        state=case((_inbox.c.attempts + 1 >= bindparam("after_"), "poison"), else_="new"),
    )
    .returning(_inbox.c.state)
)
_SEEN = (
    select(literal(1))
    .where(
        _inbox.c.bot == bindparam("bot_"),
        _inbox.c.chat_id == bindparam("chat_id_"),
        _inbox.c.message_id == bindparam("message_id_"),
        _inbox.c.update_id != bindparam("update_id_"),
        _inbox.c.state == literal_column("'done'"),
    )
    .limit(1)
)
_PRUNE = _inbox.delete().where(~_new, _inbox.c.received_at < bindparam("before_"))


class Behind(Exception):
    """An earlier update of this chat may be stored and not done yet: this one has to be stored behind it."""


def store(
    tx: Transaction, bot: Bot, update_id: int, payload: Any, *, chat_id: int | None = None, message_id: int | None = None
) -> bool:
    """Keep an update (the raw JSON value). False: it was stored before, whatever became of it.

    Give message_id for new messages only, not for presses or edits: it serves to recognise a message that comes back
    under another update_id.
    """
    return tx.changed(
        _INSERT,
        {
            "bot": bot,
            "update_id": update_id,
            "chat_id": chat_id,
            "message_id": message_id,
            "received_at": tx.now,
            "payload": tx.seal_json(payload, _context(bot, update_id)),
            "state": "new",
            "attempts": 0,
        },
    )


def take(
    tx: Transaction,
    bot: Bot,
    update_id: int,
    *,
    chat_id: int | None = None,
    message_id: int | None = None,
    straight: bool = False,
) -> bool:
    """Mark an update done. True: it was new, and its effects belong into this transaction. False: done or poison already.

    An update that was never stored counts as new, and is written as `store` would (see there for chat_id and message_id). The
    payload of a stored one is emptied: from here on the answers are in the response. Raises Behind for one that was never stored
    when others of its chat wait; and for one that comes `straight` from Telegram and was stored all the same, by a program that did not
    come to say so and may have left others before it.
    """
    return taking(tx, bot, update_id, chat_id=chat_id, message_id=message_id, straight=straight)()


def taking(
    tx: Transaction,
    bot: Bot,
    update_id: int,
    *,
    chat_id: int | None = None,
    message_id: int | None = None,
    straight: bool = False,
) -> Callable[[], bool]:
    """`take`, whose outcome may be asked for when more was read. It has to be: before that nothing may be written."""
    done = {"state": "done", "attempts": 0, "received_at": tx.now, "chat_id": chat_id, "message_id": message_id}
    asked = tx.later(_INSERT_NEXT, {"bot": bot, "update_id": update_id, **done})

    def taken() -> bool:
        written = asked().first()
        if written is not None and written.behind:
            raise Behind
        if written is not None:
            return True
        if straight and tx.row(_WAITS, {"bot_": bot, "update_id_": update_id}):
            raise Behind
        return tx.changed(_TAKE, {"bot_": bot, "update_id_": update_id})

    return taken


def done(tx: Transaction, bot: Bot, update_id: int) -> None:
    """Mark an update done that had no effect."""
    tx.later(_TAKE, {"bot_": bot, "update_id_": update_id})


def pending(
    tx: Transaction, bot: Bot, limit: int, *, before: datetime | None = None, chats: Collection[int] | None = None
) -> list[tuple[int, Any]]:
    """What was stored and not done, in the order of arrival: (update_id, payload); all, or what came before a time or in some chats."""
    given = {"bot_": bot, "limit_": limit}
    if chats is not None:
        rows = tx.rows(_PENDING_IN, {**given, "chats_": list(chats)})
    elif before is not None:
        rows = tx.rows(_PENDING_BEFORE, {**given, "before_": before})
    else:
        rows = tx.rows(_PENDING, given)
    return [(row.update_id, tx.unseal_json(row.payload, _context(bot, row.update_id))) for row in rows]


def fail(tx: Transaction, bot: Bot, update_id: int, error: str, *, quarantine_after: int = 3) -> str:
    """Count a failed try; `error` is a class name. Returns new | poison | done: poison is not tried again."""
    row = tx.row(_FAIL, {"bot_": bot, "update_id_": update_id, "error_": error, "after_": quarantine_after})
    return "done" if row is None else str(row.state)


def seen_message(tx: Transaction, bot: Bot, chat_id: int, message_id: int, *, update_id: int = -1) -> bool:
    """Whether this message was done already under an update other than update_id."""
    parameters = {"bot_": bot, "chat_id_": chat_id, "message_id_": message_id, "update_id_": update_id}
    return tx.row(_SEEN, parameters) is not None


def prune(tx: Transaction, before: datetime) -> int:
    """Forget updates that were done or set aside before that time; Telegram repeats an update for 24 hours at most."""
    return tx.execute(_PRUNE, {"before_": before}).rowcount


def _context(bot: str, update_id: int) -> str:
    return f"inbox.payload:{bot}:{update_id}"
