"""What was read or written a moment ago, so that the next turn of somebody who is answering need not read it from text again.

It changes nothing: whoever asks says what is stored, and only what was made of the very same text is given.
"""

from __future__ import annotations

import time
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 1_000  # texts; their values take about 20 kB each
SECONDS = 600.0


class Recent(Generic[T]):
    """Values by name. Gone after twice the `seconds` at most, and before that when there are many. Several threads may use it."""

    def __init__(self, most: int = MOST, seconds: float = SECONDS) -> None:
        self._most, self._seconds = most, seconds
        self._turns = time.monotonic() + seconds
        self._new: dict[str, tuple[str, T]] = {}
        self._old: dict[str, tuple[str, T]] = {}

    def get(self, name: str, text: str) -> T | None:
        """What was made of this text under this name."""
        known = self._new.get(name) or self._old.get(name)
        return known[1] if known is not None and known[0] == text else None

    def put(self, name: str, text: str, value: T) -> T:
        """Remember what was made of a text."""
        now = time.monotonic()
        if len(self._new) >= self._most or now >= self._turns:
            self._old, self._new, self._turns = self._new, {}, now + self._seconds
        self._new[name] = text, value
        return value
