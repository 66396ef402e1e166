"""Puts the traces of a conversation into steps."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.people import phrasing
from bot.sandbox.people.cast import Cast, Place
from bot.sandbox.state import State
from bot.sandbox.trail import Trace

TOAST = 0  # in place of a message's number
NOTHING = ("", 0, "")
BIG = 20 * 1024 * 1024
UNITS = (("day", 86400), ("hour", 3600), ("minute", 60))
HOW = ("photo", "voice", "video")
Parts = dict[int, list[str]]


@dataclass(kw_only=True)
class Teller:
    """`subject` sees what happens in `place`. By message number, as parts of a step:

    `fresh`: what came or changed since the last line, in order; `told`: as a line told it last, so that only what is new in it is
    told again; `versions`: as it stood, with the number of the subject's acts before, because what is again as it was around their
    last act counts as not seen since. `rivals` tapped one button at once: nobody knows who of them will be first the next time.
    `acts` counts, by place, what people did there before a bot `spoke` again: with more than one, nobody knows what answers what,
    so only the last message counts.
    """

    state: State
    subject: int
    place: Place
    cast: Cast
    lines: list[str] = field(default_factory=list)
    fresh: Parts = field(default_factory=dict)
    told: Parts = field(default_factory=dict)
    versions: dict[int, list[tuple[int, list[str]]]] = field(default_factory=dict)
    acted: int = 0
    rivals: frozenset[str] = frozenset()
    said: dict[tuple[str, int], str] = field(default_factory=dict)
    acts: dict[Place, int] = field(default_factory=dict)
    spoke: set[Place] = field(default_factory=set)
    code: str = ""
    learned: tuple[str, str] = ("", "")  # who has just seen which code
    album: tuple[str, list[str]] = ("", [])
    pressed: tuple[str, int, str] = NOTHING  # the last step, if it was a press: chat, message, label

    def tell(self, trace: Trace) -> None:
        if trace.kind == "clock":
            self._clock(trace.seconds)
        elif trace.kind == "gone":
            self.fresh.pop(trace.message_id, None)
        elif trace.kind in ("block", "unblock"):
            self._act(trace, f"{trace.kind}s the bot")
        elif trace.kind == "press":
            self._press(trace)
        elif trace.kind == "toast":
            if trace.person == self.subject:
                self._sees(TOAST, phrasing.parts(trace.words, (), self.code))
        else:
            self._message(trace)

    def finish(self) -> None:
        """The last look, also of somebody who never acted where they looked."""
        self._settle()
        self.lines += self.cast.comes(self.subject, self.place)
        self._settle()

    def _message(self, trace: Trace) -> None:
        if trace.person:
            self._by_person(trace)
        else:
            self.spoke.add(Place.of(trace))
        self.said[trace.chat, trace.message_id] = trace.words
        if trace.person != self.subject and self.place.holds(trace) and trace.only in (0, self.subject) and not trace.service:
            self._sees(trace.message_id, phrasing.parts(trace.words, trace.labels, self.code))
        self._learns(trace)

    def _learns(self, trace: Trace) -> None:
        """A patient's own case code, shown in answer to their last act."""
        chat = self.state.chats.get(trace.chat)
        if self.code or chat is None or not chat.private or self.cast.staff(chat.person, Place.of(trace)) or trace.person:
            return
        found = phrasing.CODE.search(trace.words)
        if found is not None:
            self.learned = (self.cast.name(chat.person, Place.of(trace)), found[0])
        elif self._rushed(Place.of(trace)):
            self.learned = ("", "")

    def _sees(self, number: int, parts: list[str]) -> None:
        self.fresh.pop(number, None)
        self.fresh[number] = [part for part in parts if not any(name in part for name in self.rivals)]
        self.versions.setdefault(number, []).append((self.acted, parts))
        self.pressed = NOTHING

    def _as_before(self, number: int) -> bool:
        """Whether the subject may have known it like this at their last act: it stood so since the act before that."""
        *earlier, (_, now) = self.versions[number]
        since = next((at for at, (act, _) in enumerate(earlier) if act >= self.acted - 1), len(earlier))
        return self.acted > 0 and now in [parts for _, parts in earlier[max(since - 1, 0) :]]

    def _settle(self) -> None:
        """What was seen since the last line, by a subject who is there."""
        if self.fresh and self.cast.there(self.subject, self.place):
            changed = {number: parts for number, parts in self.fresh.items() if not self._as_before(number)}
            if self._rushed(self.place):
                changed = dict(list(changed.items())[-1:])
            parts = [part for number, parts in changed.items() for part in parts if part not in self.told.get(number, ())]
            self.told |= self.fresh
            self.fresh.clear()
            if parts := list(dict.fromkeys(parts)):
                self._line(f"- {self.cast.name(self.subject, self.place)} sees: {' / '.join(parts)}")
        if self.learned[1]:
            self._line(f"- {self.learned[0]} remembers the case")
            self.code, self.learned = self.learned[1], ("", "")

    def _rushed(self, place: Place) -> bool:
        """Whether a bot's words may answer an earlier act than the last."""
        return self.acts.get(place, 0) > 1

    def _by_person(self, trace: Trace) -> None:
        if not trace.files:  # what was seen before may hold the code that these words hold; an album's step is not finished yet
            self._settle()
        if trace.kind == "edit":
            before = phrasing.quote(self.said.get((trace.chat, trace.message_id), ""))
            self._act(trace, f'changes "{before}" to: {phrasing.line(trace.words, self.code)}')
        elif trace.service:
            self._aside(trace, f"({trace.service})")
        elif trace.files:
            self._files(trace)
        elif not trace.words:
            self._aside(trace, "sends something that no step can say")
        elif trace.words == "/start" and not self.cast.staff(trace.person, Place.of(trace)):
            self._act(trace, "starts")
        else:
            self._act(trace, self._reply(trace, phrasing.line(trace.words, self.code), "says: {}", ": {}"))

    def _reply(self, trace: Trace, what: str, plain: str, replying: str) -> str:
        """A deed, which in a group may be a reply to a message."""
        to = self.said.get((trace.chat, trace.reply_to), "") if trace.reply_to != trace.thread else ""
        if to and not self.state.chats[trace.chat].private:
            return f'replies to "{phrasing.quote(to)}"{replying.format(what)}'
        return plain.format(what)

    def _files(self, trace: Trace) -> None:
        uploads = [self.state.files.known[unique] for unique in trace.files if unique in self.state.files.known]
        kind, name = (uploads[0].kind, uploads[0].name) if uploads else ("document", "")
        if kind == "sticker":
            self._act(trace, "sends a sticker")
        elif uploads and uploads[0].size > BIG:
            self._act(trace, "sends a file of 21 MB")
        else:
            self._sent(trace, phrasing.file_name(name, kind), f" as {kind}" if kind in HOW else "")

    def _sent(self, trace: Trace, name: str, how: str) -> None:
        """An album is one step; what stands under it has none."""
        if trace.album and self.album[0] == trace.album:
            names = self.album[1]
            self.lines[-1] = self.lines[-1].removesuffix(how) + f", {name}#{len(names)}{how}"
            names.append(name)
        else:
            self._act(trace, self._reply(trace, name + how, "sends: {}", " with: {}"))
            self.album = (trace.album, [name])
        if trace.words:
            self._aside(trace, f"writes under it: {phrasing.line(trace.words, self.code)}")

    def _press(self, trace: Trace) -> None:
        """Two who press the same before anything comes of it, press at once."""
        self._settle()
        press, label = (trace.chat, trace.message_id, trace.words), phrasing.known(trace.words, self.code)
        if press == self.pressed and self.lines[-1].count(" tap") == 1:
            first = self.lines.pop().removeprefix("- ").partition(" taps: ")[0]
            name = self.cast.name(trace.person, Place.of(trace))
            self._act(trace, f"tap at once: {label}", f"{first} and ")
            self.rivals |= {first, name} if first != name else set()
        else:
            self._act(trace, f"taps: {label}")
            self.pressed = press

    def _act(self, trace: Trace, deed: str, others: str = "") -> None:
        place = Place.of(trace)
        self._settle()
        lines, name = self.cast.enters(trace.person, place, starting=deed == "starts")
        self.lines += lines
        self._settle()
        self._line(f"- {others}{name} {deed}")
        self.acts[place] = 1 if place in self.spoke else self.acts.get(place, 0) + 1
        self.spoke.discard(place)
        if trace.person == self.subject:
            self.acted += 1

    def _aside(self, trace: Trace, words: str) -> None:
        """Words for the reader; no step."""
        self._settle()
        self._line(f"{self.cast.name(trace.person, Place.of(trace))} {words}")

    def _clock(self, seconds: float) -> None:
        self._settle()
        unit, length = next(((unit, length) for unit, length in UNITS if seconds >= length and not seconds % length), ("", 1))
        count = int(seconds // length)
        several = count != 1
        passes = f"- {count} {unit}{'s' if several else ''} pass{'' if several else 'es'}"
        self._line(passes if unit else f"The clock moves by {seconds:g} s")

    def _line(self, line: str) -> None:
        self.lines.append(line)
        self.pressed = NOTHING
