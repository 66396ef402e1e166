"""Trouble on request: what may go wrong between a bot and Telegram, switched on by a person or a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "flood", "forbidden", "error", "html", "hang", "slow", "reset_before", "reset_after", "drop", "duplicate", "reorder"
]
ON_UPDATES = ("drop", "duplicate", "reorder")


@dataclass(kw_only=True, slots=True)
class Fault:
    """`left` counts down (None: until removed); `after` matches are let through first. Empty filters match everything."""

    id: int
    kind: FaultKind
    bot: int = 0
    method: str = ""
    chat_id: int = 0
    left: int | None = 1
    after: int = 0
    delay: float = 0.0
    retry_after: int = 5
    code: int = 500
    description: str = ""

    def fits(self, bot: int, method: str, chat: object) -> bool:
        return (
            self.bot in (0, bot)
            and self.method.lower() in ("", method.lower())
            and (not self.chat_id or str(self.chat_id) == str(chat))
        )


class Faults:
    """The faults that are switched on, oldest first; the first that fits strikes."""

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self._number = 0

    def add(self, fault: Fault) -> Fault:
        self._number += 1
        fault.id = self._number
        self.active.append(fault)
        return fault

    def call(self, bot: int, method: str, chat: object) -> Fault | None:
        """The fault that strikes this call."""
        return self._strike([fault for fault in self.active if fault.kind not in ON_UPDATES], bot, method, chat)

    def update(self, bot: int, kind: str, chat: object) -> Fault | None:
        """The fault that strikes the delivery of an update; `method` of such a fault names the update's kind."""
        return self._strike([fault for fault in self.active if fault.kind in ON_UPDATES], bot, kind, chat)

    def remove(self, number: int) -> bool:
        before = len(self.active)
        self.active = [fault for fault in self.active if fault.id != number]
        return len(self.active) < before

    def _strike(self, faults: list[Fault], bot: int, method: str, chat: object) -> Fault | None:
        for fault in faults:
            if not fault.fits(bot, method, chat):
                continue
            if fault.after > 0:
                fault.after -= 1
                continue
            if fault.left is not None:
                fault.left -= 1
                if fault.left <= 0:
                    self.remove(fault.id)
            return fault
        return None
