"""What only one program may do at a time: sending for a bot, hearing it, keeping house. Whoever has a duty renews it every few seconds.

A program that is dead or frozen does not, and somebody else takes the duty over. Times are those of the database, so that the
machines' clocks need not agree; the holder itself counts from before it asked, and so always ends earlier than the row does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Double, bindparam, literal_column, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.tables import Duties, table

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Insert

    from storage.transaction import Transaction

_duties = table(Duties)
_CLOCKS = {
    "postgresql": literal_column("extract(epoch from clock_timestamp())", Double),
    "sqlite": literal_column("(julianday('now') - 2440587.5) * 86400.0", Double),
}
_mine = (_duties.c.name == bindparam("name_")) & (_duties.c.holder == bindparam("holder_"))


def _take(now: ColumnElement[float]) -> Insert:
    until = now + bindparam("seconds_", type_=Double)
    values = insert(_duties).values(name=bindparam("name_"), holder=bindparam("holder_"), until=until)
    free = (_duties.c.until < now) | (_duties.c.holder == bindparam("holder_"))
    return values.on_conflict_do_update(
        index_elements=["name"], set_={"holder": bindparam("holder_"), "until": until}, where=free
    ).returning(_duties.c.holder)


_TAKE = {dialect: _take(now) for dialect, now in _CLOCKS.items()}
# Shared with nobody who takes the duty over: that one waits until this transaction has ended.
_HELD = select(_duties.c.until).where(_mine).with_for_update(read=True)
_LEAVE = _duties.delete().where(_mine)


def take(tx: Transaction, name: str, holder: str, seconds: float) -> bool:
    """Take a duty that nobody has, or renew it, for so many seconds. False: somebody else has it."""
    statement = _TAKE[tx.connection.dialect.name]
    return tx.row(statement, {"name_": name, "holder_": holder, "seconds_": seconds}) is not None


def held(tx: Transaction, name: str, holder: str) -> bool:
    """Whether nobody took the duty over; and nobody will before this transaction ends, so it is asked once in it."""
    asked = (__name__, name, holder)
    if asked not in tx.known:
        tx.known[asked] = tx.row(_HELD, {"name_": name, "holder_": holder}) is not None
    held: bool = tx.known[asked]
    return held


def leave(tx: Transaction, name: str, holder: str) -> None:
    """Give a duty back, so that nobody has to wait for its end."""
    tx.execute(_LEAVE, {"name_": name, "holder_": holder})
