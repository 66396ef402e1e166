"""Whether an update that comes again says what it said first. Its effect is the first one's in any case (storage.inbox.take)."""

from __future__ import annotations

from typing import Any

from storage.engine import json_text

KEPT = 10_000  # the newest updates of this program; Telegram repeats one within seconds or minutes


class Repeats:
    """Remembers what each update said as a number, never the words."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._said: dict[int, int] = {}

    def differs(self, update: dict[str, Any]) -> bool:
        """Whether another update came under this number before."""
        number, said = update["update_id"], hash(json_text.dumps(update))
        first = self._said.setdefault(number, said)
        if len(self._said) > self._kept:
            del self._said[next(iter(self._said))]
        return first != said
