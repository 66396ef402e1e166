"""The one door to the store: `await db.transact(work)` is the only commit, `await db.read(work)` changes nothing.

A work is a sync function of one `Transaction`. It runs in a thread of the store, may run more than once (a locked database, a
deadlock), and so does nothing but storage calls and pure decisions. Its result is handed over only after the commit is durable;
an exception undoes this work alone and is raised to its caller.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlalchemy import make_url

from storage.transaction import utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from storage.sealed.keyring import Keyring
    from storage.transaction import Transaction

T = TypeVar("T")


class UnknownDatabase(ValueError):
    """The database address must start with sqlite:/// (a file) or postgresql:// (a server)."""


class _Store(Protocol):
    @property
    def pulse(self) -> int | None: ...
    async def transact(self, work: Callable[[Transaction], T]) -> T: ...
    async def read(self, work: Callable[[Transaction], T]) -> T: ...
    async def listen(self, heard: Callable[[], None]) -> None: ...
    def migrate(self) -> None: ...
    def close(self) -> None: ...


class Database:
    """A store that is open. Safe to use from several event loops and threads."""

    def __init__(self, store: _Store) -> None:
        self._store = store

    @classmethod
    def open(cls, url: str, *, keys: Keyring, clock: Callable[[], datetime] = utc_now, threads: int = 8) -> Database:
        """Open sqlite:///path or postgresql://...; `clock` gives aware times; `threads` is the number of connections used at once.

        Tables are not made here: call `migrate` first. Raises UnknownDatabase. Only the driver that is needed is loaded.
        """
        address = make_url(url)
        match address.get_backend_name():
            case "sqlite" if address.database and address.database != ":memory:":
                from storage.engine.sqlite import SqliteStore

                return cls(SqliteStore(address.database, keys=keys, clock=clock, readers=threads))
            case "postgresql":
                from storage.engine.postgres import PostgresStore

                return cls(PostgresStore(address, keys=keys, clock=clock, threads=threads))
        raise UnknownDatabase(UnknownDatabase.__doc__)

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run, commit, and only then return what the work returned. A cancelled caller does not undo the work."""
        return await self._store.transact(work)

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run on a consistent picture of what is committed. Writing raises."""
        return await self._store.read(work)

    async def listen(self, heard: Callable[[], None]) -> None:
        """Calls `heard` when another program may have written messages to be sent, until cancelled; raises when it became deaf."""
        await self._store.listen(heard)

    @property
    def pulse(self) -> int | None:
        """By what other programs see at once that this one is gone (storage.sending.duties); there only while somebody listens."""
        return self._store.pulse

    def migrate(self) -> None:
        """Bring the tables to the newest revision. Blocks; several programs may call it at once."""
        self._store.migrate()

    async def close(self) -> None:
        """Finish what is queued, then close every connection."""
        await asyncio.to_thread(self._store.close)
