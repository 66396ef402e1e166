"""Brings the tables to the newest revision, from the files inside this package: nobody needs an alembic.ini."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection

FOLDER = Path(__file__).parent / "migrations"


def configuration(connection: Connection) -> Config:
    """Alembic's settings for one open connection; also for `alembic.command.revision` by whoever changes a table."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run every revision that is missing, inside the transaction that is open on this connection."""
    command.upgrade(configuration(connection), "head")
