"""What only one program may do at a time: sending for a bot, hearing it, keeping house. Whoever has a duty renews it every few seconds.

A program that is dead or frozen does not, and somebody else takes the duty over: at once when the database saw its connection end,
otherwise when its time is over. Times are those of the database, so that the machines' clocks need not agree; the holder itself counts
from before it asked, and so ends earlier than the time of the row does.

Whoever waits for a duty looks (`standing`) before it asks: asking locks the row, also when the answer is no, and the holder relies on it
in every transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import BigInteger, Boolean, Double, bindparam, case, false, literal_column, null, select, text
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.tables import Duties, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Insert, Select
    from sqlalchemy.sql.dml import ReturningUpdate

    from storage.transaction import Transaction

Standing = Literal["held", "free", "gone"]


@dataclass(frozen=True, kw_only=True)
class Hold:
    """That a duty is held. `pulse`: by which others see at once when the holder is gone; None: they do not."""

    pulse: int | None


_duties = table(Duties)
_CLOCKS = {
    "postgresql": literal_column("extract(epoch from clock_timestamp())", Double),
    "sqlite": literal_column("(julianday('now') - 2440587.5) * 86400.0", Double),
}
# PostgreSQL shows an advisory lock with one number as the two halves of it, and 1.
_SEEN = "EXISTS (SELECT FROM pg_locks WHERE (classid::bigint << 32 | objid::bigint) = {} AND objsubid = 1)"
_LOST = f"duties.pulse IS NOT NULL AND NOT {_SEEN.format('duties.pulse')}"
_given = bindparam("pulse_", type_=BigInteger)
# A pulse that others cannot see (a pooler may be between) is none.
_PULSE = {"postgresql": case((text(_SEEN.format(":pulse_")).bindparams(_given), _given)), "sqlite": null()}
_GONE = {"postgresql": literal_column(f"({_LOST})", Boolean), "sqlite": false()}
_mine = (_duties.c.name == bindparam("name_")) & (_duties.c.holder == bindparam("holder_"))


def _new(dialect: str) -> dict[str, Any]:
    return {"until": _CLOCKS[dialect] + bindparam("seconds_", type_=Double), "pulse": _PULSE[dialect]}


def _take(dialect: str) -> Insert:
    new = {"holder": bindparam("holder_"), **_new(dialect)}
    free = (_duties.c.until < _CLOCKS[dialect]) | (_duties.c.holder == bindparam("holder_")) | _GONE[dialect]
    taken = insert(_duties).values(name=bindparam("name_"), **new)
    return taken.on_conflict_do_update(index_elements=["name"], set_=new, where=free).returning(_duties.c.pulse)


def _renew(dialect: str) -> ReturningUpdate[tuple[int | None]]:
    return _duties.update().where(_mine).values(**_new(dialect)).returning(_duties.c.pulse)


def _look(dialect: str) -> Select[tuple[str, bool, bool]]:
    over, gone = _duties.c.until < _CLOCKS[dialect], _GONE[dialect]
    return select(_duties.c.holder, over.label("over"), gone.label("gone")).where(_duties.c.name == bindparam("name_"))


_TAKE = {dialect: _take(dialect) for dialect in _CLOCKS}
_RENEW = {dialect: _renew(dialect) for dialect in _CLOCKS}
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


def take(tx: Transaction, name: str, holder: str, seconds: float, pulse: int | None = None) -> Hold | None:
    """Take a duty that nobody has, or only somebody who is gone, for so many seconds. None: somebody else has it.

    `pulse`: `Database.pulse` of the holder; without one, others wait for the end of its time.
    """
    return _held(tx, _TAKE, name, holder, seconds, pulse)


def renew(tx: Transaction, name: str, holder: str, seconds: float, pulse: int | None = None) -> Hold | None:
    """Keep it for so many seconds from now. None: somebody took it over, and has it whatever became of them."""
    return _held(tx, _RENEW, name, holder, seconds, pulse)


def _held(tx: Transaction, asked: Mapping[str, Any], name: str, holder: str, seconds: float, pulse: int | None) -> Hold | None:
    values = {"name_": name, "holder_": holder, "seconds_": seconds, "pulse_": pulse}
    row = tx.row(asked[tx.connection.dialect.name], values)
    return None if row is None else Hold(pulse=row.pulse)


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
