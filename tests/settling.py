"""Whether the running program has nothing left to do, read from its own tables: so no test guesses how long to wait.

Nothing that a test asserts comes from here; what people see is read from their chats (tests/actors.py).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

UNMARKED = 0.3  # seconds: an update that had no effect is marked done together with the next one
WORK = {
    "sending": "SELECT 1 FROM outbox WHERE state = 'sending' LIMIT 1",
    "to send": "SELECT 1 FROM outbox WHERE state = 'waiting' AND due_at <= :now AND coalesce(next_try_at, '') <= :now LIMIT 1",
    "to fetch": "SELECT 1 FROM documents WHERE state = 'open' LIMIT 1",
    "to remind": "SELECT 1 FROM reminders WHERE state = 'planned' AND due_at <= :now LIMIT 1",
}


@dataclass(kw_only=True)
class Rest:
    """The work that one program has left. `now`: its clock."""

    path: Path
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _connection: sqlite3.Connection | None = None
    _unanswered: tuple[float, frozenset[tuple[str, int]]] = field(default=(0.0, frozenset()))

    def reached(self) -> bool:
        return not self.work()

    def work(self) -> list[str]:
        """What is still to be done, in words."""
        now = self.now().astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=1)
        left = [what for what, query in WORK.items() if self._ask(query, now=now.isoformat(" "))]
        return [*left, *(["to answer"] if self._answering() else [])]

    def _answering(self) -> bool:
        known = frozenset(self._ask("SELECT bot, update_id FROM inbox WHERE state = 'new'"))
        if not known or known != self._unanswered[1]:
            self._unanswered = (time.monotonic(), known)
        return bool(known) and time.monotonic() - self._unanswered[0] < UNMARKED

    def _ask(self, query: str, **values: str) -> list[tuple[str, int]]:
        if self._connection is None:
            self._connection = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=5)
        return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
