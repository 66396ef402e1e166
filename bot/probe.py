"""Whether the database answers, and whether an error of it will pass."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy.exc import OperationalError

    from storage.transaction import Transaction

QUESTIONS = {"sqlite": text("PRAGMA schema_version"), "postgresql": text("SELECT 1")}


def probe(tx: Transaction) -> bool:
    """A read that touches the file or the server and no table: True, or the driver's error is raised."""
    return tx.row(QUESTIONS[tx.connection.dialect.name]) is not None


def passes(error: OperationalError) -> bool:
    """A locked database or a full disk passes; SQLite gives the same type of error to a statement that is wrong, and that does not."""
    return getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_ERROR
