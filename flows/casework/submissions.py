"""A case at a hospital: sent, received, questions back, accepted for screening, declined. The table of what can follow what.

"Accepted for screening" is as far as it goes: the hospital tests again after arrival. A new try at the same hospital is a new submission.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from flows.case import SILENT
from flows.support_events import SubmissionMoved, Submitted

if TYPE_CHECKING:
    from collections.abc import Iterable

SENT = "sent"
MOVES: dict[str, tuple[str, ...]] = {
    SENT: ("received", "questions", "screening", "declined", "taken-back"),
    "received": ("questions", "screening", "declined", "taken-back"),
    "questions": ("answered", "screening", "declined", "taken-back"),
    "answered": ("received", "questions", "screening", "declined", "taken-back"),
    "screening": ("questions", "declined", "taken-back"),
    "declined": (),
    "taken-back": (),
}
STATES = tuple(MOVES)
ENDED = frozenset(state for state, reached in MOVES.items() if not reached)
REASONED = frozenset({"declined"})  # only with a reason

Fault = Literal["not-shared", "silent", "underway", "future", "earlier", "no-such-move", "no-reason"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """What decides about one. `day`: of what happened last."""

    id: int
    centre: str
    state: str
    day: date

    @property
    def open(self) -> bool:
        return self.state not in ENDED


def send(before: Iterable[Submission], sent: Submitted, *, today: date, shared: bool, stage: str) -> Submitted | Fault:
    """Whether a case may be sent to this hospital: after the family's yes, and not twice at once. `today`: the desk's calendar day."""
    if not shared:
        return "not-shared"
    if stage in SILENT:
        return "silent"
    if any(one.centre == sent.centre and one.open for one in before):
        return "underway"
    return "future" if sent.day > today else sent


def move(submission: Submission, moved: SubmissionMoved, *, today: date) -> SubmissionMoved | Fault:
    """Whether this can follow, on this day: not before what came before it, and not tomorrow."""
    if moved.state not in MOVES[submission.state]:
        return "no-such-move"
    if moved.day > today:
        return "future"
    if moved.day < submission.day:
        return "earlier"
    return "no-reason" if moved.state in REASONED and moved.reason is None else moved
