"""Brings the tables to the newest revision, from the files inside this package: nobody needs an alembic.ini."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent.parent / "migrations"


def configuration(connection: Connection) -> Config:
    """Alembic's settings for one open connection; also for `alembic.command.revision` by whoever changes a table."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run every revision that is missing, inside the transaction that is open on this connection.

    Nearly every start finds none missing, and alembic need not be loaded to see that.
    """
    if _at(connection) == newest():
        return
    from alembic import command

    command.upgrade(configuration(connection), "head")


def newest() -> str:
    """The last revision of the one line that there is: each file is named by its own, r0001_what.py."""
    return max(file.name[1:5] for file in (FOLDER / "versions").glob("r????_*.py"))


def _at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
