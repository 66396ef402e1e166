"""Keeps the state in SQLite: changed records of all requests that wait together go in one transaction.

Answers wait for it (settled), so that a killed process comes back with all that anybody was told; a power cut may take the last
moments, because nothing is flushed to the disk's platter.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot.sandbox.encoding import dumps, loads

INTERVAL = 0.1  # seconds; for changes that no answer waits for
UPSERT = "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET body = excluded.body"  # keeps the order
Row = tuple[str, str, bytes | None]


class Journal:
    """`mark` is cheap: the record is turned into JSON when it is written. Without a path nothing is kept."""

    def __init__(self, path: Path | None) -> None:
        self._dirty: dict[tuple[str, str], Any] = {}
        self._cleared: tuple[str, ...] = ()
        self._running: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-journal")
        self._database: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS records (kind TEXT, key TEXT, body BLOB NOT NULL, UNIQUE (kind, key))"
            )

    def mark(self, kind: str, key: str, record: Any) -> None:
        if self._database is not None:
            self._dirty[kind, key] = record

    def erase(self, kind: str, key: str) -> None:
        self.mark(kind, key, None)

    def read(self, kind: str) -> Iterator[tuple[str, Any]]:
        if self._database is not None:
            for key, body in self._database.execute(
                "SELECT key, body FROM records WHERE kind = ? ORDER BY rowid", (kind,)
            ).fetchall():
                yield key, loads(body)

    def clear(self, kinds: tuple[str, ...]) -> None:
        """Forgets all records of these kinds, written or not."""
        self._dirty = {place: record for place, record in self._dirty.items() if place[0] not in kinds}
        self._cleared += kinds

    async def settled(self) -> None:
        """Returns when all that was marked before is written; at once when nothing is to be kept."""
        if self._database is None or self._running is None or not (self._dirty or self._cleared):
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._wake.set()
        await future

    def start(self) -> None:
        """Begins to write, in the running loop; close() ends it."""
        if self._database is not None and self._running is None:
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL):
                    await self._wake.wait()
            self._wake.clear()
            waiting, self._waiting = self._waiting, []
            error: Exception | None = None
            if self._dirty or self._cleared:
                error = await asyncio.get_running_loop().run_in_executor(self._writer, self._attempt, *self._taken())
            for future in waiting:
                if not future.done():
                    future.set_result(None) if error is None else future.set_exception(error)

    def close(self) -> None:
        if self._running is not None:
            self._running.cancel()
            self._running = None
        for future in self._waiting:
            future.cancel()
        if self._database is not None:
            self._writer.submit(self._write, *self._taken()).result()
            self._database.close()
            self._database = None
        self._writer.shutdown()

    def _taken(self) -> tuple[tuple[str, ...], list[Row]]:
        dirty, self._dirty = self._dirty, {}
        cleared, self._cleared = self._cleared, ()
        return cleared, [(*place, _body(record)) for place, record in dirty.items()]

    def _attempt(self, cleared: tuple[str, ...], rows: list[Row]) -> Exception | None:
        """A disk that is full fails the requests that wait, not the sandbox."""
        try:
            self._write(cleared, rows)
        except sqlite3.Error as error:
            return error
        return None

    def _write(self, cleared: tuple[str, ...], rows: list[Row]) -> None:
        database = self._database
        if database is None:
            return
        gone = [row[:2] for row in rows if row[2] is None]
        database.execute("BEGIN IMMEDIATE")
        try:
            database.executemany("DELETE FROM records WHERE kind = ?", [(kind,) for kind in cleared])
            database.executemany(UPSERT, [row for row in rows if row[2] is not None])
            database.executemany("DELETE FROM records WHERE kind = ? AND key = ?", gone)
        except sqlite3.Error:
            database.execute("ROLLBACK")
            raise
        database.execute("COMMIT")


def _body(record: Any) -> bytes | None:
    return None if record is None else dumps(record)
