"""People who write faster than anybody can: what comes too fast is passed over, so that nobody else waits and the store stays bounded.

A hundred messages can be forwarded at once, and an album has ten parts; that is far below. Nobody in haste is heard again before they
have rested, and once a minute they are told so. Presses are not counted: they are answered, and say nothing new.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

BURST = 300.0  # messages at once
PER_SECOND = 30.0  # messages that are taken up for long
REST = 10.0  # seconds without a message, after which somebody in haste is heard again
TOLD = 60.0  # seconds between two words about it
KNOWN = 10_000  # people who are remembered


class Verdict(Enum):
    """What becomes of a message."""

    HEARD = "heard"
    TOLD = "told"  # passed over, and to be said so
    PASSED_OVER = "passed over"


@dataclass(slots=True)
class _Pace:
    level: float
    at: float
    hasty: bool = False
    told: float = -TOLD


@dataclass(kw_only=True, slots=True)
class Haste:
    """Of this program: where several work together, each sees its share."""

    clock: Callable[[], float] = time.monotonic
    _paces: dict[int, _Pace] = field(default_factory=dict)

    def weigh(self, person: int) -> Verdict:
        """Counts one message of somebody."""
        now, one = self.clock(), self._paces.get(person)
        if one is None:
            self._remember(person, now)
            return Verdict.HEARD
        rested, one.at = now - one.at, now
        one.level = 1.0 if rested >= REST else max(0.0, one.level - rested * PER_SECOND) + 1
        one.hasty = one.level > BURST or (one.hasty and rested < REST)
        if not one.hasty:
            return Verdict.HEARD
        if now - one.told < TOLD:
            return Verdict.PASSED_OVER
        one.told = now
        return Verdict.TOLD

    def _remember(self, person: int, now: float) -> None:
        if len(self._paces) >= KNOWN:
            self._paces = {known: one for known, one in self._paces.items() if now - one.at < TOLD}
        self._paces[person] = _Pace(level=1.0, at=now)
