"""What only one program may do at a time: sending for a bot, hearing it, keeping house. Whoever has a duty renews it every few seconds.

A program that is dead or frozen does not, and somebody else takes the duty over: at once when the database saw its connection end,
otherwise when its time is over. Times are those of the database, so that the machines' clocks need not agree; the holder itself counts
from before it asked, and so always ends earlier than the row does.

Whoever waits for a duty looks (`standing`) before it asks: asking locks the row, also when the answer is no, and the holder relies on it
in every transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import BigInteger, Boolean, Double, bindparam, false, literal_column, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.tables import Duties, table

if TYPE_CHECKING:
    from sqlalchemy import Insert, Select

    from storage.transaction import Transaction

Standing = Literal["held", "free", "gone"]

_duties = table(Duties)
_CLOCKS = {
    "postgresql": literal_column("extract(epoch from clock_timestamp())", Double),
    "sqlite": literal_column("(julianday('now') - 2440587.5) * 86400.0", Double),
}
# PostgreSQL shows an advisory lock with one number as the two halves of it, and 1.
_LOST = """duties.pulse IS NOT NULL AND NOT EXISTS (
    SELECT FROM pg_locks WHERE (classid::bigint << 32 | objid::bigint) = duties.pulse AND objsubid = 1
)"""
_GONE = {"postgresql": literal_column(f"({_LOST})", Boolean), "sqlite": false()}
_mine = (_duties.c.name == bindparam("name_")) & (_duties.c.holder == bindparam("holder_"))


def _take(dialect: str) -> Insert:
    now = _CLOCKS[dialect]
    new = {
        "holder": bindparam("holder_"),
        "until": now + bindparam("seconds_", type_=Double),
        "pulse": bindparam("pulse_", type_=BigInteger),
    }
    free = (_duties.c.until < now) | (_duties.c.holder == bindparam("holder_")) | _GONE[dialect]
    taken = insert(_duties).values(name=bindparam("name_"), **new)
    return taken.on_conflict_do_update(index_elements=["name"], set_=new, where=free).returning(_duties.c.holder)


def _look(dialect: str) -> Select[tuple[str, bool, bool]]:
    over, gone = _duties.c.until < _CLOCKS[dialect], _GONE[dialect]
    return select(_duties.c.holder, over.label("over"), gone.label("gone")).where(_duties.c.name == bindparam("name_"))


_TAKE = {dialect: _take(dialect) for dialect in _CLOCKS}
_LOOK = {dialect: _look(dialect) for dialect in _CLOCKS}
# Shared with nobody who takes the duty over: that one waits until this transaction has ended.
_HELD = select(_duties.c.until).where(_mine).with_for_update(read=True)
_LEAVE = _duties.delete().where(_mine)


def standing(tx: Transaction, name: str, holder: str) -> Standing:
    """How it stands with a duty for somebody who would take it: another one has it, it is free, or it is because another one is gone.

    Locks nothing.
    """
    found = tx.row(_LOOK[tx.connection.dialect.name], {"name_": name})
    if found is None or found.holder == holder:
        return "free"
    if found.gone:
        return "gone"
    return "free" if found.over else "held"


def take(tx: Transaction, name: str, holder: str, seconds: float, pulse: int | None = None) -> bool:
    """Take a duty that nobody has, or renew it, for so many seconds. False: somebody else has it.

    `pulse`: `Database.pulse` of the holder; without one, others wait for the end of its time.
    """
    asked = {"name_": name, "holder_": holder, "seconds_": seconds, "pulse_": pulse}
    return tx.row(_TAKE[tx.connection.dialect.name], asked) is not None


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
