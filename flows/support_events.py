"""What happens around a case beside its stages: submissions to hospitals, tasks, costs. See flows.events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, kw_only=True, slots=True)
class Submitted:
    """The case was sent to a hospital. `documents`: ids of records that went with it; `text`: who sent what in which way."""

    coordinator: int
    centre: str
    protocols: tuple[str, ...]
    documents: tuple[str, ...]
    day: date
    text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmissionMoved:
    """`day`: when it was so at the hospital; `text`: who answered, and in what words."""

    coordinator: int
    submission: int
    state: str
    day: date
    reason: str | None = None
    text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskGiven:
    """`item`: id in the definition; "" for words of the coordinator's own."""

    coordinator: int
    item: str
    owner: str
    due: date | None
    text: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskMoved:
    """`day`: the date that the task asked for, where it was told."""

    coordinator: int
    task: int
    state: str
    day: date | None = None
    note: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PathClosed:
    """`reason`: a code of the definition. For the desk only."""

    coordinator: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RecontactAsked:
    """May the family be written to again when something changes?"""

    coordinator: int


# ---- by the patient's side


@dataclass(frozen=True, kw_only=True, slots=True)
class RecontactSet:
    given: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Rated:
    """How it was to be looked after in a case that is closed. `mark`: 1 to 5."""

    case: int
    mark: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingOpened:
    """Somebody wants to add words to a mark."""

    case: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RatingWorded:
    """The words that belong to a mark. Nobody answers them."""

    case: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TasksListed:
    """What the family can do now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskShown:
    task: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskAnswered:
    task: int
    state: Literal["done", "not-possible"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDated:
    """The date that a task asks for, chosen in steps: nothing yet, a year, a month of it (from 1)."""

    task: int
    year: int | None = None
    month: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDateSaid:
    """A date was written below what was asked for: `day` as precise as it was said, `text` as it was written."""

    day: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CostsAsked:
    """What will it cost? A case is open by now."""


SupportEvent = (
    Submitted
    | SubmissionMoved
    | TaskGiven
    | TaskMoved
    | TasksListed
    | TaskShown
    | TaskAnswered
    | TaskDated
    | TaskDateSaid
    | CostsAsked
    | PathClosed
    | RecontactAsked
    | RecontactSet
    | Rated
    | RatingOpened
    | RatingWorded
)
