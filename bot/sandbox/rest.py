"""Whether anything is going on: so that a test may wait for the bots to have said what they wanted to say."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator


class Rest:
    """Broken by people's acts, by updates that come or go, and by calls for as long as they run (polling is not one)."""

    def __init__(self) -> None:
        self._since = 0.0
        self._running = 0

    def stir(self) -> None:
        self._since = time.monotonic()

    @contextlib.contextmanager
    def broken(self) -> Iterator[None]:
        """As long as something runs, and from its end on anew."""
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1
            self.stir()

    def lasted(self, seconds: float) -> bool:
        """Nothing runs, and nothing has happened for so long."""
        return not self._running and time.monotonic() - self._since >= seconds
