"""What the desk's JSON interface answers with: the same as its pages show, as values. Times are UTC.

Codes stay codes; what is words (`title`, `text`, `why`, `evidence`) is in the language of whoever asks.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Listed(Shape):
    """A case of a list. `holder`: the number of whoever holds it; `waiting`: since when the patient's side waits for an answer.

    `late`: for longer than the desk promised; `next`, `due`: what is to be done next, by which day.
    """

    number: str
    title: str
    stage: str
    urgency: str
    holder: int | None
    language: str | None
    opened: datetime
    closed: datetime | None
    waiting: datetime | None
    late: bool
    next: str | None
    due: date | None
    flagged: bool


class Person(Shape):
    """Somebody who works at the desk."""

    number: int
    name: str


class Cases(Shape):
    """One page of cases; `next` is the query string of the page after it. `people`: of the desk; `views`: one's own, name to query string."""

    cases: list[Listed]
    next: str | None
    people: list[Person]
    views: dict[str, str]


class Finding(Shape):
    """A criterion: met, not-met or unknown. For the desk only; the hospital decides."""

    criterion: str
    status: str
    why: list[str]
    evidence: list[str]


class Value(Shape):
    """A value that a coordinator read in a report. `test`: the question of the definition that it answers."""

    id: int
    test: str
    text: str


class Record(Shape):
    """A record of the checklist and how it stands."""

    record: str
    state: str


class Case(Shape):
    """One case: its summary, criteria, records, and where its files for a hospital are."""

    number: str
    title: str
    stage: str
    urgency: str
    holder: int | None
    opened: datetime
    closed: datetime | None
    close_reason: str | None
    flagged: bool
    facts: list[str]
    criteria: list[Finding]
    measured: list[Value]
    records: list[Record]
    papers: dict[str, str]


class File(Shape):
    """`look`: how it can be looked into (picture, words, or not at all). `address`: where its bytes are."""

    id: int
    content_type: str | None
    size: int | None
    look: str
    address: str | None


class Document(Shape):
    """`guarded`: kept apart; only whoever holds the case, or a lead, gets its bytes."""

    id: str
    record: str | None
    origin: str
    received: datetime
    guarded: bool
    files: list[File]


class Documents(Shape):
    documents: list[Document]


class Line(Shape):
    """direction: in (from the patient's side), out (to it) or note (desk only). `author`: a coordinator's number, null for the patient's side."""

    id: int
    direction: str
    author: int | None
    text: str
    at: datetime


class Conversation(Shape):
    """The newest lines, oldest first."""

    lines: list[Line]


class Task(Shape):
    """`item`: of the definition, empty where `text` says what it is. owner: family or desk."""

    id: int
    item: str
    text: str | None
    owner: str
    state: str
    due: date | None
    day: date | None


class Tasks(Shape):
    tasks: list[Task]


class Answer(Shape):
    """Something that happened to a submission, and on which day at the hospital."""

    state: str
    day: date
    reason: str | None
    text: str | None
    documents: list[str]
    by: int


class Submission(Shape):
    id: int
    centre: str
    protocols: list[str]
    state: str
    lines: list[Answer]


class Submissions(Shape):
    submissions: list[Submission]


class Happened(Shape):
    """One thing of a timeline. `who`: the name of whoever did it, empty for the program; `body`: words that somebody wrote."""

    kind: str
    at: datetime
    who: str
    text: str
    body: str


class Timeline(Shape):
    """Everything that happened, the newest first; `next` is the query string of the page after it."""

    events: list[Happened]
    next: str | None


class Planned(Shape):
    """A message or an appointment that is to come."""

    id: int
    kind: str
    due: datetime
    text: str


class Plans(Shape):
    planned: list[Planned]


class Trace(Shape):
    """A line of the audit log. `actor`: a coordinator's number, a hospital, the patient's side, the program."""

    at: datetime
    actor: str
    action: str


class Trail(Shape):
    """Who looked and what was done, the newest lines."""

    lines: list[Trace]


class Protocol(Shape):
    """A trial that takes patients. `criteria`: met, not-met, unknown, or unverified where nobody has compared the words of the trial."""

    protocol: str
    product: str
    stale: bool
    criteria: dict[str, str]


class Protocols(Shape):
    """For the desk only; the hospital decides."""

    protocols: list[Protocol]


class Table(Shape):
    """Counts. A cell is a number, or a text such as a span of time."""

    title: str
    columns: list[str]
    rows: list[list[str | int]]


class Figures(Shape):
    """How far families come, how soon they are answered, who carries what."""

    days: int
    tables: list[Table]
