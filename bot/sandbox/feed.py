"""What happened, in order, for the page and for tests: a ring of events with growing numbers."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

KEPT = 5000
Data = Callable[[], dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Happening:
    """One event; `data` is worded when somebody reads it, so that a silent feed costs nothing."""

    seq: int
    kind: str
    chat: str
    data: Data

    def view(self) -> dict[str, Any]:
        view: dict[str, Any] = {"seq": self.seq, "kind": self.kind}
        if self.chat:
            view["chat"] = self.chat
        return view | self.data()


class Feed:
    """Numbers grow across restarts because they start at the time of start."""

    def __init__(self) -> None:
        self.seq = int(time.time() * 1000)
        self._ring: deque[Happening] = deque(maxlen=KEPT)
        self._waiting: set[asyncio.Future[None]] = set()
        self.closed = False

    def emit(self, kind: str, data: Data, chat: str = "") -> None:
        self.seq += 1
        self._ring.append(Happening(seq=self.seq, kind=kind, chat=chat, data=data))
        if self._waiting:
            self._wake()

    @property
    def heard(self) -> bool:
        """Whether somebody waits for what comes next."""
        return bool(self._waiting)

    def close(self) -> None:
        """Ends all streams."""
        self.closed = True
        self._wake()

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting = set()

    def since(self, seq: int) -> list[Happening] | None:
        """Events after `seq`, or None when some of them are forgotten already."""
        if not self._ring or seq >= self.seq:
            return []
        missing = self.seq - seq
        if missing > len(self._ring):
            return None
        if missing * 4 > len(self._ring):
            return [event for event in self._ring if event.seq > seq]
        return [self._ring[index] for index in range(-missing, 0)]

    async def wait(self, seconds: float) -> bool:
        """True when something happened within `seconds` of real time."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            return False
        finally:
            self._waiting.discard(future)
        return True
