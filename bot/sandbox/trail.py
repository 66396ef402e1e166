"""What happened in all chats, in order: messages as they stood then, and what people did to them. Old traces are forgotten."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.sandbox.journal import Journal
from bot.sandbox.world import Entry

KEPT = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """`person`: who did it, or whom a toast is for (0: the bot did). `words`: a text or caption, a pressed button's label.

    `labels`: the inline buttons, `files`: unique ids, `only`: the one person who sees it, `seconds`: how far the clock moved,
    `at`: a message's date.
    """

    kind: Literal["message", "edit", "gone", "press", "toast", "block", "unblock", "clock"]
    chat: str = ""
    thread: int = 0
    message_id: int = 0
    person: int = 0
    words: str = ""
    labels: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    album: str = ""
    reply_to: int = 0
    service: str = ""
    only: int = 0
    seconds: float = 0.0
    at: int = 0


class Trail:
    """Kept in the journal, so that a restart forgets nothing that people saw."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._traces: deque[tuple[int, Trace]] = deque()
        self._number = 0

    def __iter__(self) -> Iterator[Trace]:
        return (trace for _, trace in self._traces)

    def add(self, trace: Trace) -> None:
        self._number += 1
        self._traces.append((self._number, trace))
        self._journal.mark("trail", str(self._number), trace)
        if len(self._traces) > KEPT:
            self._journal.erase("trail", str(self._traces.popleft()[0]))

    def restore(self, number: int, trace: Trace) -> None:
        self._number = max(self._number, number)
        self._traces.append((number, trace))

    def forget(self) -> None:
        self._traces.clear()
        self._journal.clear(("trail",))


def shown(entry: Entry, kind: Literal["message", "edit"] = "message") -> Trace:
    """A message as it stands now."""
    message = entry.message
    markup = message.get("reply_markup")
    return Trace(
        kind=kind,
        chat=entry.chat,
        thread=entry.thread,
        message_id=entry.message_id,
        person=entry.sender if entry.kind == "person" else 0,
        words=message.get("text") or message.get("caption") or "",
        labels=tuple(button["text"] for row in markup["inline_keyboard"] for button in row) if markup else (),
        files=entry.files,
        album=message.get("media_group_id", ""),
        reply_to=message["reply_to_message"]["message_id"] if "reply_to_message" in message else 0,
        service=entry.service,
        only=entry.ephemeral_for,
        at=entry.date,
    )
