"""Transcripts: conversations in plain words (tests/transcripts/*.md), and what each line of them does.

A transcript is Markdown. Lines that begin with "- " are steps, everything else is for the reader:

    - Maria (ru) starts                     a new patient, whose Telegram speaks Russian
    - Maria taps: English                   the newest button whose label is this, or begins with it
    - Maria says: 82 g/L
    - Maria says: {5000 letters}            a text of that length
    - Maria sends: report.pdf               a made file of that kind; "a.jpg, b.jpg" is one album; "... as photo", "... as voice"
    - Maria changes "82" to: 28             edits her newest message that holds these words
    - Maria sees: Saved / case number       every part stands in what came, changed or popped up since her last act
    - Maria does not see: ...
    - Maria sees nothing
    - Maria answers: Yes; No; 45            taps or says one after the other, each to the question that is open
    - Maria comes to: Where does the patient live    agrees, skips and passes until that is the open question
    - Maria changes the answer to: How old  in the review: finds the question, tapping "More answers", and taps its number
    - Maria blocks the bot
    - Maria remembers her case              takes the case number from what she sees; {case} stands for it from then on
    - Carla sees: ...                       in General at first; "Carla opens the case" takes her to its topic,
                                            "Carla goes to General" back, "Carla goes to her own chat" to the desk bot
    - Carla taps: Claim
    - Carla and Mei tap at once: Claim
    - one of Carla and Mei is told: ...     as the answer to the tap, and not both
    - Carla replies to "...": text          as a reply to the newest message that holds those words
    - Carla replies to "..." with: plan.pdf
    - Carla says: text                      where she is
    - a stranger says: text                 somebody in the staff group who is not on the roster
    - 2 days pass                           every play begins at noon in London
    - the bot restarts                      killed, and started again with the same data
    - the staff group moves                 Telegram makes another group of it, with another number
    - the staff group has no topics         from now on; "the staff group has topics again" ends it
    - Telegram knows no reactions           from now on; "Telegram knows reactions again" ends it
"""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from tests.loaded import CATALOGUES

FOLDER = Path(__file__).parent / "transcripts"
STEP = re.compile(r"^- (.+)$")
NUMBER = re.compile(r"CL-[0-9A-Z]+")
LETTERS = re.compile(r"\{(\d+) letters\}")
DESK = re.compile(r"(one of )?(Carla|Mei|a stranger)\b")
GO_ON = (
    "I have read this",
    "Keep this answer",
    "Skip",
    "No, go on",
    "Everything is right",
    "I will send everything later",
    "Yes",
)
WORDS = tuple(CATALOGUES[language] for language in CATALOGUES.languages)
WAYS_ON = tuple(words.gettext(label) for label in GO_ON for words in WORDS)
MORE_ANSWERS = tuple(words.gettext("More answers") for words in WORDS)


class Stage(Protocol):
    """Where a transcript is played: `person` gives somebody who can say, tap, send and see."""

    desk: bool

    def patient(self, name: str, language: str) -> Any: ...
    def coordinator(self, name: str) -> Any: ...
    def stranger(self, name: str) -> Any: ...
    def later(self, **span: float) -> None: ...
    def restart(self) -> None: ...
    def file(self, name: str) -> Path: ...


@dataclass(frozen=True, kw_only=True)
class Transcript:
    path: Path
    steps: tuple[tuple[int, str], ...]
    needs_fonts: bool = False

    @classmethod
    def read(cls, path: Path) -> Transcript:
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        found = tuple((number, match[1].strip()) for number, line in enumerate(lines, 1) if (match := STEP.match(line)))
        assert found, f"{path.name} has no steps"
        return cls(path=path, steps=found, needs_fonts="<!-- needs fonts -->" in text)

    def without_desk(self) -> Transcript:
        """Up to where a coordinator acts or has to be asked."""
        ends = (at for at, (_, step) in enumerate(self.steps) if DESK.match(step))
        return Transcript(path=self.path, steps=self.steps[: next(ends, len(self.steps))])


def transcripts() -> list[Transcript]:
    return [Transcript.read(path) for path in sorted(FOLDER.glob("*.md"))]


