"""What a program was sending when somebody else took up its duty, or when it starts again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Double, bindparam, case, literal_column

from storage.tables import Outbox, table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from storage.rows import Bot
    from storage.transaction import Transaction

_outbox = table(Outbox)
_out = (_outbox.c.bot == bindparam("bot_"), _outbox.c.state == literal_column("'sending'"))
_RELEASE = _outbox.update().where(*_out).values(state="waiting", leased_until=None)
_claimed = _outbox.c.leased_until - bindparam("less_", type_=Double)
_latest: ColumnElement[float] = bindparam("latest_", type_=Double)
_SHORTEN = (
    _outbox.update()
    .where(*_out, _outbox.c.leased_until > bindparam("long_", type_=Double))
    .values(leased_until=case((_claimed < _latest, _claimed), else_=_latest))
)


def release(tx: Transaction, bot: Bot, *, lease: float = 0.0, waits: float = 0.0) -> int:
    """What a program before was sending is waiting again, without waiting for the end of its `lease` (seconds).

    `waits`: it may be alive, and has so many seconds since it claimed a row to say what became of it; not longer from now, since two
    programs' clocks need not agree. What was shortened before, and so has less than half of a lease left, stays as it is: who has that
    row may live, whatever became of whoever had the duty after that. Returns how many rows.
    """
    if not waits:
        return tx.execute(_RELEASE, {"bot_": bot}).rowcount
    values = {"bot_": bot, "latest_": tx.wall + waits, "less_": lease - waits, "long_": tx.wall + lease / 2}
    return tx.execute(_SHORTEN, values).rowcount
