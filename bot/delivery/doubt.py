"""What a kill leaves in doubt: messages that are out, or that Telegram took and that are not written down as sent.

Telegram knows no key by which a message could be recognised, so each of these is sent again after a kill and may come twice. Therefore
a message waits until the one before it is written down, whichever bot sent that: a kill finds one at most. For an answer of Telegram
that takes long others wait for a moment only. Where many messages are late, they wait hardly at all: however slow the network is, 25
a second go out. What was late already when a program started does not hurry it: it may be late because of a kill, and the next one is near.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic

from bot.delivery.pace import GLANCE, counts

PATIENCE = 0.5  # seconds that others wait for one answer of Telegram
LATE = timedelta(seconds=10)  # what waited for so long, among many, has less patience
HURRY = 1 / 25  # seconds: ten thousand reminders within seven minutes


@dataclass(kw_only=True)
class Doubt:
    """Of one program, both bots together. `kept`: False lets any number of messages be out at once. Times are monotonic seconds."""

    kept: bool
    clock: Callable[[], float] = monotonic
    _began: dict[int, float] = field(default_factory=dict)
    _back: set[int] = field(default_factory=set)

    def wait(self, method: str, *, late: bool = False) -> float:
        """Seconds until it is worth asking again; 0: it may go now."""
        if not self.kept or not counts(method):
            return 0.0
        since = self.clock() - (HURRY if late else PATIENCE)
        return GLANCE if self._back or any(began > since for began in self._began.values()) else 0.0

    def begin(self, method: str, row_id: int) -> None:
        """A call goes out. `back` and `end` must follow."""
        if counts(method):
            self._began[row_id] = self.clock()

    def back(self, row_id: int) -> None:
        """Telegram answered, or never will."""
        if row_id in self._began:
            self._back.add(row_id)

    def end(self, row_ids: Iterable[int]) -> None:
        """What became of them is written down."""
        for row_id in row_ids:
            self._began.pop(row_id, None)
            self._back.discard(row_id)
