"""Every test that takes `db` runs on SQLite, and again on PostgreSQL where its server programs are installed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from storage.database import Database
from storage.sealed.keyring import Keyring
from tests import template
from tests.storage.server import Server, empty


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **step: float) -> None:
        self.now += timedelta(**step)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with all tables, all of them empty."""
    if request.param == "sqlite":
        return template.copy_to(tmp_path)
    server: Server = request.getfixturevalue("postgres")
    empty(server.url("careline"))
    return server.url("careline")


@pytest.fixture
async def db(url: str, keys: Keyring, clock: Clock) -> AsyncIterator[Database]:
    database = Database.open(url, keys=keys, clock=clock)
    yield database
    await database.close()


@pytest.fixture
def peek(url: str):  # type: ignore[no-untyped-def]
    """Read (or damage) the tables behind the store's back."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))

    def run(statement: str, **parameters: object) -> list[tuple[object, ...]]:
        with engine.begin() as connection:
            result = connection.execute(text(statement), parameters)
            return [tuple(row) for row in result] if result.returns_rows else []

    yield run
    engine.dispose()
