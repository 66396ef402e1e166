"""PostgreSQL (psycopg 3): a pool of threads and connections, one transaction per work.

A work that loses a serialisation conflict or a deadlock, or whose connection breaks before the commit was asked for, runs again.
A connection that breaks during the commit raises: whether it was committed is not known, and deduplication upstream decides.
"""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from storage.migrate import upgrade
from storage.transaction import AfterRollback, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.keyring import Keyring

T = TypeVar("T")

_TRIES = 8
_AGAIN = {"40001", "40P01"}  # serialization_failure, deadlock_detected
# A worker that is frozen inside a transaction must not hold its row locks for ever: others take over within 30 s.
_OPTIONS = "-c timezone=UTC -c idle_in_transaction_session_timeout=10000 -c statement_timeout=60000 -c lock_timeout=30000"
_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "connect_timeout": 10}


class OutcomeUnknown(ConnectionError):
    """The connection broke during the commit: it is not known whether the work was written. Try the update again."""


class PostgresStore:
    """The store on a server, shared by any number of programs."""

    def __init__(self, address: URL, *, keys: Keyring, clock: Callable[[], datetime], threads: int) -> None:
        self._keys = keys
        self._clock = clock
        self._engine = create_engine(
            address.set(drivername="postgresql+psycopg"),
            hide_parameters=True,  # patients' words stay out of error messages
            pool_size=threads,
            max_overflow=0,
            pool_pre_ping=True,
            connect_args={"options": _OPTIONS, **_ALIVE},
        )
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="storage")

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._transact, work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Calls `heard` whenever any program committed new outbox rows, until cancelled. Raises when the connection breaks."""
        address = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(make_conninfo(address, **_ALIVE), autocommit=True) as connection:
            await connection.execute("LISTEN careline")
            heard()
            async for _ in connection.notifies():
                heard()

    def migrate(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"))
            self._open(connection).exclusive("migrate")
            upgrade(connection)

    def close(self) -> None:
        self._threads.shutdown()
        self._engine.dispose()

    def _transact(self, work: Callable[[Transaction], T]) -> T:
        for attempt in range(1, _TRIES):
            try:
                return self._once(work)
            except DBAPIError as error:
                if not _worth_another_try(error):
                    raise
            time.sleep(random.uniform(0, 0.01 * 2**attempt))  # noqa: S311 - spreads the tries
        return self._once(work)

    def _once(self, work: Callable[[Transaction], T]) -> T:
        with self._engine.connect() as connection:
            tx = self._open(connection)
            try:
                result = work(tx)
            except AfterRollback as error:
                connection.rollback()
                error.afterwards(tx)
                connection.commit()
                raise
            _commit(connection)
            return result

    def _read(self, work: Callable[[Transaction], T]) -> T:
        with self._engine.connect() as connection:
            picture = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            return work(self._open(picture))

    def _open(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._keys, self._clock(), time.time())


def _commit(connection: Connection) -> None:
    try:
        connection.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise OutcomeUnknown(OutcomeUnknown.__doc__) from error
        raise


def _worth_another_try(error: DBAPIError) -> bool:
    """Both mean that nothing of the work was committed."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _AGAIN
