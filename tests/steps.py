"""Transcripts: conversations in plain words (tests/transcripts/*.md), and what each line of them does.

A transcript is Markdown. Lines that begin with "- " are steps, everything else is for the reader:

    - Maria (ru) starts                     a new patient, whose Telegram speaks Russian
    - Maria taps: English                   the newest button whose label is this, or begins with it
    - Maria says: 82 g/L
    - Maria sends: report.pdf               a made file of that kind; "a.jpg, b.jpg" is one album
    - Maria sees: Saved / case number       every part stands in what came since her last act
    - Maria does not see: ...
    - Maria answers: Yes; No; 45            taps or says one after the other, each to the question that is open
    - Maria comes to: Where does the patient live    agrees, skips and passes until that is the open question
    - Maria remembers her case              takes the case number from what she sees
    - Carla sees: ...                       in General, or in the case's topic after "Carla opens the case"
    - Carla taps: Claim
    - Carla replies to "...": text          as a reply to the message that holds those words
    - Carla says: text                      in the topic
    - 2 days pass
    - the bot restarts
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bot.catalogues import Catalogues

FOLDER = Path(__file__).parent / "transcripts"
STEP = re.compile(r"^- (.+)$")
NUMBER = re.compile(r"CL-[0-9A-Z]+")
STAFF = ("Carla", "Mei")
CATALOGUES = Catalogues.load()
WORDS = tuple(CATALOGUES[language] for language in CATALOGUES.languages)


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

    @classmethod
    def read(cls, path: Path) -> Transcript:
        lines = path.read_text(encoding="utf-8").splitlines()
        found = tuple((number, match[1].strip()) for number, line in enumerate(lines, 1) if (match := STEP.match(line)))
        assert found, f"{path.name} has no steps"
        return cls(path=path, steps=found)

    @property
    def has_desk(self) -> bool:
        return any(step.split()[0] in STAFF or step.startswith("a stranger") for _, step in self.steps)


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
        return text.replace("{case}", self.number)


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
    for _ in range(120):
        shown, labels = person.newest()
        if text in shown:
            return
        person.taps(_way_on(labels))
    raise AssertionError(f"never came to {text!r}; the last was:\n{shown}")


def _way_on(labels: list[str]) -> str:
    """The button that goes on with the least said: agree to texts and consents, skip questions."""
    for english in ("I have read this", "Skip", "No, go on", "Everything is right", "I will send everything later", "Yes"):
        for words in WORDS:
            if words.gettext(english) in labels:
                return words.gettext(english)
    raise AssertionError(f"no way on among {labels}")


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


def _replies(play: Play, name: str, to: str, text: str) -> None:
    play.person(name).replies(to, text)


def _pass(play: Play, amount: str, unit: str) -> None:
    play.stage.later(**{f"{unit}s": float(amount)})


STEPS: list[tuple[re.Pattern[str], Callable[..., None]]] = [
    (re.compile(r"(\w+)(?: \((\w+)\))? starts"), _starts),
    (re.compile(r"(\w+)(?: \((\w+)\))? opens the chat"), _arrives),
    (re.compile(r"(a stranger|\w+) says: (.+)"), _says),
    (re.compile(r"(a stranger|\w+) taps: (.+)"), _taps),
    (re.compile(r"(\w+) answers: (.+)"), _answers),
    (re.compile(r"(\w+) comes to: (.+)"), _comes_to),
    (re.compile(r"(\w+) sends: (.+?)( as (?:photo|document|voice|video))?"), _sends),
    (re.compile(r"(\w+) sends a sticker"), lambda play, name: play.person(name).sends_sticker()),
    (re.compile(r"(\w+) sends a file of 21 MB"), lambda play, name: play.person(name).sends_nothing_of(21 * 1024 * 1024)),
    (re.compile(r"(\w+) remembers (?:her|his|the) case"), _remembers),
    (re.compile(r"(a stranger|\w+) sees: (.+)"), _sees),
    (re.compile(r"(a stranger|\w+) does not see: (.+)"), _does_not_see),
    (re.compile(r"(a stranger|\w+) opens the case"), _opens_case),
    (re.compile(r'(a stranger|\w+) replies to "(.+?)": (.+)'), _replies),
    (re.compile(r"(\w+) blocks the bot"), lambda play, name: play.person(name).blocks(blocked=True)),
    (re.compile(r"(\w+) unblocks the bot"), lambda play, name: play.person(name).blocks(blocked=False)),
    (re.compile(r"(\d+) (day|hour|minute)s? pass(?:es)?"), _pass),
    (re.compile(r"the bot restarts"), lambda play: play.stage.restart()),
]