@dataclass(kw_only=True)
class Play:
    """One transcript on one stage."""

    stage: Stage
    cast: dict[str, Any] = field(default_factory=dict)
    number: str = ""

    def run(self, transcript: Transcript) -> None:
        for number, step in transcript.steps:
            try:
                self.step(step)
            except AssertionError as error:
                raise AssertionError(f"{transcript.path.name}:{number}: {step}\n{error}") from error

    def step(self, step: str) -> None:
        for pattern, act in STEPS:
            if match := pattern.fullmatch(step):
                act(self, *match.groups())
                return
        raise AssertionError(f"this step means nothing: {step}")

    def person(self, name: str) -> Any:
        if name not in self.cast:
            self.cast[name] = self.stage.stranger(name) if name == "a stranger" else self.stage.coordinator(name)
        return self.cast[name]

    def filled(self, text: str) -> str:
        """What stands in braces is put in: the case number that somebody remembers, a text of some length."""
        return LETTERS.sub(lambda found: "letters " * (int(found[1]) // 8), text.replace("{case}", self.number))


def _starts(play: Play, name: str, language: str | None) -> None:
    if name not in play.cast:
        play.cast[name] = play.stage.patient(name, language or "en")
    play.cast[name].starts()


def _arrives(play: Play, name: str, language: str | None) -> None:
    play.cast[name] = play.stage.patient(name, language or "en")


def _says(play: Play, name: str, text: str) -> None:
    play.person(name).says(play.filled(text).replace("\\n", "\n"))


def _taps(play: Play, name: str, label: str) -> None:
    play.person(name).taps(play.filled(label))


def _answers(play: Play, name: str, answers: str) -> None:
    for answer in answers.split("; "):
        play.person(name).answers(answer)


def _comes_to(play: Play, name: str, text: str) -> None:
    person = play.person(name)

    def choose(shown: str, labels: list[str]) -> str | None:
        return None if text in shown else _way_on(labels)

    for _ in range(120):
        if person.passes(choose) is None:
            return
    raise AssertionError(f"never came to {text!r}")


def _way_on(labels: list[str]) -> str:
    """The button that goes on with the least said: agree to texts and consents, skip questions."""
    found = next((label for label in WAYS_ON if label in labels), None)
    assert found, f"no way on among {labels}"
    return found


def _changes_answer(play: Play, name: str, question: str) -> None:
    person = play.person(name)
    entry = re.compile(rf"^(\d+)\. {re.escape(question)}", re.MULTILINE)

    def choose(shown: str, labels: list[str]) -> str | None:
        found = entry.search(shown)
        return found[1] if found else next((label for label in MORE_ANSWERS if label in labels), None)

    for _ in range(10):
        tapped = person.passes(choose)
        assert tapped, f"no answer to {question!r} in the review"
        if tapped.isdigit():
            return


def _sends(play: Play, name: str, files: str, how: str | None) -> None:
    paths = [play.stage.file(one.strip()) for one in files.split(",")]
    play.person(name).sends(*paths, kind=(how or " as document").removeprefix(" as "))


def _sees(play: Play, name: str, texts: str) -> None:
    play.person(name).sees(*(play.filled(text) for text in texts.split(" / ")))


def _does_not_see(play: Play, name: str, texts: str) -> None:
    play.person(name).does_not_see(*(play.filled(text) for text in texts.split(" / ")))


def _remembers(play: Play, name: str) -> None:
    found = NUMBER.search(play.person(name).sees("CL-"))
    assert found, "no case number"
    play.number = found[0]


def _opens_case(play: Play, name: str) -> None:
    play.cast[name] = play.person(name).at_case(play.number)


def _goes(play: Play, name: str, where: str) -> None:
    person = play.person(name)
    play.cast[name] = person.in_general() if where == "General" else person.in_private()


def _replies(play: Play, name: str, to: str, text: str) -> None:
    play.person(name).replies(to, text)


def _replies_with(play: Play, name: str, to: str, files: str) -> None:
    play.person(name).replies_with(to, *(play.stage.file(one.strip()) for one in files.split(",")))


def _tap_at_once(play: Play, one: str, other: str, label: str) -> None:
    fingers = [play.person(name).reaches(label) for name in (one, other)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda tap: tap(), fingers))


def _one_is_told(play: Play, one: str, other: str, text: str) -> None:
    told = {name: play.person(name).toast for name in (one, other)}
    assert len([words for words in told.values() if text in words]) == 1, told


def _pass(play: Play, amount: str, unit: str) -> None:
    play.stage.later(**{f"{unit}s": float(amount)})


WHO = r"(a stranger|\w+)"
STEPS: list[tuple[re.Pattern[str], Callable[..., None]]] = [
    (re.compile(pattern), act)
    for pattern, act in (
        (r"(\w+)(?: \((\w+)\))? starts", _starts),
        (r"(\w+)(?: \((\w+)\))? opens the chat", _arrives),
        (rf"{WHO} says: (.+)", _says),
        (rf"{WHO} taps: (.+)", _taps),
        (r"(\w+) and (\w+) tap at once: (.+)", _tap_at_once),
        (r"(\w+) answers: (.+)", _answers),
        (r"(\w+) comes to: (.+)", _comes_to),
        (r"(\w+) changes the answer to: (.+)", _changes_answer),
        (r'(\w+) changes "(.+?)" to: (.+)', lambda play, name, before, text: play.person(name).edits(before, text)),
        (r"(\w+) sends: (.+?)( as (?:photo|document|voice|video))?", _sends),
        (r"(\w+) sends a sticker", lambda play, name: play.person(name).sends_sticker()),
        (r"(\w+) sends a file of 21 MB", lambda play, name: play.person(name).sends_nothing_of(21 * 1024 * 1024)),
        (r"(\w+) remembers (?:her|his|the) case", _remembers),
        (rf"{WHO} sees: (.+)", _sees),
        (rf"{WHO} does not see: (.+)", _does_not_see),
        (rf"{WHO} sees nothing", lambda play, name: play.person(name).sees_nothing()),
        (r"one of (\w+) and (\w+) is told: (.+)", _one_is_told),
        (rf"{WHO} opens the case", _opens_case),
        (r"(\w+) goes to (General|(?:her|his) own chat)", _goes),
        (rf'{WHO} replies to "(.+?)": (.+)', _replies),
        (r'(\w+) replies to "(.+?)" with: (.+)', _replies_with),
        (r"(\w+) blocks the bot", lambda play, name: play.person(name).blocks(blocked=True)),
        (r"(\w+) unblocks the bot", lambda play, name: play.person(name).blocks(blocked=False)),
        (r"(\d+) (day|hour|minute)s? pass(?:es)?", _pass),
        (r"the bot restarts", lambda play: play.stage.restart()),
        (r"the staff group moves", lambda play: play.stage.world.move_group()),
        (r"the staff group has no topics", lambda play: play.stage.world.without_topics()),
        (r"Telegram knows no reactions", lambda play: play.stage.world.without_reactions()),
        (r"Telegram knows reactions again", lambda play: play.stage.world.as_usual()),
        (r"the staff group has topics again", lambda play: play.stage.world.as_usual()),
    )
]
