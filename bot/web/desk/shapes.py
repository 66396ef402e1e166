"""What the desk's JSON interface answers with: the same as its pages show, as values. Times are UTC."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class Listed(Shape):
    """A case of a list. `holder`: the number of whoever holds it; `waiting`: since when the patient's side waits for an answer."""

    number: str
    stage: str
    urgency: str
    holder: int | None
    language: str | None
    opened: datetime
    closed: datetime | None
    waiting: datetime | None
    flagged: bool


class Cases(Shape):
    """One page of cases; `next` is the query string of the page after it."""

    cases: list[Listed]
    next: str | None


class Finding(Shape):
    """A criterion: met, not-met or unknown. For the desk only; the hospital decides."""

    criterion: str
    status: str


class Record(Shape):
    """A record of the checklist and how it stands."""

    record: str
    state: str


class Case(Shape):
    number: str
    stage: str
    urgency: str
    holder: int | None
    opened: datetime
    closed: datetime | None
    close_reason: str | None
    flagged: bool
    criteria: list[Finding]
    records: list[Record]


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
