"""What Telegram answered, in a file beside the store, until the store knows it too.

A commit waits for its turn and for the disk; a line is the kernel's as soon as it is written, and outlives the program. So a kill after
the line makes nothing come twice: whoever takes up sending reads the lines before anything is sent again. A power cut may take lines
with it, and then a message may come twice, as between the call and its answer; so nobody waits for the disk here.

The store stays the truth: a line counts only while its row is being sent by that very claim. Lines hold numbers, nobody's words.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from storage.engine import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.rows import OutboxRow

MOST = 1_000  # lines, before those that are settled are cleared
_KEPT = ("message_id", "message_thread_id")  # of an answer: what is written into the store when a row is settled


class Answer(NamedTuple):
    """The answer to one call. `attempts`: by how many claims the row had been taken; `result`: numbers by name, or nothing."""

    row_id: int
    attempts: int
    result: dict[str, Any]


class Answers:
    """Those of one bot. In one thread. `path` None: none are kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._file: int | None = None
        self._lines = 0
        self._unsettled: set[int] = set()

    def note(self, row: OutboxRow, result: Any) -> bool:
        """Whether it stands there now; a disk that is full costs nothing but this."""
        if self._path is None:
            return False
        kept = {name: result[name] for name in _KEPT if name in result} if isinstance(result, dict) else {}
        line = b"\n" + json_text.dumps([row.id, row.attempts, kept])  # begins a line of its own, whatever a full disk cut off
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            whole = os.write(self._file, line) == len(line)
        except OSError:
            return False
        self._lines += 1
        self._unsettled.add(row.id)
        return whole

    def settled(self, row_ids: Iterable[int]) -> None:
        """The store knows these; lines that nobody needs are cleared from time to time."""
        self._unsettled.difference_update(row_ids)
        if self._lines > MOST and not self._unsettled:
            self.clear()

    def read(self) -> list[Answer]:
        """What the program before noted, or another one that has the same folder."""
        if self._path is None or not self._path.exists():
            return []
        return list(_answers(self._path.read_bytes()))

    def clear(self) -> None:
        """The store knows all of them."""
        if self._path is not None:
            with contextlib.suppress(OSError):
                os.truncate(self._path, 0)
                self._lines = 0

    def close(self) -> None:
        """Until the next one is noted."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _answers(lines: bytes) -> Iterator[Answer]:
    """Those that are whole."""
    for line in lines.splitlines():
        with contextlib.suppress(json_text.Unreadable, TypeError, ValueError):
            row_id, attempts, result = json_text.loads(line)
            yield Answer(int(row_id), int(attempts), dict(result))
