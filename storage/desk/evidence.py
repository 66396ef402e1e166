"""How well criteria are shown, and when answers that grow old were told. Only a keyed digest says which answers a grade stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.tables import AnswerDays, EvidenceGrades, table

if TYPE_CHECKING:
    from datetime import datetime

    from storage.transaction import Transaction

_grades, _days = table(EvidenceGrades), table(AnswerDays)
_grade = insert(_grades)
_PUT = _grade.on_conflict_do_update(
    index_elements=["chat_id", "criterion"], set_={name: _grade.excluded[name] for name in ("grade", "by", "basis", "at")}
)
_GRADES = select(_grades.c.criterion, _grades.c.grade, _grades.c.basis).where(_grades.c.chat_id == bindparam("chat_id_"))
_day = insert(_days)
_TOLD = _day.on_conflict_do_update(index_elements=["chat_id", "link_id"], set_={"at": _day.excluded.at})
_ALL_DAYS = select(_days.c.link_id, _days.c.at).where(_days.c.chat_id == bindparam("chat_id_"))


def put(tx: Transaction, chat_id: int, criterion: str, grade: str, *, by: int, basis: str) -> None:
    """Keep a grade. `basis`: the answers that it stands for, as one text; of it only the digest is kept."""
    values = {"chat_id": chat_id, "criterion": criterion, "grade": grade, "by": by, "basis": _digest(tx, basis), "at": tx.now}
    tx.execute(_PUT, values)


def grades(tx: Transaction, chat_id: int, bases: Mapping[str, str]) -> dict[str, str]:
    """Criterion -> grade, where it was given to the answers as they are now. `bases`: criterion -> the text as in `put`."""
    rows = tx.rows(_GRADES, {"chat_id_": chat_id})
    return {row.criterion: row.grade for row in rows if row.basis == _digest(tx, bases.get(row.criterion, ""))}


def told(tx: Transaction, chat_id: int, link_id: str) -> None:
    """An answer that grows old was told now, or told again."""
    tx.execute(_TOLD, {"chat_id": chat_id, "link_id": link_id, "at": tx.now})


def told_at(tx: Transaction, chat_id: int) -> dict[str, datetime]:
    """LinkId -> when it was told last."""
    return {row.link_id: row.at for row in tx.rows(_ALL_DAYS, {"chat_id_": chat_id})}


def _digest(tx: Transaction, basis: str) -> str:
    digest = tx.keys.digest()
    digest.update(b"evidence" + basis.encode())
    return digest.hexdigest()
