"""The program's clock. Time is always aware and in UTC; only the sandbox moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """The machine's time plus an offset that is zero outside the sandbox."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def shift(self, by: timedelta) -> None:
        """Moves the clock by so much."""
        self.offset += by

    def set_offset(self, offset: timedelta) -> None:
        """Moves the clock to so much ahead of the machine's (the sandbox tells its whole offset)."""
        self.offset = offset
