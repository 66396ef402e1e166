"""Whether the database answers: a read that touches the file or the server and no table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from storage.transaction import Transaction

QUESTIONS = {"sqlite": text("PRAGMA schema_version"), "postgresql": text("SELECT 1")}


def probe(tx: Transaction) -> bool:
    """True; or the driver's error is raised."""
    return tx.row(QUESTIONS[tx.connection.dialect.name]) is not None
