"""What happens around a case beside its stages: submissions to hospitals. See flows.events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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


SupportEvent = Submitted | SubmissionMoved
