"""Updates on their way to one bot: numbered, kept for a day, taken by polling or pushed to a webhook."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

KEPT_SECONDS = 86400
DEFAULT_OFF = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Pending:
    """One update. `lane` is Telegram's queue: of one lane, only one update at a time is in flight to a webhook."""

    id: int
    kind: str
    body: dict[str, Any]
    date: float
    lane: str = ""

    def as_update(self) -> dict[str, Any]:
        return {"update_id": self.id, self.kind: self.body} if self.kind else {"update_id": self.id} | self.body

    @property
    def chat(self) -> object:
        """The id of the chat that it is about (a press: of the message that holds the button); 0 when it names none."""
        for holder in (self.body, self.body.get("message")):
            if isinstance(holder, dict) and isinstance(chat := holder.get("chat"), dict):
                return chat.get("id", 0)
        return 0


@dataclass(kw_only=True, slots=True)
class Queue:
    """Updates in order of their ids. `poller` is the open long poll."""

    waiting: dict[int, Pending] = field(default_factory=dict)
    poller: asyncio.Future[str] | None = None
    webhook_set_at: float = -9.0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    newest_gone: int = 0

    def put(self, update: Pending) -> None:
        self.waiting[update.id] = update
        self.wake()

    def wake(self) -> None:
        self.arrived.set()
        self.interrupt("")

    def interrupt(self, refusal: str) -> None:
        """Ends the open long poll: with what has come (no words), or with this refusal."""
        if self.poller is not None and not self.poller.done():
            self.poller.set_result(refusal)

    def confirm(self, offset: int) -> list[int]:
        """Forgets all updates before `offset`; a negative one keeps only so many of the last. Returns what it forgot."""
        gone = list(self.waiting)[:offset] if offset < 0 else [number for number in self.waiting if number < offset]
        for number in gone:
            self.drop(number)
        return gone

    def drop(self, number: int) -> None:
        self.waiting.pop(number, None)
        self.newest_gone = max(self.newest_gone, number)

    async def overtaken(self, update: Pending, seconds: float) -> None:
        """Returns when a newer update has reached the bot, or after so many seconds."""
        self.arrived.set()
        deadline = time.monotonic() + seconds
        while self.newest_gone < update.id and time.monotonic() < deadline:  # noqa: ASYNC110 - bounded; an event a number would outlive it
            await asyncio.sleep(0.01)

    def first(self, limit: int) -> list[Pending]:
        return [update for _, update in zip(range(limit), self.waiting.values(), strict=False)]

    def expired(self, now: float) -> Iterator[int]:
        return iter([number for number, update in self.waiting.items() if update.date + KEPT_SECONDS < now])


def wanted(kind: str, allowed: list[str] | None) -> bool:
    """None or an empty list means Telegram's default."""
    return kind in allowed if allowed else kind not in DEFAULT_OFF
