"""What somebody answered, after the end, to how it was to be looked after: a mark from 1 to 5 and perhaps some words. Once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.schema.support_tables import Ratings
from storage.tables import Cases, table

if TYPE_CHECKING:
    from datetime import datetime

    from storage.transaction import Transaction

_ratings, _cases = table(Ratings), table(Cases)
_INSERT = insert(_ratings).on_conflict_do_nothing(index_elements=["case_id"]).execution_options(preserve_rowcount=True)
_GET = select(_ratings).where(_ratings.c.case_id == bindparam("case_id_"))
_CHANGE = _ratings.update().where(_ratings.c.case_id == bindparam("id_"))
_LISTENING = (
    select(_ratings.c.case_id)
    .join(_cases, _cases.c.id == _ratings.c.case_id)
    .where(_cases.c.chat_id == bindparam("chat_id_"), _ratings.c.word_until > bindparam("now"))
)
_COUNTED = select(_ratings.c.mark, func.count().label("many")).group_by(_ratings.c.mark).order_by(_ratings.c.mark)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rating:
    """`mark`: 1 to 5. `word_until`: until then the next words of this chat belong to it; None: nobody wants to add any."""

    case_id: int
    mark: int
    body: str | None = field(repr=False)
    word_until: datetime | None
    at: datetime


def add(tx: Transaction, case_id: int, mark: int) -> bool:
    """Keep the mark. False: there was one."""
    return tx.changed(_INSERT, {"case_id": case_id, "mark": mark, "body": None, "word_until": None, "at": tx.now})


def listen(tx: Transaction, case_id: int, *, until: datetime) -> None:
    """The next words of the chat belong to the mark."""
    tx.execute(_CHANGE, {"id_": case_id, "word_until": until})


def listening(tx: Transaction, chat_id: int) -> int | None:
    """The case to whose mark the next words of the chat belong."""
    row = tx.row(_LISTENING, {"chat_id_": chat_id, "now": tx.now})
    return None if row is None else row.case_id


def word(tx: Transaction, case_id: int, body: str) -> None:
    """The words that were said with it; no more are waited for."""
    tx.execute(_CHANGE, {"id_": case_id, "body": tx.maybe_seal(body, _context(case_id)), "word_until": None})


def counted(tx: Transaction) -> dict[int, int]:
    """How many there are of each mark."""
    return {row.mark: row.many for row in tx.rows(_COUNTED, {})}


def get(tx: Transaction, case_id: int) -> Rating | None:
    row = tx.row(_GET, {"case_id_": case_id})
    return None if row is None else Rating(**{**row._asdict(), "body": tx.maybe_unseal(row.body, _context(case_id))})


def _context(case_id: int) -> str:
    return f"ratings.body:{case_id}"
