"""What the desk was reminded of: how often, about which wait. And which open cases may have something that waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.rows import Case
from storage.schema.desk_tables import Nudges
from storage.tables import Cases, Chats, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.transaction import Transaction

_nudges, _cases, _chats = table(Nudges), table(Cases), table(Chats)
_insert = insert(_nudges)
_PUT = _insert.on_conflict_do_update(
    index_elements=["case_id", "about"], set_={name: _insert.excluded[name] for name in ("since", "times", "at")}
)
_TOLD = select(_nudges).where(_nudges.c.case_id.in_(bindparam("ids_", expanding=True)))
_alarmed = _cases.c.red_flag_at.is_not(None) & (
    _cases.c.red_flag_ack_at.is_(None) | (_cases.c.red_flag_ack_at < _cases.c.red_flag_at)
)
_WATCHED = (
    select(_cases)
    .join(_chats, _chats.c.id == _cases.c.chat_id)
    .where(
        _cases.c.closed_at.is_(None),
        _cases.c.id > bindparam("after_"),
        or_(_cases.c.holder.is_(None), _alarmed, _chats.c.last_heard_at >= bindparam("heard_")),
    )
    .order_by(_cases.c.id)
    .limit(bindparam("limit_"))
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Nudge:
    """How often the desk was reminded of one wait, and since when that lasts."""

    since: datetime
    times: int


def watched(tx: Transaction, *, after: int, heard: datetime, limit: int = 500) -> list[Case]:
    """Open cases above an id that nobody holds, that have a red flag, or whose patient's side was heard since then."""
    return [Case(**row._asdict()) for row in tx.rows(_WATCHED, {"after_": after, "heard_": heard, "limit_": limit})]


def told(tx: Transaction, case_ids: Sequence[int]) -> dict[tuple[int, str], Nudge]:
    """What was said last, by case and what about."""
    rows = tx.rows(_TOLD, {"ids_": list(case_ids)})
    return {(row.case_id, row.about): Nudge(since=row.since, times=row.times) for row in rows}


def put(tx: Transaction, case_id: int, about: str, *, since: datetime, times: int) -> None:
    tx.execute(_PUT, {"case_id": case_id, "about": about, "since": since, "times": times, "at": tx.now})
