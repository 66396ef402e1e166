"""A conversation as steps that a test can play again: "- Ana says: …", "- Ana taps: …", "- Ana sees: …".

What differs from play to play (case codes, hours, dates) is left out, or stands as {case}. A conversation in which a code was
given goes on in a group's topic of that code: what people do there is part of it. What no step can say stands between them as
plain words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePath

from bot.sandbox.people.cast import Cast, Place
from bot.sandbox.state import State
from bot.sandbox.trail import Trace
from bot.sandbox.world import Chat

CODE = re.compile(r"\b[A-Z]{2}-[0-9A-Z]{5}\b")
VOLATILE = re.compile(r"\b\d{1,2}:\d{2}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2} [^\W\d]+ \d{4}\b| / |[\\{}]")
ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
SHORTEST = 2  # characters of a part that says something
QUOTED = 40
TOASTS = 0  # in place of a message's number
BIG = 20 * 1024 * 1024
SUFFIXES = {"photo": ".jpg", "voice": ".ogg"}
MADE = (".pdf", ".png", ".jpg", ".ogg", ".txt", ".html")  # what tests can make
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))


def retold(state: State, chat: Chat, person: int, thread: int = 0) -> str:
    """`person` is whose conversation it is: what they see is told, and what everybody does."""
    place = Place(chat=chat.key, thread=thread)
    story = list(_related(state, place))
    teller = Teller(state=state, subject=person, place=place, cast=Cast(state=state))
    for trace in story:
        teller.tell(trace)
    teller.finish()
    name = teller.cast.name(person, place)
    return "\n".join([f"# {name}: a conversation kept from the sandbox", "", *teller.lines, ""])


def _related(state: State, place: Place) -> Iterator[Trace]:
    """All that belongs to the conversation, from its first trace to its last."""
    places = _places(state, place)
    general = {one.chat for one in places if one.thread}
    codes = _codes(state, place)
    seen: dict[tuple[str, int], str] = {}
    kept: list[Trace] = []
    for trace in state.trail:
        if trace.kind in ("message", "edit"):
            seen[trace.chat, trace.message_id] = trace.words
        words = seen.get((trace.chat, trace.message_id), "")
        about = trace.chat in general and not trace.thread and any(code in words for code in codes)
        if about or (trace.kind == "clock" and kept) or any(one.holds(trace) for one in places):
            kept.append(trace)
    while kept and kept[-1].kind == "clock":
        kept.pop()
    yield from kept


def _codes(state: State, place: Place) -> set[str]:
    topic = state.chats[place.chat].topics.get(place.thread)
    found = set(CODE.findall(topic.name)) if topic is not None else set()
    return found.union(*(CODE.findall(trace.words) for trace in state.trail if place.holds(trace)))


def _places(state: State, place: Place) -> set[Place]:
    """The conversation itself, and where its code is the topic, or was told to somebody in private."""
    codes = _codes(state, place)
    found = {place}
    for chat in state.chats.values():
        found |= {Place(chat=chat.key, thread=one.thread) for one in chat.topics.values() if codes & set(CODE.findall(one.name))}
    private = {trace.chat for trace in state.trail if codes & set(CODE.findall(trace.words))}
    return found | {Place(chat=key) for key in private if key in state.chats and state.chats[key].private}


@dataclass(kw_only=True)
class Teller:
    """Puts traces into lines. `fresh`: what the subject has seen since the last line, newest version of each message.

    `told`: each message as a line has told it last; only what is new in it is told again. `known`: as the subject knew it at
    their last act; what is as it was then, counts as not seen since.
    """

    state: State
    subject: int
    place: Place
    cast: Cast
    lines: list[str] = field(default_factory=list)
    fresh: dict[int, list[str]] = field(default_factory=dict)
    told: dict[int, list[str]] = field(default_factory=dict)
    known: dict[int, list[str]] = field(default_factory=dict)
    said: dict[tuple[str, int], str] = field(default_factory=dict)
    code: str = ""
    learned: tuple[str, str] = ("", "")  # who has just seen which code for the first time
    album: tuple[str, list[str]] = ("", [])

    def tell(self, trace: Trace) -> None:
        if trace.kind == "clock":
            self._clock(trace.seconds)
        elif trace.kind == "gone":
            self.fresh.pop(trace.message_id, None)
        elif trace.kind in ("block", "unblock"):
            self._act(trace, f"{trace.kind}s the bot")
        elif trace.kind == "press":
            self._act(trace, f"taps: {self._known(trace.words)}")
        elif trace.kind == "toast":
            if trace.person == self.subject:
                self.fresh.setdefault(TOASTS, []).extend(self._parts(trace.words))
        else:
            self._message(trace)

    def finish(self) -> None:
        """The last look, also of somebody who never acted where they looked."""
        self.lines += self.cast.comes(self.subject, self.place)
        self.settle()

    def settle(self) -> None:
        """What was seen since the last act, by a subject who is there."""
        if self.cast.there(self.subject, self.place):
            changed = {number: parts for number, parts in self.fresh.items() if self.known.get(number) != parts}
            parts = [part for number, parts in changed.items() for part in parts if part not in self.told.get(number, ())]
            self.told |= self.fresh
            self.fresh.clear()
            if parts := list(dict.fromkeys(parts)):
                self.lines.append(f"- {self.cast.name(self.subject, self.place)} sees: {' / '.join(parts)}")
        if self.learned[1]:
            self.lines.append(f"- {self.learned[0]} remembers the case")
            self.code, self.learned = self.learned[1], ("", "")

    def _message(self, trace: Trace) -> None:
        if trace.person:
            self._by_person(trace)
        self.said[trace.chat, trace.message_id] = trace.words
        if trace.person != self.subject and self.place.holds(trace) and trace.only in (0, self.subject) and not trace.service:
            self.fresh[trace.message_id] = [*self._parts(trace.words), *self._labels(trace.labels)]
        private = self.state.chats[trace.chat].private if trace.chat in self.state.chats else False
        if private and not self.code and (found := CODE.search(trace.words)) and not self.cast.staff(trace):
            self.learned = (self.cast.name(self.state.chats[trace.chat].person, Place(chat=trace.chat)), found[0])

    def _by_person(self, trace: Trace) -> None:
        if trace.kind == "edit":
            before = self.said.get((trace.chat, trace.message_id), "")
            self._act(trace, f'changes "{_quote(before)}" to: {self._line(trace.words)}')
        elif trace.service:
            self._aside(trace, f"({trace.service})")
        elif trace.files:
            self._files(trace)
        elif not trace.words:
            self._aside(trace, "sends something that no step can say")
        else:
            self._words(trace)

    def _words(self, trace: Trace) -> None:
        to = self.said.get((trace.chat, trace.reply_to), "") if trace.reply_to != trace.thread else ""
        if trace.words == "/start" and not self.cast.staff(trace):
            self._act(trace, "starts")
        elif to and self.cast.staff(trace) and not self.state.chats[trace.chat].private:
            self._act(trace, f'replies to "{_quote(to)}": {self._line(trace.words)}')
        else:
            self._act(trace, f"says: {self._line(trace.words)}")

    def _files(self, trace: Trace) -> None:
        uploads = [self.state.files.known[unique] for unique in trace.files if unique in self.state.files.known]
        kind = uploads[0].kind if uploads else "document"
        if kind == "sticker":
            self._act(trace, "sends a sticker")
        elif uploads and uploads[0].size > BIG:
            self._act(trace, "sends a file of 21 MB")
        else:
            self._sent(trace, _made(uploads[0].name if uploads else "", kind), kind)

    def _sent(self, trace: Trace, name: str, kind: str) -> None:
        """An album is one step; what stands under it has none."""
        how = f" as {kind}" if kind in ("photo", "voice", "video") else ""
        if trace.album and self.album[0] == trace.album:
            names = self.album[1]
            names.append(f"{name}#{len(names)}" if name in names else name)
            line = self.lines[-1].partition(" sends: ")[0]
            self.lines[-1] = f"{line} sends: {', '.join(names)}{how}"
        else:
            self._act(trace, f"sends: {name}{how}")
            self.album = (trace.album, [name])
        if trace.words:
            self._aside(trace, f"writes under it: {self._line(trace.words)}")

    def _act(self, trace: Trace, deed: str) -> None:
        self.settle()
        lines, name = self.cast.enters(trace, starting=deed == "starts")
        self.lines += lines
        self.settle()
        self.lines.append(f"- {name} {deed}")
        if trace.person == self.subject:
            self.known = dict(self.told)

    def _aside(self, trace: Trace, words: str) -> None:
        """Words for the reader; no step."""
        self.settle()
        self.lines.append(f"{self.cast.name(trace.person, Place.of(trace))} {words}")

    def _clock(self, seconds: float) -> None:
        self.settle()
        unit, length = next(((unit, length) for unit, length in UNITS if seconds >= length and not seconds % length), ("", 1))
        count = int(seconds // length)
        several = "" if count == 1 else "s"
        self.lines.append(f"- {count} {unit}{several} pass{'' if several else 'es'}" if unit else f"The clock moves {seconds:g} s")

    def _line(self, words: str) -> str:
        return self._known(words.strip().replace("\n", "\\n"))

    def _known(self, words: str) -> str:
        words = words.translate(ISOLATES)
        return words.replace(self.code, "{case}") if self.code else words

    def _parts(self, words: str) -> Iterator[str]:
        for line in words.translate(ISOLATES).splitlines():
            for piece in VOLATILE.split(line):
                yield from self._coded(piece)

    def _coded(self, piece: str) -> Iterator[str]:
        known = self._known(piece)
        for part in CODE.split(known):
            if len(part.strip()) >= SHORTEST and not part.strip().startswith("- "):
                yield part.strip()

    def _labels(self, labels: tuple[str, ...]) -> list[str]:
        row = " ".join(f"[{label}]" for label in labels)
        return list(self._parts(row)) if row else []


def _quote(words: str) -> str:
    """A piece of a message that names it: of its longest line, without quotation marks."""
    pieces = [piece.strip() for line in words.translate(ISOLATES).splitlines() for piece in re.split(r'["/\\{}]', line)]
    return max(pieces, key=len, default="")[:QUOTED].strip()


def _made(name: str, kind: str) -> str:
    """A name of a file that tests can make."""
    path = PurePath(re.sub(r"[,#;/\\]+", "-", name))
    suffix = SUFFIXES.get(kind) or (path.suffix.lower() if path.suffix.lower() in MADE else ".pdf")
    return f"{path.stem or kind}{suffix}"
