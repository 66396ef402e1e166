"""Core statements, compiled once and handed to the database's driver as text.

A statement of ours takes SQLite about 10 us; the way there through SQLAlchemy's execution takes 70 to 300. So SQLAlchemy writes the
SQL and knows the types, once for each statement, and the driver runs it (PostgreSQL's: storage/engine/prepared.py). What has to be compiled anew for each call (`IN` of a list,
text) takes SQLAlchemy's own way, on the same connection.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Dialect, Executable
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

    Processor = Callable[[Any], Any]

KNOWN = 2_000  # statements that are kept compiled; there are a few hundred
NO_PARAMETERS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """One statement for one set of parameter names. `fixed`: values that stand in the statement itself, with a gap for each given one."""

    text: str
    fixed: tuple[Any, ...]
    given: tuple[tuple[int, str, Processor | None], ...]
    made: Callable[[Sequence[Any]], Any] | None
    reading: tuple[tuple[int, Processor], ...]

    def values(self, parameters: Mapping[str, Any]) -> list[Any]:
        """What the driver gets, in its order."""
        values = list(self.fixed)
        for at, name, process in self.given:
            values[at] = parameters[name] if process is None else process(parameters[name])
        return values

    def row(self, found: Sequence[Any]) -> Any:
        """A named tuple, with the values as the columns' types give them."""
        if self.reading:
            values = list(found)
            for at, process in self.reading:
                values[at] = process(values[at])
            found = values
        assert self.made is not None
        return self.made(found)


Done = tuple[int, "Sequence[Any]"]
"""How many rows a statement changed, and the rows that it gave."""


class Driver(Protocol):
    """A connection of one database's own driver."""

    def run(self, compiled: Compiled, values: Sequence[Any]) -> Done:
        """Run a statement. Raises SQLAlchemy's errors, which never quote a parameter."""

    def later(self, compiled: Compiled, values: Sequence[Any]) -> Callable[[], Done]:
        """A statement whose outcome is asked for later, or never: it may go to the database together with the next one."""

    def settle(self) -> None:
        """Run what waits. Raises what went wrong with any of it."""


@dataclass(frozen=True, slots=True)
class Sqlite:
    """The driver of SQLite, which remembers by itself what it prepared."""

    connection: sqlite3.Connection

    def run(self, compiled: Compiled, values: Sequence[Any]) -> Done:
        try:
            cursor = self.connection.execute(compiled.text, values)
            return cursor.rowcount, () if compiled.made is None else cursor.fetchall()
        except sqlite3.Error as error:
            raise as_sqlalchemy(error, compiled.text) from error

    def later(self, compiled: Compiled, values: Sequence[Any]) -> Callable[[], Done]:
        """At once: it is no way to the database."""
        done = self.run(compiled, values)
        return lambda: done

    def settle(self) -> None:
        """Nothing waits."""


def as_sqlalchemy(error: Exception, text: str = "") -> BaseException:
    """The driver's error as everybody above knows it."""
    return DBAPIError.instance(text, None, error, sqlite3.Error, hide_parameters=True)


def _maker(names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]  # noqa: PYI024 - the names come with the statement
    made: Callable[[Sequence[Any]], Any] = kind._make
    return made


class Statements:
    """What was compiled for one dialect. `number`: how its driver calls the type of a number with a fraction, if it matters."""

    def __init__(self, dialect: Dialect, number: int | None = None) -> None:
        self._dialect = dialect
        self._number = number
        self._known = lru_cache(KNOWN)(self._compile)

    def compiled(self, statement: Executable, parameters: Mapping[str, Any]) -> Compiled | None:
        """None: the statement has to take SQLAlchemy's way."""
        return self._known(statement, tuple(parameters))

    def _compile(self, statement: Executable, names: tuple[str, ...]) -> Compiled | None:
        if not isinstance(statement, UpdateBase | SelectBase):
            return None
        columns_given = list(names) if isinstance(statement, UpdateBase) else None
        compiled: SQLCompiler = statement.compile(dialect=self._dialect, column_keys=columns_given or None)
        if (
            compiled.post_compile_params
            or compiled.literal_execute_params
            or compiled.insert_prefetch
            or compiled.update_prefetch
        ):
            return None
        binds = [(name, compiled.binds[name]) for name in compiled.positiontup or ()]
        processes = [self._impl(bind.type).bind_processor(self._dialect) for _, bind in binds]
        left = [bind.required or name in names for name, bind in binds]
        columns = compiled._result_columns  # noqa: SLF001 - the compiler has no public name for them
        reading = [self._impl(column.type).result_processor(self._dialect, self._number) for column in columns]
        return Compiled(
            text=str(compiled),
            fixed=tuple(
                None if gap else process(bind.value) if process else bind.value
                for (_, bind), process, gap in zip(binds, processes, left, strict=True)
            ),
            given=tuple(
                (at, name, process)
                for at, ((name, _), process, gap) in enumerate(zip(binds, processes, left, strict=True))
                if gap
            ),
            made=_maker([str(column.keyname) for column in columns]) if columns else None,
            reading=tuple((at, process) for at, process in enumerate(reading) if process is not None),
        )

    def _impl(self, type_: TypeEngine[Any]) -> TypeEngine[Any]:
        return type_.dialect_impl(self._dialect)
