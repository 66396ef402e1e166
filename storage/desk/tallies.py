"""Counts of how far people come, kept up to date response by response: what one added before is taken off, what it is now is added."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.schema.desk_tables import Counted, Tallies
from storage.tables import Responses, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from storage.transaction import Transaction

Mark = tuple[str, str]  # what is counted, and of which question; "" of none

_tallies, _counted, _responses = table(Tallies), table(Counted), table(Responses)
_behind = or_(_counted.c.revision.is_(None), _counted.c.revision != _responses.c.revision)
_both = _responses.outerjoin(_counted, _counted.c.response_id == _responses.c.id)
_since = _responses.c.created_at >= bindparam("since_")
_DUE = (
    select(_responses.c.id)
    .select_from(_both)
    .where(_since, _behind)
    .order_by(_responses.c.created_at.desc())
    .limit(bindparam("limit_"))
)
_LEFT = select(func.count().label("many")).select_from(_both).where(_since, _behind)
_BODY = select(_responses.c.revision, _responses.c.body, _responses.c.created_at).where(_responses.c.id == bindparam("id_"))
_BEFORE = select(_counted.c.body).where(_counted.c.response_id == bindparam("id_"))
_put = insert(_counted)
_PUT = _put.on_conflict_do_update(
    index_elements=["response_id"], set_={"revision": _put.excluded.revision, "body": _put.excluded.body}
)
_more = insert(_tallies)
_ADD = _more.on_conflict_do_update(
    index_elements=["day", "what", "link_id"], set_={"many": _tallies.c.many + _more.excluded.many}
)
_SUMS = (
    select(_tallies.c.what, _tallies.c.link_id, func.sum(_tallies.c.many).label("many"))
    .where(_tallies.c.day >= bindparam("from_"))
    .group_by(_tallies.c.what, _tallies.c.link_id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Due:
    """A response that went on since it was counted. `body`: the text of `QuestionnaireResponse.dumps()`."""

    response_id: str
    revision: int
    day: date
    body: str


def due(tx: Transaction, since: datetime, *, limit: int) -> list[str]:
    """Responses begun since then that are to be counted anew, the newest first."""
    return [row.id for row in tx.rows(_DUE, {"since_": since, "limit_": limit})]


def left(tx: Transaction, since: datetime) -> int:
    """How many of them there are."""
    row = tx.row(_LEFT, {"since_": since})
    return int(row.many) if row else 0


def read(tx: Transaction, response_id: str) -> Due | None:
    """None when it was deleted meanwhile."""
    row = tx.row(_BODY, {"id_": response_id})
    if row is None:
        return None
    body = tx.unseal_text(row.body, f"responses.body:{response_id}")
    return Due(response_id=response_id, revision=row.revision, day=row.created_at.date(), body=body)


def fold(tx: Transaction, counted: Iterable[tuple[Due, Iterable[Mark]]]) -> None:
    """Count these responses as they are now; what was deleted meanwhile is passed over. One program at a time, for what one of them takes off another one must have added."""
    tx.exclusive("tallies")
    changes: defaultdict[date, Counter[Mark]] = defaultdict(Counter)
    for one, marks in counted:
        if tx.row(_BODY, {"id_": one.response_id}) is None:
            continue
        now, context = sorted(marks), f"counted.body:{one.response_id}"
        known = tx.row(_BEFORE, {"id_": one.response_id})
        before = [(what, link_id) for what, link_id in tx.unseal_json(known.body, context)] if known else []
        changes[one.day].update(now)
        changes[one.day].subtract(before)
        values = {"response_id": one.response_id, "revision": one.revision}
        tx.execute(_PUT, {**values, "body": tx.seal_json([list(mark) for mark in now], context)})
    for day, many in changes.items():
        for (what, link_id), number in many.items():
            if number:
                tx.execute(_ADD, {"day": day, "what": what, "link_id": link_id, "many": number})


def sums(tx: Transaction, since: date) -> Mapping[Mark, int]:
    """What was counted of responses begun on this day or later."""
    return {(row.what, row.link_id): int(row.many) for row in tx.rows(_SUMS, {"from_": since})}
