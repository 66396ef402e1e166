"""Every test that takes `db` runs on SQLite, and again on PostgreSQL where its server programs are installed."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from storage.database import Database
from storage.keyring import Keyring
from tests.storage.server import NoServer, Server, empty


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


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.open(tmp_path_factory.mktemp("keys") / "keys")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, keys: Keyring) -> Path:
    """A migrated file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "careline.db"
    _migrate(f"sqlite:///{path}", keys)
    return path


@pytest.fixture(scope="session")
def postgres(keys: Keyring) -> Iterator[Server]:
    """A server of our own with one migrated database."""
    try:
        server = Server.start()
    except NoServer as reason:
        pytest.skip(f"PostgreSQL is not tested here: {reason}")
    try:
        server.create("careline")
        _migrate(server.url("careline"), keys)
        yield server
    finally:
        server.stop()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with all tables, all of them empty."""
    if request.param == "sqlite":
        path = tmp_path / "careline.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        return f"sqlite:///{path}"
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


def _migrate(url: str, keys: Keyring) -> None:
    database = Database.open(url, keys=keys)
    database.migrate()
    asyncio.run(database.close())
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
