"""PostgreSQL's driver as the hot path takes it: each statement is prepared once on a connection and then only named.

psycopg's cursor asks the socket around every wait and looks for a plan to reuse; one call of libpq, with psycopg's own adaptation
of values, takes half of its CPU time and less than half of the time until the rows are there. Statements whose outcome nobody waits
for go with the next one in one pipeline: a turn makes five ways to the server instead of twelve.
"""

from __future__ import annotations

import select
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import Error, pq
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError

from storage.engine.statements import Compiled, Done, Statements

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import psycopg
    from sqlalchemy import Dialect

_FLOAT8 = 701  # the only numbers with a fraction here; SQLAlchemy asks which kind it is
_BINARY = 1
_DONE = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)


def statements() -> Statements:
    """Statements with numbered parameters, as the server takes them."""
    dialect: Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
    return Statements(dialect, number=_FLOAT8)


@dataclass(slots=True, eq=False)
class _Asked:
    """One statement with its values as the server takes them, and what came of it."""

    compiled: Compiled
    name: bytes
    parameters: Any
    formats: list[pq.Format]
    result: pq.abc.PGresult | None = None


class Prepared:
    """One connection with what was prepared on it. Not for several threads at once."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._transformer = Transformer(connection)
        self._known: dict[str, bytes] = {}
        self._waiting: list[_Asked] = []

    def begin(self, more: str = "") -> None:
        """Begin a transaction, as psycopg does before a first statement; its own commit and rollback end it. `more`: in one go with it."""
        self._waiting = []
        self._checked(self._connection.pgconn.exec_(b"BEGIN" + more.encode()))

    def run(self, compiled: Compiled, values: Sequence[Any]) -> Done:
        """Run a statement, and before it in one go with it what waits. Raises SQLAlchemy's errors, which never quote a parameter."""
        return self.later(compiled, values)()

    def later(self, compiled: Compiled, values: Sequence[Any]) -> Callable[[], Done]:
        """Runs with the next statement, or when its outcome is asked for."""
        asked = self._asked(compiled, values)
        self._waiting.append(asked)
        return lambda: self._outcome(asked)

    def settle(self) -> None:
        """Run what waits. The first that fails fails for all: the transaction is lost."""
        waiting, self._waiting = self._waiting, []
        if len(waiting) > 1:
            self._together(waiting)
        for one in waiting:
            if one.result is None:
                connection = self._connection.pgconn
                one.result = connection.exec_prepared(one.name, one.parameters, one.formats, _BINARY)
            self._checked(one.result, one.compiled.text)

    def _asked(self, compiled: Compiled, values: Sequence[Any]) -> _Asked:
        name = self._known.get(compiled.text) or self._prepare(compiled.text)
        # Text needs no agreement about the size of a number; bytes would be twice as long in it.
        formats = [PyFormat.BINARY if isinstance(value, bytes) else PyFormat.TEXT for value in values]
        parameters: Any = self._transformer.dump_sequence(values, formats)
        return _Asked(compiled, name, parameters, list(self._transformer.formats or ()))

    def _outcome(self, asked: _Asked) -> Done:
        if asked.result is None:
            self.settle()
        result = asked.result
        assert result is not None
        if asked.compiled.made is None:
            return result.command_tuples or 0, ()
        self._transformer.set_pgresult(result)
        return result.command_tuples or 0, self._transformer.load_rows(0, result.ntuples, tuple)

    def _together(self, waiting: Sequence[_Asked]) -> None:
        """One way to the server for all of them."""
        connection = self._connection.pgconn
        try:
            connection.enter_pipeline_mode()
            for one in waiting:
                connection.send_query_prepared(one.name, one.parameters, one.formats, result_format=_BINARY)
            connection.pipeline_sync()
            for one in waiting:
                one.result = self._next_result()
                self._next_result()  # nothing: each ends so
            self._next_result()  # the end of the pipeline
            connection.exit_pipeline_mode()
        except Error as error:
            raise DBAPIError.instance("", None, error, Error, hide_parameters=True, connection_invalidated=True) from error

    def _next_result(self) -> pq.abc.PGresult | None:
        """Waits outside of Python: libpq would wait inside of it, and nothing else would run."""
        connection = self._connection.pgconn
        while (sending := connection.flush()) or connection.is_busy():
            ready = select.poll()
            ready.register(connection.socket, select.POLLIN | (select.POLLOUT if sending else 0))
            ready.poll()
            connection.consume_input()
        return connection.get_result()

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
