"""PostgreSQL's driver as the hot path takes it: each statement is prepared once on a connection and then only named.

psycopg's cursor asks the socket around every wait and looks for a plan to reuse; one call of libpq, with psycopg's own adaptation
of values, takes half of its CPU time and less than half of the time until the rows are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Error, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from storage.statements import Compiled, Statements

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg
    from sqlalchemy import Dialect

_FLOAT8 = 701  # the only numbers with a fraction here; SQLAlchemy asks which kind it is
_BINARY = 1
_DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


def statements() -> Statements:
    """Statements with numbered parameters, as the server takes them."""
    dialect: Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    return Statements(dialect, number=_FLOAT8)


class Prepared:
    """One connection with what was prepared on it. Not for several threads at once."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._transformer = Transformer(connection)
        self._known: dict[str, bytes] = {}

    def begin(self, more: str = "") -> None:
        """Begin a transaction, as psycopg does before a first statement; its own commit and rollback end it. `more`: in one go with it."""
        self._checked(self._connection.pgconn.exec_(b"BEGIN" + more.encode()))

    def run(self, compiled: Compiled, values: Sequence[Any]) -> tuple[int, Sequence[Any]]:
        """How many rows were changed, and the rows. Raises SQLAlchemy's errors, which never quote a parameter."""
        name = self._known.get(compiled.text) or self._prepare(compiled.text)
        # Text needs no agreement about the size of a number; bytes would be twice as long in it.
        formats = [PyFormat.BINARY if isinstance(value, bytes) else PyFormat.TEXT for value in values]
        parameters: Any = self._transformer.dump_sequence(values, formats)
        result = self._connection.pgconn.exec_prepared(name, parameters, self._transformer.formats, _BINARY)
        self._checked(result, compiled.text)
        if compiled.made is None:
            return result.command_tuples or 0, ()
        self._transformer.set_pgresult(result)
        return result.command_tuples or 0, self._transformer.load_rows(0, result.ntuples, tuple)

    def _prepare(self, text: str) -> bytes:
        name = f"careline_{len(self._known)}".encode()
        self._checked(self._connection.pgconn.prepare(name, text.encode()), text)
        self._known[text] = name
        return name

    def _checked(self, result: pq.abc.PGresult, text: str = "") -> None:
        if result.status in _DONE:
            return
        error = error_from_result(result, self._connection.info.encoding)
        lost = self._connection.pgconn.status == pq.ConnStatus.BAD
        raise DBAPIError.instance(text, None, error, Error, hide_parameters=True, connection_invalidated=lost) from error
