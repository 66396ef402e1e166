"""Core statements, compiled once and handed to the database's driver as text.

A statement of ours takes SQLite about 10 us; the way there through SQLAlchemy's execution takes 70 to 300. So SQLAlchemy writes the
SQL and knows the types, once for each statement, and the driver runs it (PostgreSQL's: storage/engine/prepared.py). What has to be compiled anew for each call (`IN` of a list,
text) takes SQLAlchemy's own way, on the same connection.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import SelectBase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Dialect, Executable
    from sqlalchemy.sql.compiler import SQLCompiler
    from sqlalchemy.types import TypeEngine

    Processor = Callable[[Any], Any]

NO_PARAMETERS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """One statement for one set of parameter names. `constants`: values that stand in the statement itself."""

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    binding: tuple[tuple[int, Processor], ...]
    made: Callable[[Sequence[Any]], Any] | None
    reading: tuple[tuple[int, Processor], ...]

    def values(self, parameters: Mapping[str, Any]) -> list[Any]:
        """What the driver gets, in its order."""
        known = {**self.constants, **parameters} if self.constants else parameters
        values = [known[name] for name in self.names]
        for at, process in self.binding:
            values[at] = process(values[at])
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
        self._known: WeakKeyDictionary[Executable, dict[tuple[str, ...], Compiled | None]] = WeakKeyDictionary()

    def compiled(self, statement: Executable, parameters: Mapping[str, Any]) -> Compiled | None:
        """None: the statement has to take SQLAlchemy's way."""
        known = self._known.get(statement)
        if known is None:
            known = self._known[statement] = {}
        names = tuple(parameters) if isinstance(statement, UpdateBase) else ()
        if names not in known:
            known[names] = self._compile(statement, names)
        return known[names]

    def _compile(self, statement: Executable, names: tuple[str, ...]) -> Compiled | None:
        if not isinstance(statement, UpdateBase | SelectBase):
            return None
        compiled: SQLCompiler = statement.compile(dialect=self._dialect, column_keys=list(names) or None)
        if (
            compiled.post_compile_params
            or compiled.literal_execute_params
            or compiled.insert_prefetch
            or compiled.update_prefetch
        ):
            return None
        order = tuple(compiled.positiontup or ())
        types = [compiled.binds[name].type for name in order]
        columns = compiled._result_columns  # noqa: SLF001 - the compiler has no public name for them
        return Compiled(
            text=str(compiled),
            names=order,
            constants={name: bind.value for name, bind in compiled.binds.items() if not bind.required and name not in names},
            binding=self._processors([self._impl(type_).bind_processor(self._dialect) for type_ in types]),
            made=_maker([str(column.keyname) for column in columns]) if columns else None,
            reading=self._processors(
                [self._impl(column.type).result_processor(self._dialect, self._number) for column in columns]
            ),
        )

    def _impl(self, type_: TypeEngine[Any]) -> TypeEngine[Any]:
        return type_.dialect_impl(self._dialect)

    @staticmethod
    def _processors(found: Sequence[Processor | None]) -> tuple[tuple[int, Processor], ...]:
        return tuple((at, process) for at, process in enumerate(found) if process is not None)
