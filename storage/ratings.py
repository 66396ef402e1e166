"""What somebody answered, after the end, to how it was to be looked after: a mark from 1 to 5 and perhaps some words. Once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.support_tables import Ratings
from storage.tables import table

if TYPE_CHECKING:
    from datetime import datetime

    from storage.transaction import Transaction

_ratings = table(Ratings)
_INSERT = insert(_ratings).on_conflict_do_nothing(index_elements=["case_id"]).execution_options(preserve_rowcount=True)
_GET = select(_ratings).where(_ratings.c.case_id == bindparam("case_id_"))
_CHANGE = _ratings.update().where(_ratings.c.case_id == bindparam("id_"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """`mark`: 1 to 5. `word_until`: until then the next words of this chat belong to it."""

    case_id: int
    mark: int
    body: str | None = field(repr=False)
    word_until: datetime | None
    at: datetime


def add(tx: Transaction, case_id: int, mark: int, *, word_until: datetime) -> bool:
    """Keep the mark. False: there was one."""
    values = {"case_id": case_id, "mark": mark, "body": None, "word_until": word_until, "at": tx.now}
    return tx.changed(_INSERT, values)


def word(tx: Transaction, case_id: int, body: str | None) -> None:
    """The words that were said with it; None: there are none, and none are waited for any more."""
    tx.execute(_CHANGE, {"id_": case_id, "body": tx.maybe_seal(body, _context(case_id)), "word_until": None})


def get(tx: Transaction, case_id: int) -> Rating | None:
    row = tx.row(_GET, {"case_id_": case_id})
    return None if row is None else Rating(**{**row._asdict(), "body": tx.maybe_unseal(row.body, _context(case_id))})


def _context(case_id: int) -> str:
    return f"ratings.body:{case_id}"
