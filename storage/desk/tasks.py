"""Tasks of a case as rows: what the family or the desk has to see to, until when, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from storage.schema.support_tables import Tasks
from storage.tables import table

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Row

    from storage.transaction import Transaction

_tasks = table(Tasks)
_INSERT = _tasks.insert().returning(_tasks.c.id)
_CHANGE = _tasks.update().where(_tasks.c.id == bindparam("id_"))
_GET = select(_tasks).where(_tasks.c.id == bindparam("id_"))
_OF_CASE = select(_tasks).where(_tasks.c.case_id == bindparam("case_id_")).order_by(_tasks.c.id)


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """`item`: id in the definition, "" where `body` says what it is; `owner`: family | desk; `day`: the date that it asked for."""

    id: int
    case_id: int
    item: str
    owner: str
    state: str
    body: str | None = field(repr=False)
    note: str | None = field(repr=False)
    due: date | None
    day: date | None
    by: int
    created_at: datetime
    changed_at: datetime


def add(
    tx: Transaction, case_id: int, *, item: str, owner: str, by: int, due: date | None = None, body: str | None = None
) -> int:
    """A new open task; `by`: a coordinator, 0 when a rule opened it. Returns its id."""
    values = {"case_id": case_id, "item": item, "owner": owner, "state": "open", "due": due, "by": by}
    row = {**values, "body": tx.maybe_seal(body, _context(case_id)), "created_at": tx.now, "changed_at": tx.now}
    return int(tx.execute(_INSERT, row).scalar_one())


def change(tx: Transaction, task: Task, **changes: Any) -> None:
    """Write some of state, due, day and note."""
    if "note" in changes:
        changes["note"] = tx.maybe_seal(changes["note"], _context(task.case_id))
    tx.execute(_CHANGE, {"id_": task.id, "changed_at": tx.now, **changes})


def get(tx: Transaction, task_id: int) -> Task | None:
    """One task; whose it is, is for the caller to check."""
    row = tx.row(_GET, {"id_": task_id})
    return None if row is None else _task(tx, row)


def of_case(tx: Transaction, case_id: int) -> list[Task]:
    """Every task of a case, oldest first. The caller has checked who asks (`storage.cases.access`)."""
    return [_task(tx, row) for row in tx.rows(_OF_CASE, {"case_id_": case_id})]


def _task(tx: Transaction, row: Row[tuple[object, ...]]) -> Task:
    values = row._asdict()
    context = _context(values["case_id"])
    return Task(**{**values, "body": tx.maybe_unseal(row.body, context), "note": tx.maybe_unseal(row.note, context)})


def _context(case_id: int) -> str:
    return f"tasks:{case_id}"
