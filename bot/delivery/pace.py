"""How fast Telegram may be written to: thirty messages a second per bot, one a second per chat, twenty a minute per group.

Telegram counts a message at a moment that nobody here knows: after its call began, and before it ended. So a call counts from its
beginning until a whole span after its end, and no jitter of the network or of a busy machine can push two of them too close together.
Messages of a bot keep a distance besides, instead of going out in bursts. A part is kept free for what cannot wait: reminders leave
room for answers, cards for an emergency.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from time import monotonic

URGENT = 0  # the lane of press answers and emergencies
BOT = 0  # no chat has this id: the window of everything that the bot sends
FORGET = 10_000  # chats remembered before the silent ones are forgotten
GLANCE = 0.005  # seconds until a call that fills a window is looked at again
PACED = ("send", "copy", "forward", "createForumTopic")  # beginnings of the methods that Telegram counts
UNPACED = "sendChatAction"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """At most `most` in any `span` seconds, counted by lane: what can wait leaves room for what cannot.

    `burst`: after so many in a span, lanes that can wait go one by one at equal distances, so that room comes free all the time.
    """

    most: tuple[int, int, int, int]
    span: float
    burst: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """`gap`: seconds between the beginnings of two calls of the bot."""

    gap: float
    bot: Window
    chat: Window
    group: Window


TELEGRAM = Limits(
    gap=1 / 30,
    bot=Window(most=(30, 30, 30, 29), span=1.0),
    chat=Window(most=(1, 1, 1, 1), span=1.0),
    group=Window(most=(20, 15, 12, 12), span=60.0, burst=6),
)


@dataclass(slots=True)
class _Calls:
    """Calls that are out, and when those that ended did."""

    out: int = 0
    ended: deque[float] = field(default_factory=deque)

    def wait(self, window: Window, lane: int, now: float) -> float:
        """Seconds until one more has room."""
        while self.ended and self.ended[0] <= now - window.span:
            self.ended.popleft()
        count, most = self.out + len(self.ended), window.most[lane]
        over = count - most
        if over >= 0:
            return self.ended[over] + window.span - now if over < len(self.ended) else GLANCE
        if window.burst is None or lane == URGENT or count < window.burst:
            return 0.0
        return GLANCE if self.out else max(0.0, self.ended[-1] + window.span / most - now)

    def recent(self, since: float) -> bool:
        return self.out > 0 or (bool(self.ended) and self.ended[-1] > since)

    def end(self, now: float) -> None:
        self.out -= 1
        self.ended.append(now)


class Pace:
    """One bot's pace. `limits` None: as fast as it goes. Times are the machine's monotonic seconds."""

    def __init__(self, limits: Limits | None, *, clock: Callable[[], float] = monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._last = float("-inf")
        self._calls: dict[int, _Calls] = {BOT: _Calls()}

    @property
    def kept(self) -> bool:
        return self._limits is not None

    def rest(self, method: str, chat_id: int, lane: int) -> float:
        """Seconds until this chat may get such a message; 0: now."""
        if self._limits is None or not counts(method) or chat_id not in self._calls:
            return 0.0
        window = self._limits.group if chat_id < 0 else self._limits.chat
        return self._calls[chat_id].wait(window, lane, self._clock())

    def gap(self, method: str, lane: int) -> float:
        """Seconds until the bot may send its next message, or until that is worth asking again; 0: now."""
        if self._limits is None or not counts(method):
            return 0.0
        now = self._clock()
        return max(0.0, self._last + self._limits.gap - now, self._calls[BOT].wait(self._limits.bot, lane, now))

    def begin(self, method: str, chat_id: int) -> None:
        """A call goes out. `end` must follow, whatever becomes of it."""
        if self._limits is None or not counts(method):
            return
        self._last = self._clock()
        for key in (BOT, chat_id):
            self._calls.setdefault(key, _Calls()).out += 1

    def end(self, method: str, chat_id: int) -> None:
        """It came back, or will never do so."""
        if self._limits is None or not counts(method):
            return
        now = self._clock()
        for key in (BOT, chat_id):
            self._calls[key].end(now)
        if len(self._calls) > FORGET:
            since = now - self._limits.group.span
            self._calls = {key: one for key, one in self._calls.items() if key == BOT or one.recent(since)}

    def recall(self, chat_id: int, ages: Iterable[float]) -> None:
        """What a program before this one sent to a chat: so many seconds ago each, in any order."""
        now = self._clock()
        self._calls.setdefault(chat_id, _Calls()).ended = deque(sorted(now - age for age in ages))


def counts(method: str) -> bool:
    """Whether it makes a message."""
    return method.startswith(PACED) and method != UNPACED
