"""Whether the running program has nothing left to do, read from its own tables: so no test guesses how long to wait.

Nothing that a test asserts comes from here; what people see is read from their chats (tests/actors.py).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
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

    def work(self) -> list[str]:
        """What is still to be done; a program that has not started yet has that to do."""
        now = (self.now().astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=1)).isoformat(" ")
        try:
            left = [what for what, query in WORK.items() if self._ask(query, now=now)]
            return [*left, *(["to answer"] if self._answering() else [])]
        except sqlite3.OperationalError:
            self.close()
            return ["to start"]

    def _answering(self) -> bool:
        known = frozenset(self._ask(UNANSWERED))
        if known != self._unanswered:
            self._unanswered, self._since = known, time.monotonic()
        return bool(known) and time.monotonic() - self._since < UNMARKED

    def _ask(self, query: str, **values: str) -> list[tuple[str, int]]:
        if self._connection is None:
            self._connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5, check_same_thread=False)
        return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Before the program is killed: whoever comes next must be able to mend the file."""
        with suppress(sqlite3.Error):
            if self._connection is not None:
                self._connection.close()
        self._connection = None
