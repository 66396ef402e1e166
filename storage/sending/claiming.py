"""Which outbox rows may be sent now. The rules stand at the top of storage/outbox.py.

Fresh rows are looked at in order, lane by lane, in a window of WINDOW rows: nearly always enough. When the backlog of a few chats
fills it, the waiting chats are listed instead, one index step each, and the first row of each is taken; when there are more
than CHATS of them, the lane is read on without the chats of the window. So a claim costs about the same whether ten rows wait or a hundred thousand.
Rows that were tried before are kept apart by their next_try_at, and rows that a dead worker left by their lease.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, bindparam, case, func, literal_column, null, or_, select, union_all

from storage.tables import Cases, Outbox, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, FromClause, Row, Select

    from storage.rows import Bot
    from storage.transaction import Transaction

WINDOW = 500
CHATS = 200
_LANES = range(4)
_PAGE = 4  # rows looked at for each row wanted

_outbox = table(Outbox)
_cases = table(Cases)
_other = _outbox.alias("other")
_unsent: tuple[ColumnElement[str], ...] = (literal_column("'waiting'"), literal_column("'sending'"))
_columns = ("id", "chat_id", "lane", "due_at", "created_at")
_needed = (*_columns, "bot", "method", "after_id", "target_outbox_id", "thread_case_id")


def _waiting(rows: FromClause, state: str = "waiting") -> ColumnElement[bool]:
    # Literal, so that both databases see that the partial indexes fit.
    return and_(rows.c.bot == bindparam("bot_"), rows.c.state == literal_column(f"'{state}'"))


def _in_lane(rows: FromClause, lane: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(_waiting(rows), rows.c.next_try_at.is_(None), rows.c.lane == lane)


def _fresh(rows: FromClause, lane: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(_in_lane(rows, lane), rows.c.due_at <= bindparam("now_"))


def _none(column: ColumnElement[Any], *where: ColumnElement[bool]) -> ColumnElement[bool]:
    """No such row. Not `NOT EXISTS`: with a LIMIT PostgreSQL steps into an index for each row, whatever its statistics say."""
    return select(column).where(*where).limit(1).scalar_subquery().is_(None)


def _ready(rows: FromClause) -> ColumnElement[bool]:
    """Nothing of its chat is out, nothing earlier of its chat was tried and waits, and what it needs is there.

    An emergency does not wait for what is out of the last lane: a file of many megabytes may take a minute.
    """
    same_chat = and_(_other.c.bot == rows.c.bot, _other.c.chat_id == rows.c.chat_id)
    earlier = or_(_other.c.due_at < rows.c.due_at, and_(_other.c.due_at == rows.c.due_at, _other.c.id < rows.c.id))
    holding = and_(_other.c.holds_chat, _other.c.next_try_at > bindparam("now_"))
    tried = and_(_other.c.state == literal_column("'waiting'"), _other.c.next_try_at.is_not(None))
    unsent = _other.c.state.in_(_unsent)
    return and_(
        _none(_other.c.id, same_chat, _other.c.state == literal_column("'sending'"), _holds(rows.c.lane)),
        _none(_other.c.id, same_chat, tried, or_(holding, and_(_other.c.lane <= rows.c.lane, earlier))),
        or_(rows.c.after_id.is_(None), _none(_other.c.id, _other.c.id == rows.c.after_id, unsent)),
        or_(rows.c.target_outbox_id.is_(None), _none(_other.c.id, _other.c.id == rows.c.target_outbox_id, unsent)),
        or_(
            rows.c.thread_case_id.is_(None),
            rows.c.method == "createForumTopic",
            select(_cases.c.topic_id).where(_cases.c.id == rows.c.thread_case_id).scalar_subquery().is_not(None),
        ),
    )


def _holds(lane: ColumnElement[Any]) -> ColumnElement[bool]:
    return or_(_other.c.lane < literal_column(str(_LANES[-1])), lane > literal_column(str(_LANES[0])))


def _pick(rows: FromClause) -> list[ColumnElement[Any]]:
    return [rows.c[name] for name in _columns]


def _window(lane: int) -> tuple[Select[Any], Select[Any]]:
    """The ready rows among the first WINDOW of a lane; and a row without id when the lane goes on behind the window."""
    constant: ColumnElement[int] = literal_column(str(lane))
    first = (
        select(*(_outbox.c[name] for name in _needed)).where(_fresh(_outbox, constant)).order_by(_outbox.c.due_at, _outbox.c.id)
    )
    near = first.limit(WINDOW).subquery(f"near_{lane}")
    page = select(*_pick(near)).where(_ready(near)).limit(bindparam("page_")).subquery(f"lane_{lane}")
    end = first.offset(WINDOW).limit(1).subquery(f"end_{lane}")
    return select(*_pick(page)), select(null().label("id"), *_pick(end)[1:])


def _by_chat() -> Select[Any]:
    """Each chat that waits in lane `lane_`, up to CHATS of them, with the id of its first ready row or NULL."""
    lane: ColumnElement[int] = bindparam("lane_")
    chats = select(literal_column(str(-(2**62))).label("chat_id")).cte("chats", recursive=True)
    following = select(func.min(_other.c.chat_id)).where(_in_lane(_other, lane), _other.c.chat_id > chats.c.chat_id)
    chats = chats.union_all(select(following.scalar_subquery()).where(chats.c.chat_id.is_not(None)))
    some = select(chats.c.chat_id).where(chats.c.chat_id.is_not(None)).offset(1).limit(CHATS).subquery("some")
    out = select(_other.c.id).where(_waiting(_other, "sending"), _other.c.chat_id == some.c.chat_id, _holds(lane)).limit(1)
    free = out.correlate(some).scalar_subquery().is_(None)
    row = _outbox.alias("row")
    head = (
        select(row.c.id)
        .where(_fresh(row, lane), row.c.chat_id == some.c.chat_id, _ready(row))
        .order_by(row.c.due_at, row.c.id)
        .limit(1)
        .correlate(some)
        .scalar_subquery()
    )
    return select(case((free, head)).label("id")).select_from(some)


def _behind() -> Select[Any]:
    """The ready rows among the first WINDOW rows of lane `lane_` that belong to other chats than those of its window."""
    lane: ColumnElement[int] = bindparam("lane_")
    near = select(_other.c.chat_id).where(_fresh(_other, lane)).order_by(_other.c.due_at, _other.c.id).limit(WINDOW)
    others = _outbox.c.chat_id.not_in(select(near.subquery("near").c.chat_id))
    first = select(*(_outbox.c[name] for name in _needed)).where(_fresh(_outbox, lane), others)
    far = first.order_by(_outbox.c.due_at, _outbox.c.id).limit(WINDOW).subquery("far")
    return select(*_pick(far)).where(_ready(far)).limit(bindparam("page_"))


_WINDOWS = union_all(*(statement for lane in _LANES for statement in _window(lane)))
_BY_CHAT = _by_chat()
_BEHIND = _behind()
_THESE = select(*_pick(_outbox)).where(_outbox.c.id.in_(bindparam("ids_", expanding=True)))
_TRIED = (
    select(*_pick(_outbox))
    .where(_waiting(_outbox), _outbox.c.next_try_at.is_not(None), _outbox.c.next_try_at <= bindparam("now_"), _ready(_outbox))
    .order_by(_outbox.c.next_try_at)
    .limit(bindparam("page_"))
)
_ABANDONED = select(*_pick(_outbox)).where(_waiting(_outbox, "sending"), _outbox.c.leased_until < bindparam("wall_"))
_gone = {"state": "dropped", "payload": b"", "leased_until": None, "next_try_at": None}
_past = and_(_outbox.c.expires_at.is_not(None), _outbox.c.expires_at <= bindparam("now_"))
_EXPIRE = _outbox.update().where(_waiting(_outbox), _past).values(error="Expired", **_gone)
_EXPIRE_ABANDONED = (
    _outbox.update()
    .where(_waiting(_outbox, "sending"), _outbox.c.leased_until < bindparam("wall_"), _past)
    .values(error="Expired", **_gone)
)
_LOSE = _outbox.update().where(_outbox.c.id == bindparam("id_")).values(error="TargetLost", **_gone)
_ids = select(_outbox.c.id).where(_outbox.c.id.in_(bindparam("ids_", expanding=True)), _outbox.c.state.in_(_unsent))
_CLAIM = (
    _outbox.update()
    .where(_outbox.c.id.in_(_ids.with_for_update(skip_locked=True)))
    .values(
        state="sending", leased_until=bindparam("lease_"), attempts=_outbox.c.attempts + 1, next_try_at=None, holds_chat=False
    )
    .returning(*_outbox.c)
)
_THREADS = select(_cases.c.id, _cases.c.topic_id, _cases.c.number).where(_cases.c.id.in_(bindparam("ids_", expanding=True)))
_TARGETS = select(_outbox.c.id, _outbox.c.sent_message_id).where(_outbox.c.id.in_(bindparam("ids_", expanding=True)))


class Claimed(NamedTuple):
    """A claimed row with what its references stand for at this moment."""

    row: Row[Any]
    thread_id: int | None
    case_number: str | None
    target_message_id: int | None


def claim(tx: Transaction, bot: Bot, *, limit: int, lease: float) -> list[Claimed]:
    """See storage.outbox.claim."""
    tx.exclusive(f"claim:{bot}")
    ids = _choose(tx, limit, {"bot_": bot, "now_": tx.now, "wall_": tx.wall, "page_": limit * _PAGE})
    if not ids:
        return []
    rows = tx.rows(_CLAIM, {"ids_": ids, "lease_": tx.wall + lease})
    threads = _looked_up(tx, _THREADS, (row.thread_case_id for row in rows))
    targets = _looked_up(tx, _TARGETS, (row.target_outbox_id for row in rows))
    nowhere = (None, None)
    claimed = [
        Claimed(row, *threads.get(row.thread_case_id, nowhere), *targets.get(row.target_outbox_id, (None,))) for row in rows
    ]
    return sorted((one for one in claimed if _can_be_sent(tx, one)), key=lambda one: _order(one.row))


def _choose(tx: Transaction, limit: int, parameters: dict[str, Any]) -> list[int]:
    """Ids of the rows to claim, the best lane first, one of each chat."""
    for statement in (_EXPIRE, _EXPIRE_ABANDONED):
        tx.execute(statement, parameters)
    fresh = tx.rows(_WINDOWS, parameters)
    again = [*tx.rows(_ABANDONED, parameters), *tx.rows(_TRIED, parameters)]
    chosen: dict[int, int] = {}  # chat -> row
    for lane in _LANES:
        wanted = limit - len(chosen)
        rows = _of_lane(tx, lane, fresh, wanted, parameters)
        for row in sorted((*rows, *(row for row in again if row.lane == lane)), key=_order):
            if len(chosen) < limit:
                chosen.setdefault(row.chat_id, row.id)
    return list(chosen.values())


def _of_lane(
    tx: Transaction, lane: int, fresh: Sequence[Row[Any]], wanted: int, parameters: dict[str, Any]
) -> Sequence[Row[Any]]:
    """The ready fresh rows of a lane; read deeper when the window shows too few chats and does not show everything."""
    rows = [row for row in fresh if row.lane == lane and row.id is not None]
    goes_on = len(rows) == parameters["page_"] or any(row.lane == lane for row in fresh if row.id is None)
    if not goes_on or len({row.chat_id for row in rows}) >= wanted:
        return rows
    deeper = {**parameters, "lane_": lane}
    heads = tx.rows(_BY_CHAT, deeper)
    if len(heads) == CHATS:
        return [*rows, *tx.rows(_BEHIND, deeper)]
    return tx.rows(_THESE, {"ids_": [head.id for head in heads if head.id is not None]})


def _order(row: Row[Any]) -> tuple[Any, ...]:
    return row.lane, row.due_at, row.id


def _looked_up(tx: Transaction, statement: Select[Any], ids: Iterable[int | None]) -> dict[int | None, Sequence[Any]]:
    wanted = {id_ for id_ in ids if id_ is not None}
    return {row[0]: row[1:] for row in tx.rows(statement, {"ids_": list(wanted)})} if wanted else {}


def _can_be_sent(tx: Transaction, claimed: Claimed) -> bool:
    """An edit of a message that was never sent has nothing to edit."""
    if claimed.row.target_outbox_id is None or claimed.target_message_id is not None:
        return True
    tx.execute(_LOSE, {"id_": claimed.row.id})
    return False
