"""What every storage function takes first: one open transaction, the keys, and the time it happens at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import text

from storage.engine import json_text
from storage.engine.statements import NO_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection, CursorResult, Executable, Row

    from storage.engine.statements import Driver, Statements
    from storage.sealed.keyring import Keyring

_EXCLUSIVE = text("SELECT pg_advisory_xact_lock(:name)")


class AfterRollback(Exception):
    """The work is undone, yet something must be written: `afterwards` runs in a transaction of its own, then the error is raised."""

    def afterwards(self, tx: Transaction) -> None:
        """What is still written."""
        raise NotImplementedError


class Outcome(NamedTuple):
    """What a statement did: how many rows it changed, or the rows that it gave."""

    rowcount: int
    rows: Sequence[Any]

    def first(self) -> Any:
        """The first row, if any."""
        return self.rows[0] if self.rows else None

    def scalar_one(self) -> Any:
        """The only value of the only row."""
        ((value,),) = self.rows
        return value


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction. Nothing here commits.

    now: the injected clock, read once; all times written are this one. It may be shifted (the sandbox moves it).
    wall: seconds since the epoch by the machine's own clock, never shifted; for leases only.
    known: what stays true until the database's transaction ends; all works that are committed together share it.
    """

    connection: Connection
    keys: Keyring
    now: datetime
    wall: float
    driver: Driver | None = None
    statements: Statements | None = None
    known: dict[Any, Any] = field(default_factory=dict)

    def execute(self, statement: Executable, parameters: Any = None) -> Outcome | CursorResult[Any]:
        """Run a Core statement; by the database's driver itself where it can be (see storage/engine/statements.py)."""
        if self.statements is not None and self.driver is not None:
            known = parameters or NO_PARAMETERS
            compiled = self.statements.compiled(statement, known)
            if compiled is not None:
                changed, rows = self.driver.run(compiled, compiled.values(known))
                return Outcome(changed, [compiled.row(found) for found in rows])
            self.driver.settle()
        return self.connection.execute(statement, parameters)

    def later(self, statement: Executable, parameters: Any = None) -> Callable[[], Outcome | CursorResult[Any]]:
        """`execute` for what nobody waits for: on a server it goes with the statement that comes next.

        What goes wrong with it is raised by that one, by whoever asks for the outcome, or at the end of the transaction.
        """
        known = parameters or NO_PARAMETERS
        compiled = (
            self.statements.compiled(statement, known) if self.statements is not None and self.driver is not None else None
        )
        if compiled is None or self.driver is None:
            done = self.execute(statement, parameters)
            return lambda: done
        asked = self.driver.later(compiled, compiled.values(known))

        def outcome() -> Outcome:
            changed, rows = asked()
            return Outcome(changed, [compiled.row(found) for found in rows])

        return outcome

    def row(self, statement: Executable, parameters: Any = None) -> Row[Any] | None:
        """The first row, if any."""
        found: Row[Any] | None = self.execute(statement, parameters).first()
        return found

    def rows(self, statement: Executable, parameters: Any = None) -> Sequence[Row[Any]]:
        """All rows."""
        done = self.execute(statement, parameters)
        return done.rows if isinstance(done, Outcome) else done.all()

    def changed(self, statement: Executable, parameters: Any = None) -> bool:
        """Run a statement and say whether it changed a row."""
        return self.execute(statement, parameters).rowcount > 0

    @property
    def on_server(self) -> bool:
        """Whether others write while this transaction is open."""
        return self.connection.dialect.name == "postgresql"

    def exclusive(self, name: str) -> None:
        """Until the end of this transaction nobody else passes here with this name. SQLite has one writer anyway."""
        if self.on_server:
            if self.driver is not None:
                self.driver.settle()
            number = int.from_bytes(sha256(name.encode()).digest()[:8], "big", signed=True)
            self.connection.execute(_EXCLUSIVE, {"name": number})

    def seal_text(self, plain: str, context: str) -> bytes:
        """Text -> sealed column. Any text that Python holds, also with a lone surrogate."""
        return self.keys.seal(plain.encode("utf-8", "surrogatepass"), context)

    def unseal_text(self, sealed: bytes, context: str) -> str:
        """Sealed column -> text."""
        return self.keys.unseal(sealed, context).decode("utf-8", "surrogatepass")

    def seal_json(self, value: object, context: str) -> bytes:
        """JSON value -> sealed column."""
        return self.keys.seal(json_text.dumps(value), context)

    def unseal_json(self, sealed: bytes, context: str) -> Any:
        """Sealed column -> JSON value."""
        return json_text.loads(self.keys.unseal(sealed, context))

    def maybe_seal(self, plain: str | None, context: str) -> bytes | None:
        """`seal_text` for what may be absent."""
        return None if plain is None else self.seal_text(plain, context)

    def maybe_unseal(self, sealed: bytes | None, context: str) -> str | None:
        """`unseal_text` for what may be absent, or was erased."""
        return self.unseal_text(sealed, context) if sealed else None


def utc_now() -> datetime:
    """The clock that is used when none is injected."""
    return datetime.now(UTC)
