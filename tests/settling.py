"""Whether the running program has nothing left to do, read from its own tables: so no test guesses how long to wait.

Nothing that a test asserts comes from here; what people see is read from their chats (tests/actors.py).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

UNMARKED = 2.0  # seconds to answer an update; one that had no effect is marked done together with the next one
WORK = {
    "sending": "SELECT 1 FROM outbox WHERE state = 'sending' LIMIT 1",
    "to send": "SELECT 1 FROM outbox WHERE state = 'waiting' AND due_at <= :now AND coalesce(next_try_at, '') <= :now LIMIT 1",
    "to fetch": "SELECT 1 FROM documents WHERE state = 'open' LIMIT 1",
    "to remind": "SELECT 1 FROM reminders WHERE state = 'planned' AND due_at <= :now LIMIT 1",
}
UNANSWERED = "SELECT bot, update_id FROM inbox WHERE state = 'new'"


@dataclass(kw_only=True)
class Rest:
    """The work that one program has left. `now`: what its clock shows."""

    path: Path
    now: Callable[[], datetime]
    _connection: sqlite3.Connection | None = None
    _unanswered: frozenset[tuple[str, int]] = frozenset()
    _since: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def work(self) -> list[str]:
        """What is still to be done; a program that has not started yet has that to do."""
        now = (self.now().astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=1)).isoformat(" ")
        try:
            with self._lock, self._moment() as moment:
                left = [what for what, query in WORK.items() if moment.execute(query, {"now": now}).fetchall()]
                unanswered = frozenset(moment.execute(UNANSWERED).fetchall())
        except sqlite3.OperationalError:
            self.close()
            return ["to start"]
        return [*left, *(["to answer"] if self._answering(unanswered) else [])]

    def _answering(self, unanswered: frozenset[tuple[str, int]]) -> bool:
        if unanswered != self._unanswered:
            self._unanswered, self._since = unanswered, time.monotonic()
        return bool(unanswered) and time.monotonic() - self._since < UNMARKED

    @contextmanager
    def _moment(self) -> Iterator[sqlite3.Connection]:
        """All tables as they are at one moment: an update that is answered between two looks would be seen in neither."""
        if self._connection is None:
            self._connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5, check_same_thread=False)
        self._connection.execute("BEGIN")
        try:
            yield self._connection
        finally:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Before the program is killed: whoever comes next must be able to mend the file."""
        with suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.close()
        self._connection = None
