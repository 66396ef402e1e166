"""How fast Telegram may be written to: so many messages a second per bot, one a second per chat, twenty a minute per group.

Figures are a little below Telegram's own, because messages do not arrive in the instant they are sent. A part is kept free
for what cannot wait: reminders leave room for answers, and cards leave room for an emergency.
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """At most `most` in any `span` seconds; lanes that can wait take at most `patient` of them."""

    most: int
    span: float
    patient: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    bot: Window
    chat: Window
    group: Window


TELEGRAM = Limits(
    bot=Window(most=28, span=1.05, patient=25),
    chat=Window(most=1, span=1.05, patient=1),
    group=Window(most=20, span=61.0, patient=17),
)
Sent = deque[float]


class Pace:
    """One bot's pace. `limits` None: as fast as it goes. Times are the machine's monotonic seconds."""

    def __init__(self, limits: Limits | None, *, clock: Callable[[], float] = monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._bot: Sent = deque()
        self._chats: dict[int, Sent] = {}

    def wait(self, method: str, chat_id: int, lane: int) -> float:
        """Seconds until this call may be made; 0 now, and then it counts as made."""
        if self._limits is None or not method.startswith(PACED):
            return 0.0
        now = self._clock()
        group = chat_id < 0
        window = self._limits.group if group else self._limits.chat
        sent = self._chats.setdefault(chat_id, deque())
        wait = max(
            _wait(self._bot, self._limits.bot, now, can_wait=lane >= SCHEDULED),
            _wait(sent, window, now, can_wait=lane >= CARDS),
        )
        if wait == 0.0:
            self._bot.append(now)
            sent.append(now)
            self._forget(now)
        return wait

    def _forget(self, now: float) -> None:
        """Lets go of chats that were not written to for a while."""
        if len(self._chats) > FORGET and self._limits is not None:
            span = self._limits.group.span
            self._chats = {chat: sent for chat, sent in self._chats.items() if sent and sent[-1] > now - span}


def _wait(sent: Sent, window: Window, now: float, *, can_wait: bool) -> float:
    while sent and sent[0] <= now - window.span:
        sent.popleft()
    most = window.patient if can_wait else window.most
    return 0.0 if len(sent) < most else sent[-most] + window.span - now
