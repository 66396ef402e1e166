"""Why a way was not open for a case, with the picture of the protocols at that time: the newest one of a case counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from storage.schema.support_tables import ClosedPaths
from storage.tables import table

if TYPE_CHECKING:
    from datetime import datetime

    from storage.transaction import Transaction

_paths = table(ClosedPaths)
_INSERT = _paths.insert()
_OF_CASE = select(_paths).where(_paths.c.case_id == bindparam("case_id_")).order_by(_paths.c.id)
_CASES = select(_paths.c.case_id).distinct().order_by(_paths.c.case_id)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedPath:
    """`reason`: a code of the definition; `picture`: a JSON value, as it was given to `add`."""

    case_id: int
    reason: str
    picture: Any = field(repr=False)
    by: int
    at: datetime


def add(tx: Transaction, case_id: int, *, reason: str, picture: object, by: int) -> None:
    """Write down that a way closed."""
    sealed = tx.seal_json(picture, _context(case_id))
    tx.execute(_INSERT, {"case_id": case_id, "reason": reason, "body": sealed, "by": by, "at": tx.now})


def of_case(tx: Transaction, case_id: int) -> list[ClosedPath]:
    """Every closed way of a case, oldest first."""
    return [
        ClosedPath(
            case_id=row.case_id, reason=row.reason, picture=tx.unseal_json(row.body, _context(case_id)), by=row.by, at=row.at
        )
        for row in tx.rows(_OF_CASE, {"case_id_": case_id})
    ]


def case_ids(tx: Transaction) -> list[int]:
    """Every case for which a way closed once."""
    return [row.case_id for row in tx.rows(_CASES)]


def _context(case_id: int) -> str:
    return f"closed_paths.body:{case_id}"
