"""What happens at the desk: one frozen dataclass each, a fact in the past tense. They are events like all others: see flows.events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from flows.values import Quantity


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseClaimed:
    coordinator: int
    before: int | None = None  # who held it (taken over or handed over)
    reason: str = ""  # why it changed hands: the id of a reason, or words


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimLost:
    """Somebody else holds the case."""

    holder: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseReleased:
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseMoved:
    stage: str
    before: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseClosed:
    reason: str
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveRefused:
    """The table of legal moves has no such move."""

    stage: str
    wanted: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Replied:
    """A coordinator's words for the patient."""

    coordinator: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Noted:
    """Desk only; never leaves the desk."""

    coordinator: int
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FollowUpScheduled:
    coordinator: int
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RedFlagAcknowledged:
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DayZeroSet:
    """The day of the infusion: the follow-up programme starts from it. `protocol`: whose programme it is, None for the usual one."""

    coordinator: int
    day: date
    protocol: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NextPlanned:
    """What is to be done next, by which day; without words: what was planned is done."""

    coordinator: int
    text: str
    due: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceRaised:
    """A criterion is shown better than before. `grade`: checked | confirmed."""

    criterion: str
    grade: str
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentFiled:
    """A coordinator says which record a document is; it counts as received."""

    document_id: str
    record: str
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentJudged:
    """A document does not serve. `record`: what it was filed under, and what is asked for again."""

    document_id: str
    record: str | None
    verdict: Literal["unreadable", "outdated"]
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentDated:
    """The day that stands on a document: from it the record grows old."""

    document_id: str
    day: date
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueRead:
    """A coordinator read a value in a report. `document`: the one in which it stands; `grade`: document | checked."""

    link_id: str
    amount: Quantity
    day: date
    document: str | None
    grade: str
    coordinator: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ValueTakenBack:
    """It was read wrongly. `value`: its number in the store."""

    value: int
    link_id: str
    coordinator: int


DocumentEvent = DocumentFiled | DocumentJudged | DocumentDated | ValueRead | ValueTakenBack
