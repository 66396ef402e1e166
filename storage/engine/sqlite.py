"""SQLite: one writer thread, many works per commit.

A durable commit waits for the disk, whatever is in it; so the writer takes everything that is queued, runs it in one transaction,
commits once, and only then tells the callers. When a work fails, the batch is undone and run again, each work in a savepoint. Readers have connections of their own (WAL).

When the database is locked the whole batch is tried again for LOCKED_SECONDS. When the disk is full or fails, the batch is undone
and every caller gets the error: nobody is told "received" for what is not on the disk.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError

from storage.engine.jobs import Closed, Job, tell
from storage.engine.migrate import upgrade
from storage.engine.statements import Sqlite, Statements, as_sqlalchemy
from storage.transaction import AfterRollback, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from storage.sealed.keyring import Keyring

T = TypeVar("T")

LOCKED_SECONDS = 35.0  # a backup or another program may hold the file for this long before a caller hears of it
BATCH = 500
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=1000",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA secure_delete=ON",  # what is deleted, a key above all, is overwritten
)
_WRITING = (*_PRAGMAS, "PRAGMA journal_size_limit=67108864")
_READING = (*_PRAGMAS[2:], "PRAGMA query_only=ON")
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
# After these SQLite may have undone the whole transaction by itself.
_BROKEN = {
    *_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_READONLY,
}


class _Spoiled(Exception):
    """One work of the batch failed."""


@cache
def _statements() -> Statements:
    """The same text for every file."""
    return Statements(SQLiteDialect_pysqlite(paramstyle="qmark"))


class SqliteStore:
    """The store on one file."""

    pulse = None

    def __init__(self, path: str, *, keys: Keyring, clock: Callable[[], datetime], readers: int) -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._keys = keys
        self._clock = clock
        self._engine = _engine(path, _WRITING, 1)
        self._statements = _statements()
        self._reading = _engine(path, _READING, readers)
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="storage-read")
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._connection: Connection | None = None
        self._closed = False
        self._closing = threading.Lock()
        self._writer = threading.Thread(target=self._write, name="storage-write", daemon=True)
        self._writer.start()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        loop = asyncio.get_running_loop()
        job = Job(work, loop, loop.create_future())
        with self._closing:
            if self._closed:
                raise Closed(Closed.__doc__)
            self._jobs.put(job)
        result: T = await job.future
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Nobody else writes here, so there is nothing to hear."""
        heard()
        await asyncio.Event().wait()

    def migrate(self) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={int(LOCKED_SECONDS * 1000)}")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            upgrade(connection)
            if _raw(connection).in_transaction:
                connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA busy_timeout=1000")

    def close(self) -> None:
        with self._closing:
            if not self._closed:
                self._closed = True
                self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._reading.dispose()
        self._engine.dispose()

    # ---- reading

    def _read(self, work: Callable[[Transaction], T]) -> T:
        with self._reading.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                return work(self._open(connection))
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def _open(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._keys, self._clock(), time.time(), Sqlite(_raw(connection)), self._statements)

    # ---- the writer thread

    def _write(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._next_batch()
            if batch:
                self._settle(batch)
        if self._connection is not None:
            self._connection.close()

    def _next_batch(self) -> tuple[list[Job], bool]:
        """Wait for one job, then take what else is there. False: closed after these."""
        batch: list[Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == BATCH:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _settle(self, batch: Sequence[Job]) -> None:
        """Commit the batch, or give every job the reason why not; then tell the callers."""
        try:
            self._commit_patiently(batch)
        except BaseException as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            for job in batch:
                job.error = as_sqlalchemy(error) if isinstance(error, sqlite3.Error) else error
        tell(batch)

    def _commit_patiently(self, batch: Sequence[Job]) -> None:
        deadline = time.monotonic() + LOCKED_SECONDS
        while True:
            try:
                return self._commit(batch)
            except (DBAPIError, sqlite3.Error) as error:
                if _code(error) not in _LOCKED or time.monotonic() > deadline:
                    raise
            time.sleep(0.05)

    def _commit(self, batch: Sequence[Job]) -> None:
        """Nearly always every work succeeds, so savepoints come only with the second try."""
        try:
            self._together(batch, self._run)
        except _Spoiled:
            self._together(batch, self._run_apart)

    def _together(self, batch: Sequence[Job], run: Callable[[Job, Connection, sqlite3.Connection], None]) -> None:
        connection = self._connected()
        raw = _raw(connection)
        try:
            raw.execute("BEGIN IMMEDIATE")
            for job in batch:
                run(job, connection, raw)
            raw.execute("COMMIT")
        except BaseException:
            self._undo(raw)
            raise

    def _run(self, job: Job, connection: Connection, raw: sqlite3.Connection) -> None:
        """One work, without a way back."""
        job.result = job.error = None
        try:
            job.result = job.work(self._open(connection))
        except Exception as error:
            if not raw.in_transaction or _code(error) in _BROKEN:
                raise
            raise _Spoiled from error

    def _run_apart(self, job: Job, connection: Connection, raw: sqlite3.Connection) -> None:
        """One work in its savepoint. Its own exception is its own matter; a broken transaction is everybody's."""
        tx = self._open(connection)
        job.result = job.error = None
        raw.execute("SAVEPOINT work")
        try:
            job.result = job.work(tx)
        except Exception as error:
            if not raw.in_transaction or _code(error) in _BROKEN:
                raise
            raw.execute("ROLLBACK TO work")
            job.error = error
            if isinstance(error, AfterRollback):
                error.afterwards(tx)
        raw.execute("RELEASE work")

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _undo(self, raw: sqlite3.Connection) -> None:
        """Roll back; a connection that cannot even do that is thrown away."""
        try:
            if raw.in_transaction:
                raw.execute("ROLLBACK")
        except sqlite3.Error:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.invalidate()
                connection.close()


def _engine(path: str, pragmas: Sequence[str], size: int) -> Engine:
    # AUTOCOMMIT leaves BEGIN and COMMIT to us; hide_parameters keeps patients' words out of error messages.
    engine = create_engine(
        f"sqlite:///{path}",
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        pool_size=size,
        max_overflow=1,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in pragmas:
            connection.execute(pragma)

    return engine


def _raw(connection: Connection) -> sqlite3.Connection:
    raw = connection.connection.driver_connection
    assert isinstance(raw, sqlite3.Connection)
    return raw


def _code(error: BaseException) -> int | None:
    """SQLite's primary result code, whoever wrapped the error."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(original, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF
