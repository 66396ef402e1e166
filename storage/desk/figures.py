"""Counts of the whole desk, for a look at it from above. No names, no words of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, literal_column, or_, select

from storage.schema.support_tables import Submissions
from storage.tables import Cases, Chats, Responses, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from storage.transaction import Transaction

_chats, _responses, _cases, _submissions = table(Chats), table(Responses), table(Cases), table(Submissions)
_NONE = timedelta()
_open = _cases.c.closed_at.is_(None)
_free = and_(_open, _cases.c.holder.is_(None))
_seen = func.coalesce(_cases.c.red_flag_ack_at >= _cases.c.red_flag_at, literal_column("false"))
_alarmed = and_(_open, _cases.c.red_flag_at.is_not(None), ~_seen)


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """`funnel`: of those who wrote first within a span, how many came how far. `ages`: open cases up to each age, and older ones."""

    open: int
    free: int
    oldest_free: datetime | None
    alarmed: int
    opened: int
    closed: int
    ages: tuple[int, ...]
    languages: tuple[tuple[str | None, int], ...]
    funnel: tuple[int, int, int, int, int]


def gather(tx: Transaction, *, since: datetime, cohort: datetime, ages: Sequence[timedelta]) -> Figures:
    """`since`: from when "opened" and "closed" count; `cohort`: from when the funnel's people wrote first."""
    row = tx.row(
        select(
            _count(_open).label("open"),
            _count(_free).label("free"),
            func.min(case((_free, _cases.c.opened_at))).label("oldest_free"),
            _count(_alarmed).label("alarmed"),
            _count(_cases.c.opened_at >= since).label("opened"),
            _count(_cases.c.closed_at >= since).label("closed"),
        )
    )
    assert row is not None  # counts are always one row
    return Figures(
        **row._asdict(),
        ages=_ages(tx, ages),
        languages=_languages(tx),
        funnel=_funnel(tx, cohort),
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _ages(tx: Transaction, ages: Sequence[timedelta]) -> tuple[int, ...]:
    """How many are at least so old, each less those that are older than the next."""
    older = [tx.row(select(func.count().label("n")).where(_open, _cases.c.opened_at <= tx.now - age)) for age in (_NONE, *ages)]
    counts = [int(row.n) if row else 0 for row in older]
    return tuple(more - fewer for more, fewer in pairwise((*counts, 0)))


def _languages(tx: Transaction) -> tuple[tuple[str | None, int], ...]:
    many = func.count().label("many")
    joined = _cases.join(_chats, _chats.c.id == _cases.c.chat_id)
    found = select(_chats.c.language, many).select_from(joined).where(_open).group_by(_chats.c.language)
    return tuple((row.language, row.many) for row in tx.rows(found.order_by(many.desc(), _chats.c.language)))


def _funnel(tx: Transaction, cohort: datetime) -> tuple[int, int, int, int, int]:
    """Who wrote, who answered all questions, who came to the desk, whose case was sent to a hospital, who was treated."""
    new = _chats.c.created_at >= cohort
    of_case = _cases.c.chat_id.in_(select(_chats.c.id).where(new))
    done = select(_responses.c.chat_id).where(_responses.c.status != "in-progress")
    sent = select(_submissions.c.case_id)
    counts = (
        select(func.count()).select_from(_chats).where(new),
        select(func.count()).select_from(_chats).where(new, _chats.c.id.in_(done)),
        select(func.count(_cases.c.chat_id.distinct())).where(of_case),
        select(func.count(_cases.c.chat_id.distinct())).where(
            of_case, or_(_cases.c.id.in_(sent), _cases.c.day_zero.is_not(None))
        ),
        select(func.count(_cases.c.chat_id.distinct())).where(of_case, _cases.c.day_zero.is_not(None)),
    )
    wrote, complete, came, went, treated = (int(tx.execute(one).scalar_one()) for one in counts)
    return wrote, complete, came, went, treated
