"""What is to be done next in a case: one sealed line a case, with its day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.rows import NextAct
from storage.schema.desk_tables import NextActs
from storage.tables import Cases, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from storage.transaction import Transaction

_acts, _cases = table(NextActs), table(Cases)
_insert = insert(_acts)
_PUT = _insert.on_conflict_do_update(
    index_elements=["case_id"], set_={name: _insert.excluded[name] for name in ("body", "due", "by", "at")}
)
_GET = select(_acts).where(_acts.c.case_id == bindparam("case_id_"))
_OF = select(_acts).where(_acts.c.case_id.in_(bindparam("ids_", expanding=True)))
_DROP = _acts.delete().where(_acts.c.case_id == bindparam("case_id_"))
_OVERDUE = (
    select(func.count())
    .select_from(_acts.join(_cases, _cases.c.id == _acts.c.case_id))
    .where(_cases.c.closed_at.is_(None), _acts.c.due < bindparam("today_"))
)


def put(tx: Transaction, case_id: int, body: str, *, due: date | None, by: int) -> None:
    """Instead of what was planned before."""
    sealed = tx.seal_text(body, _context(case_id))
    tx.execute(_PUT, {"case_id": case_id, "body": sealed, "due": due, "by": by, "at": tx.now})


def get(tx: Transaction, case_id: int) -> NextAct | None:
    row = tx.row(_GET, {"case_id_": case_id})
    return row and _act(tx, row)


def of(tx: Transaction, case_ids: Sequence[int]) -> dict[int, NextAct]:
    """By case; only those that have one."""
    rows = tx.rows(_OF, {"ids_": list(case_ids)})
    return {row.case_id: _act(tx, row) for row in rows}


def drop(tx: Transaction, case_id: int) -> None:
    """It is done."""
    tx.execute(_DROP, {"case_id_": case_id})


def overdue(tx: Transaction, today: date) -> int:
    """How many open cases have one whose day has passed."""
    return int(tx.execute(_OVERDUE, {"today_": today}).scalar_one())


def _act(tx: Transaction, row: Any) -> NextAct:
    return NextAct(**{**row._asdict(), "body": tx.unseal_text(row.body, _context(row.case_id))})


def _context(case_id: int) -> str:
    return f"next_acts.body:{case_id}"
