"""The sandbox's own time: the machine's clock and an offset that people may move."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta


class Clock:
    """Seconds since 1970, as floats; `offset` survives a restart (the journal keeps it)."""

    def __init__(self, changed: Callable[[timedelta], None] | None = None) -> None:
        self.offset = 0.0
        self._changed = changed
        self._sleepers: set[asyncio.Future[None]] = set()

    def now(self) -> float:
        return time.time() + self.offset

    def stamp(self) -> int:
        """Whole seconds, as Telegram dates."""
        return int(time.time() + self.offset)

    def shift(self, seconds: float) -> None:
        """Moves the clock; whoever sleeps looks at it again."""
        self.restore(self.offset + seconds)
        if self._changed is not None:
            self._changed(timedelta(seconds=self.offset))

    def restore(self, offset: float) -> None:
        self.offset = offset
        for sleeper in self._sleepers:
            if not sleeper.done():
                sleeper.set_result(None)

    async def sleep(self, seconds: float) -> None:
        """Returns when so much of the sandbox's time has passed, also when somebody moved it forward."""
        until = self.now() + seconds
        while (left := until - self.now()) > 0:
            sleeper = asyncio.get_running_loop().create_future()
            self._sleepers.add(sleeper)
            try:
                await asyncio.wait({sleeper}, timeout=left)
            finally:
                self._sleepers.discard(sleeper)
                sleeper.cancel()
