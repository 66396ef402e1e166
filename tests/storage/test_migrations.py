"""The revisions build exactly what storage/tables.py says, on both databases, and running them again changes nothing."""

from __future__ import annotations

import asyncio
import re

import pytest
from alembic import op
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, inspect, text
from sqlmodel import SQLModel

import storage.tables  # noqa: F401
from storage.database import Database, UnknownDatabase
from storage.engine import migrate

_INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request, tmp_path, keys):
    """A database of its own, for these tests drop and damage tables."""
    address = f"sqlite:///{tmp_path}/careline.db"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        server.create(tmp_path.name)
        address = server.url(tmp_path.name)
    database = Database.open(address, keys=keys)
    database.migrate()
    asyncio.run(database.close())
    return address


_AUTOINCREMENT = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"


def _picture(connection: Connection) -> dict[str, str]:
    """Index definitions and counted tables, which alembic's comparison does not look at."""
    rows = connection.execute(text(_INDEXES[connection.dialect.name])).all()
    picture = {name: re.sub(r"\s+", " ", sql) for name, sql in rows if not name.startswith("alembic")}
    if connection.dialect.name == "sqlite":
        picture |= {f"counted {row.name}": "" for row in connection.execute(text(_AUTOINCREMENT))}
    return picture


def _address(url: str) -> str:
    return url.replace("postgresql:", "postgresql+psycopg:")


def test_tables_and_revisions_say_the_same(url, tmp_path):
    engine = create_engine(_address(url))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        migrated = _picture(connection)
        connection.rollback()
    with engine.begin() as connection:
        SQLModel.metadata.drop_all(connection)
        SQLModel.metadata.create_all(connection)
        assert _picture(connection) == migrated
    engine.dispose()


def test_the_newest_revision_is_known_without_alembic():
    with create_engine("sqlite://").connect() as connection:
        assert migrate.newest() == ScriptDirectory.from_config(migrate.configuration(connection)).get_current_head()


async def test_migrating_again_changes_nothing(db, peek):
    before = peek("SELECT version_num FROM alembic_version")
    db.migrate()
    assert peek("SELECT version_num FROM alembic_version") == before
    assert len(before) == 1


async def test_several_programs_may_migrate_at_once(db, url, keys, peek):
    with create_engine(_address(url)).begin() as connection:
        SQLModel.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    programs = [Database.open(url, keys=keys) for _ in range(3)]
    await asyncio.gather(*(asyncio.to_thread(program.migrate) for program in programs))
    for program in programs:
        await program.close()
    assert peek("SELECT count(*) FROM chats") == [(0,)]


async def test_a_migration_that_fails_half_way_leaves_nothing(db, url, monkeypatch):
    def tables():
        engine = create_engine(_address(url))
        names = set(inspect(engine).get_table_names())
        engine.dispose()
        return names

    with create_engine(_address(url)).begin() as connection:
        SQLModel.metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
    monkeypatch.setattr(op, "create_index", lambda *_names, **_more: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        db.migrate()
    assert tables() == set()
    monkeypatch.undo()
    db.migrate()
    assert "chats" in tables()


async def test_a_file_gets_its_folder_and_tables(tmp_path, keys):
    database = Database.open(f"sqlite:///{tmp_path}/new/careline.db", keys=keys)
    database.migrate()
    await database.close()
    assert (tmp_path / "new" / "careline.db").exists()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/name"])
def test_an_address_that_cannot_be_used_is_refused(url, keys):
    with pytest.raises(UnknownDatabase):
        Database.open(url, keys=keys)
