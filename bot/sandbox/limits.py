"""Telegram's pace, when people want it: 30 messages a second per bot, one a second per chat, 20 a minute per group.

Telegram calls these figures approximate and allows bursts; here they are exact, so off unless asked for (Settings.limits).
"""

from __future__ import annotations

import math
from collections import deque

PER_BOT = (30, 1.0)
PER_CHAT = (1, 1.0)
PER_GROUP = (20, 60.0)


class Limits:
    """Remembers when each bot sent what; times are the machine's own, in seconds, so that a moved clock changes nothing."""

    def __init__(self) -> None:
        self._sent: dict[tuple[int, int], deque[float]] = {}

    def claim(self, bot: int, chat: int, now: float, count: int = 1) -> int:
        """0 when the bot may send `count` messages now; else the seconds after which it may try again."""
        rules = [((bot, 0), PER_BOT), ((bot, chat), PER_GROUP if chat < 0 else PER_CHAT)]
        waits = [self._wait(self._sent.setdefault(key, deque()), *rule, now) for key, rule in rules]
        if any(waits):
            return math.ceil(max(waits))
        for key, _ in rules:
            self._sent[key].extend([now] * count)
        return 0

    def forget(self) -> None:
        self._sent.clear()

    def _wait(self, sent: deque[float], most: int, span: float, now: float) -> float:
        while sent and sent[0] <= now - span:
            sent.popleft()
        return 0.0 if len(sent) < most else max(sent[-most] + span - now, 0.001)
