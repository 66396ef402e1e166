"""What all tables share: UTC times, text that a stranger chose, row ids, partial indexes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, DateTime, Integer, String, text
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Dialect

# SQLite numbers rows by itself only in a column that is called INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")

COUNTED = {"sqlite_autoincrement": True}
"""Of a table whose ids are never given twice, not even after the newest row was deleted."""

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Due time of what has no due time: it is due whatever the clock says, also after the clock jumped back."""


def where(condition: str) -> dict[str, Any]:
    """A partial index on both databases. Conditions are literal: SQLite does not match a bound parameter to them."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class NaiveTime(ValueError):
    """A time without a zone was given to the store."""


def utc(value: datetime) -> datetime:
    """The same moment in UTC. Raises NaiveTime."""
    if value.tzinfo is None:
        raise NaiveTime(NaiveTime.__doc__)
    return value.astimezone(UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept in UTC: timestamptz on PostgreSQL, sortable text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        aware = utc(value)
        return aware.replace(tzinfo=None) if dialect.name == "sqlite" else aware

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)

    def bind_processor(self, dialect: Dialect) -> Any:
        """SQLite's text in one go: the way through its own type takes four times as long, several times a turn."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


@lru_cache(maxsize=64)  # nearly all that is written in a turn has the time of the turn
def _as_text(value: datetime | None) -> str | None:
    return None if value is None else utc(value).replace(tzinfo=None).isoformat(" ", "microseconds")


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")  # a tenth of what putting UTC in takes


class StrangeText(TypeDecorator[str]):
    """Short text that somebody outside chose (a file id, a declared type, a language code): always storable.

    PostgreSQL refuses NUL and neither database takes a lone surrogate, so both are replaced; the length is bounded.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        if value is None:
            return None
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:1000]
