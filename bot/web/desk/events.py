"""Everything that happened in a case as one list, the newest first, cut into pages at a moment that stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.effects import cards
from bot.web.desk import reading, showing
from bot.wording import card, submissions, tasks, web
from bot.wording import timeline as wording
from bot.wording.visible import visible
from flows.grounds.given import link_id_of
from storage import audit, consents, relay, reminders, responses
from storage.desk import submissions as sent
from storage.desk import tasks as given

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.effects.scene import House
    from storage.rows import AuditLine, Case
    from storage.transaction import Transaction

PAGE = 50
AFTER_ALL = "~"  # after the name of every kind
LAST = 2**62  # above every id
CONSENTS = 1_000_000  # their numbers begin above those of changed answers
MOVES = ("stage.", "holder.")


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Place:
    """Where a thing stands in the list: when it was, then by kind and number, so that no two stand at one place."""

    at: datetime
    kind: str = ""
    id: int = 0

    @classmethod
    def read(cls, text: str) -> Place | None:
        """From an address; None for what is none."""
        seconds, _, rest = text.partition("~")
        kind, _, number = rest.partition("~")
        try:
            at = datetime.fromtimestamp(int(seconds[:17]) / 1_000_000, UTC)
        except (ValueError, OverflowError, OSError):
            return None
        return cls(at=at, kind=kind, id=int(number[:17])) if kind in SOURCES and number.isdecimal() else None

    @classmethod
    def before(cls, text: str, now: datetime) -> Place:
        """Where a page begins that an address asks for: after everything, where it asks for nothing that makes sense."""
        return cls.read(text) or cls(at=now, kind=AFTER_ALL, id=LAST)

    def __str__(self) -> str:
        return f"{round(self.at.timestamp() * 1_000_000)}~{self.kind}~{self.id}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One thing. `who`: whoever did it, "" for the program; `body`: words that somebody wrote."""

    place: Place
    text: str
    who: str = ""
    body: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Looked:
    """One case under the eyes of somebody: `before`: what the page before ended with."""

    tx: Transaction
    house: House
    words: Catalogue
    case: Case
    before: Place

    def event(self, kind: str, at: datetime, id_: int, text: str, who: str = "", body: str | None = None) -> Event:
        return Event(place=Place(at=at, kind=kind, id=id_), text=text, who=who, body=visible(body or "")[0])

    def named(self, by: int) -> str:
        return cards.name_of(self.tx, by) or "" if by else ""

    @property
    def patient(self) -> str:
        return web.texts(self.words)["patient"]


def page(looked: Looked, kind: str) -> tuple[list[Event], Place | None]:
    """One page of one kind ("": of all), and the place after which the next one goes on."""
    sources = [SOURCES[kind]] if kind in SOURCES else SOURCES.values()
    found = sorted(
        (one for source in sources for one in source(looked) if one.place < looked.before),
        key=lambda one: one.place,
        reverse=True,
    )
    shown = found[:PAGE]
    return shown, shown[-1].place if len(found) > PAGE else None


def _talk(looked: Looked, kind: str) -> Iterator[Event]:
    """Read from where the page begins; there may be thousands."""
    before = looked.before
    id_ = LAST if before.kind > kind else before.id if before.kind == kind else 0
    wanted = {"note"} if kind == "note" else {"in", "out"}
    last = before
    kept = 0
    while kept <= PAGE:
        lines = relay.before(looked.tx, looked.case.id, last.at, id_, PAGE + 1)
        for line in lines:
            if line.direction in wanted:
                kept += 1
                who = looked.patient if line.direction == "in" else looked.named(line.author)
                text = wording.said(looked.words, line.direction)
                yield looked.event(kind, line.at, line.id, text, who, line.body or web.texts(looked.words)["file"])
        if len(lines) <= PAGE:
            return
        last, id_ = Place(at=lines[-1].at), lines[-1].id


def _answers(looked: Looked) -> Iterator[Event]:
    response = responses.current(looked.tx, looked.case.chat_id)
    if response is not None:
        yield looked.event("answer", response.created_at, 0, wording.begun(looked.words), looked.patient)
        for number, change in enumerate(responses.changes(looked.tx, response.id), 1):
            question = card.question(looked.words, looked.house.definition, link_id_of(change.key))
            text = wording.changed(looked.words, question)
            by = change.by.partition(" ")[0]  # "7101 from message 12": whoever filed it
            who = looked.patient if by == "patient" else looked.named(int(by) if by.isdecimal() else 0)
            yield looked.event("answer", change.at, number, text, who)
    for number, line in enumerate(consents.history(looked.tx, looked.case.chat_id), CONSENTS):
        text = wording.agreed(looked.words, line.consent, given=line.given)
        yield looked.event("answer", line.at, number, text, looked.patient)


def _documents(looked: Looked) -> Iterator[Event]:
    for number, one in enumerate(reading.stored(looked.tx, looked.house, looked.case)):
        ours = one.document.origin != "patient"
        text = wording.document(looked.words, showing.record(looked.words, looked.house, one), ours=ours)
        yield looked.event("document", one.document.created_at, number, text, "" if ours else looked.patient)


def _stages(looked: Looked) -> Iterator[Event]:
    yield looked.event("stage", looked.case.opened_at, 0, wording.opened(looked.words))
    for line in audit.moves(looked.tx, f"case:{looked.case.id}", begins=MOVES):
        who = showing.actor(looked.words, looked.house, {line.actor: _name(looked, line)}, line.actor)
        yield looked.event("stage", line.at, line.sequence, _move(looked, line), who)


def _move(looked: Looked, line: AuditLine) -> str:
    kind, _, code = line.action.partition(".")
    words, definition = looked.words, looked.house.definition
    if kind == "holder":
        return wording.held(words, claimed=code == "claimed")
    if code != "closed":
        return wording.moved(words, card.stage(words, definition, code))
    reason = next((one.label.worded(words.worded) for one in definition.close_reasons if one.id == line.detail), "")
    return wording.closed(words, reason)


def _name(looked: Looked, line: AuditLine) -> str:
    return looked.named(int(line.actor)) or line.actor if line.actor.isdecimal() else line.actor


def _submissions(looked: Looked) -> Iterator[Event]:
    for one in sent.of_case(looked.tx, looked.case.id):
        where = looked.words.isolate(submissions.centre(looked.house.definition, one.centre))
        for number, line in enumerate(one.lines):
            text = f"{where}: {submissions.line(looked.words, looked.house.definition, line)}"
            yield looked.event("submission", line.at, one.id * 1000 + number, text, looked.named(line.by))


def _tasks(looked: Looked) -> Iterator[Event]:
    for one in given.of_case(looked.tx, looked.case.id):
        text = tasks.line(looked.words, looked.house.definition, one)
        yield looked.event("task", one.changed_at, one.id, text, looked.named(one.by))


def _reminders(looked: Looked) -> Iterator[Event]:
    for one in reminders.for_chat(looked.tx, looked.case.chat_id):
        if one.state == "sent" and one.done_at and one.case_id in {None, looked.case.id}:
            text = wording.reminded(looked.words, showing.planned(looked.words, one))
            yield looked.event("reminder", one.done_at, one.id, text, looked.named(one.author or 0))


SOURCES: dict[str, Callable[[Looked], Iterable[Event]]] = {
    "message": lambda looked: _talk(looked, "message"),
    "note": lambda looked: _talk(looked, "note"),
    "answer": _answers,
    "document": _documents,
    "stage": _stages,
    "submission": _submissions,
    "task": _tasks,
    "reminder": _reminders,
}
