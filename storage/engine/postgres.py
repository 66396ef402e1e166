"""PostgreSQL (psycopg 3): a pool of threads and connections, works that come together in one transaction.

A durable commit waits for the disk, and every transaction costs its begin and end; so whoever is free takes all works that wait, runs
them one after the other in one transaction and commits once. When anything goes wrong, or a lock is not to be had at once, the batch
is undone and each of its works runs in a transaction of its own, beside the others: a chat that somebody else holds keeps nobody
waiting but its own people.

A work that loses a serialisation conflict or a deadlock, or whose connection breaks before the commit was asked for, runs again.
A connection that breaks during the commit raises: whether it was committed is not known, and deduplication upstream decides.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL, Connection, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.engine.jobs import Closed, Job, tell
from storage.engine.migrate import upgrade
from storage.engine.prepared import Prepared, statements
from storage.transaction import AfterRollback, Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from storage.sealed.keyring import Keyring

T = TypeVar("T")

BATCH = 32  # works in one transaction: their chats are held until its end
WAITING_MS = 300  # for a lock, before a batch gives up and its works go apart
PATIENCE = 0.1  # seconds that a work waits for the batch before it, until somebody else takes it up
AT_WORK = 3  # batches at the same time
# A statement that is prepared is planned once: the server would plan some of them for every set of values, a sixth of all that it does.
_TOGETHER = f"; SET LOCAL lock_timeout = {WAITING_MS}; SET LOCAL plan_cache_mode = force_generic_plan"
_TRIES = 8
_AGAIN = {"40001", "40P01"}  # serialization_failure, deadlock_detected
_PASSES = {"25006", "25P03"}  # read_only_sql_transaction (a server that is being replaced), idle_in_transaction_session_timeout
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
            # What psycopg prepares by itself it forgets at a rollback, and with it everything that was prepared on the connection.
            connect_args={"options": _OPTIONS, "prepare_threshold": None, **_ALIVE},
        )
        self._statements = statements()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="storage")
        self._line: deque[Job] = deque()
        self._at_work = 0
        self._closed = False
        self._turn = threading.Lock()
        self.pulse: int | None = None

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        loop = asyncio.get_running_loop()
        job = Job(work, loop, loop.create_future())
        self._join(job)
        result: T = await job.future
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, work)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Calls `heard` whenever any program committed new outbox rows, until cancelled. Raises when the connection breaks."""
        address = self._engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        async with await psycopg.AsyncConnection.connect(make_conninfo(address, **_ALIVE), autocommit=True) as connection:
            await connection.execute("LISTEN careline")
            pulse = secrets.randbits(62)
            await connection.execute("SELECT pg_advisory_lock(%s)", (pulse,))
            self.pulse = pulse
            try:
                heard()
                async for _ in connection.notifies():
                    heard()
            finally:
                self.pulse = None

    def migrate(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0"))
            self._open(connection).exclusive("migrate")
            upgrade(connection)

    def close(self) -> None:
        with self._turn:
            self._closed = True
        while self._at_work:
            time.sleep(0.005)
        self._threads.shutdown()
        self._engine.dispose()

    # ---- together

    def _join(self, job: Job) -> None:
        with self._turn:
            if self._closed:
                raise Closed(Closed.__doc__)
            self._line.append(job)
            begins = self._at_work == 0
            self._at_work += begins
        if begins:
            self._threads.submit(self._work)
        else:
            job.loop.call_later(PATIENCE, self._hurry, job)

    def _hurry(self, job: Job) -> None:
        """Those at work take long over what they have."""
        with self._turn:
            begins = not job.begun and self._at_work < AT_WORK
            self._at_work += begins
        if begins:
            self._threads.submit(self._work)

    def _work(self) -> None:
        while batch := self._next():
            self._settle(batch)

    def _next(self) -> list[Job]:
        with self._turn:
            batch = [self._line.popleft() for _ in range(min(BATCH, len(self._line)))]
            for job in batch:
                job.begun = True
            self._at_work -= not batch
        return batch

    def _settle(self, batch: Sequence[Job]) -> None:
        """Commit them together and tell the callers; or let each go its own way."""
        try:
            with self._engine.connect() as connection, _committing(connection):
                prepared = _begin(connection, _TOGETHER)
                known: dict[Any, Any] = {}
                for job in batch:
                    job.result = job.work(self._open(connection, prepared, known))
        except OutcomeUnknown as error:
            for job in batch:
                job.error = error
        except BaseException:  # noqa: BLE001 - whosever fault it is, it comes again
            for job in batch:
                self._threads.submit(self._alone, job)
            return
        tell(batch)

    # ---- alone

    def _alone(self, job: Job) -> None:
        try:
            job.result = self._transact(job.work)
        except DBAPIError as error:
            job.error = _told(error)
        except BaseException as error:  # noqa: BLE001 - whatever it is, nobody may wait for ever
            job.error = error
        tell([job])

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
            try:
                with _committing(connection):
                    return work(self._open(connection, _begin(connection)))
            except AfterRollback as error:
                with _committing(connection):
                    error.afterwards(self._open(connection, _begin(connection)))
                raise

    def _read(self, work: Callable[[Transaction], T]) -> T:
        with self._engine.connect() as connection:
            picture = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            return work(self._open(picture))

    def _open(
        self, connection: Connection, prepared: Prepared | None = None, known: dict[Any, Any] | None = None
    ) -> Transaction:
        return Transaction(
            connection, self._keys, self._clock(), time.time(), prepared, self._statements, {} if known is None else known
        )


def _begin(connection: Connection, more: str = "") -> Prepared:
    """Begin a transaction on the driver's own connection, which SQLAlchemy's knows of."""
    prepared = _prepared(connection)
    prepared.begin(more)
    return prepared


def _prepared(connection: Connection) -> Prepared:
    known = connection.info.get("prepared")
    if known is None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        known = connection.info["prepared"] = Prepared(driver)
    prepared: Prepared = known
    return prepared


@contextlib.contextmanager
def _committing(connection: Connection) -> Iterator[None]:
    """Commit at the end, or undo. Raises OutcomeUnknown."""
    transaction = connection.begin()
    try:
        yield
        _prepared(connection).settle()
    except BaseException as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            connection.invalidate()
        transaction.rollback()
        raise
    try:
        transaction.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise OutcomeUnknown(OutcomeUnknown.__doc__) from error
        raise


def _told(error: DBAPIError) -> DBAPIError:
    """What passes is told as OperationalError, whatever psycopg calls it: callers try that again."""
    state = getattr(error.orig, "sqlstate", None) or ""
    if isinstance(error, OperationalError) or not (error.connection_invalidated or state in _PASSES):
        return error
    assert error.orig is not None
    told = OperationalError("", None, error.orig, hide_parameters=True, connection_invalidated=error.connection_invalidated)
    told.__cause__ = error
    return told


def _worth_another_try(error: DBAPIError) -> bool:
    """Both mean that nothing of the work was committed."""
    return error.connection_invalidated or getattr(error.orig, "sqlstate", None) in _AGAIN
