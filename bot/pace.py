"""How fast Telegram may be written to: so many messages a second per bot, one a second per chat, twenty a minute per group.

Figures are a little below Telegram's own, because messages do not arrive in the instant they are sent. Messages of a bot keep a
distance instead of going out in bursts: so few calls are out at once that a kill leaves at most one whose fate is not known.
A part is kept free for what cannot wait: reminders leave room for answers, and cards leave room for an emergency.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

SCHEDULED = 3  # the lane of reminders
CARDS = 2  # the lane of desk cards
FORGET = 10_000  # chats remembered before the silent ones are forgotten
PACED = ("send", "copy", "forward", "createForumTopic")  # beginnings of the methods that Telegram counts
UNPACED = "sendChatAction"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """At most `most` in any `span` seconds; lanes that can wait take at most `patient` of them."""

    most: int
    span: float
    patient: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """`gap`: seconds between two messages of the bot, `scheduled_gap` before a reminder."""

    gap: float
    scheduled_gap: float
    chat: Window
    group: Window


TELEGRAM = Limits(
    gap=1 / 28,
    scheduled_gap=1 / 25,
    chat=Window(most=1, span=1.05, patient=1),
    group=Window(most=20, span=61.0, patient=17),
)


class Pace:
    """One bot's pace. `limits` None: as fast as it goes. Times are the machine's monotonic seconds."""

    def __init__(self, limits: Limits | None, *, clock: Callable[[], float] = monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._last = float("-inf")
        self._chats: dict[int, deque[float]] = {}

    @property
    def kept(self) -> bool:
        return self._limits is not None

    def rest(self, method: str, chat_id: int, lane: int) -> float:
        """Seconds until this chat may get such a message; 0: now."""
        if self._limits is None or not _counts(method):
            return 0.0
        now, window = self._clock(), self._limits.group if chat_id < 0 else self._limits.chat
        sent = self._chats.get(chat_id)
        while sent and sent[0] <= now - window.span:
            sent.popleft()
        most = window.patient if lane >= CARDS else window.most
        return 0.0 if not sent or len(sent) < most else sent[-most] + window.span - now

    def gap(self, method: str, lane: int) -> float:
        """Seconds until the bot may send its next message; 0: now."""
        if self._limits is None or not _counts(method):
            return 0.0
        distance = self._limits.scheduled_gap if lane >= SCHEDULED else self._limits.gap
        return max(0.0, self._last + distance - self._clock())

    def count(self, method: str, chat_id: int) -> None:
        """It is sent now."""
        if self._limits is None or not _counts(method):
            return
        self._last = self._clock()
        self._chats.setdefault(chat_id, deque()).append(self._last)
        if len(self._chats) > FORGET:
            since = self._last - self._limits.group.span
            self._chats = {chat: sent for chat, sent in self._chats.items() if sent and sent[-1] > since}


def _counts(method: str) -> bool:
    return method.startswith(PACED) and method != UNPACED
