"""Whether the database answers, and whether an error of it will pass."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from storage.transaction import Transaction

QUESTIONS = {"sqlite": text("PRAGMA schema_version"), "postgresql": text("SELECT 1")}


def probe(tx: Transaction) -> bool:
    """A read that touches the file or the server and no table: True, or the driver's error is raised."""
    return tx.row(QUESTIONS[tx.connection.dialect.name]) is not None


def passes(error: Exception) -> bool:
    """A locked database, a full disk or a connection that broke (also during a commit) passes; what the work did wrong does not.

    SQLite gives the same type of error to a statement that is wrong.
    """
    if isinstance(error, OperationalError):
        return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
    return isinstance(error, ConnectionError)
