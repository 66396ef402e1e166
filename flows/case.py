"""A case at the desk: its stages, the table of legal moves, and what a coordinator can do with it.

Every function takes a case and gives back the case after it with what happened; what is not allowed changes nothing and says why.
Who acts on a case that nobody holds, holds it from then on; what somebody else holds must be taken over first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from flows.desk_events import DocumentEvent
from flows.events import (
    CaseClaimed,
    CaseClosed,
    CaseMoved,
    CaseReleased,
    ClaimLost,
    DayZeroSet,
    EvidenceRaised,
    FollowUpScheduled,
    MoveRefused,
    NextPlanned,
    Noted,
    RedFlagAcknowledged,
    Replied,
)
from flows.support_events import SupportEvent

MAIN = ("inquiry", "records", "review", "hospital", "travel", "admission", "follow-up", "closed")
SIDE = ("paused", "withdrawn", "declined", "died")
STAGES = (*MAIN, *SIDE)

# From each stage, where a case can go. A hospital asks back, a journey is put off, a second dose starts again at the hospital;
# what was paused, withdrawn or marked as died by mistake goes on only by somebody's decision; closed is the end, a new wish is a new case.
_ENDS = ("paused", "withdrawn", "declined", "died", "closed")
MOVES: dict[str, tuple[str, ...]] = {
    "inquiry": ("records", "review", *_ENDS),
    "records": ("review", "inquiry", *_ENDS),
    "review": ("hospital", "records", *_ENDS),
    "hospital": ("travel", "review", "records", *_ENDS),
    "travel": ("admission", "hospital", "records", *_ENDS),
    "admission": ("follow-up", "travel", "hospital", *_ENDS),
    "follow-up": ("hospital", "review", "records", *_ENDS),
    "paused": (*MAIN, *SIDE[1:]),
    "withdrawn": ("inquiry", "records", "died", "closed"),
    "declined": ("review", "records", "hospital", "died", "closed"),
    "died": ("paused", "closed"),
    "closed": (),
}
SHARES = frozenset({"hospital"})  # stages in which a hospital sees the case: only after the family's yes to that
ACCEPTED = frozenset(
    {"travel", "admission", "follow-up"}
)  # a hospital has taken the patient on: what it still needs it asks for itself
SILENT = frozenset({"withdrawn", "died", "closed"})  # no reminder goes out in these stages

Urgency = Literal["urgent", "soon", "routine"]
_ORDER: tuple[Urgency, ...] = ("routine", "soon", "urgent")

Event = (
    CaseClaimed
    | CaseClosed
    | CaseMoved
    | CaseReleased
    | ClaimLost
    | DayZeroSet
    | EvidenceRaised
    | DocumentEvent
    | FollowUpScheduled
    | MoveRefused
    | NextPlanned
    | Noted
    | RedFlagAcknowledged
    | Replied
    | SupportEvent
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """What decides about a case. Times are aware. `holder`: the coordinator who has it. `flagged_at`: the last red flag.

    `protocol`: under which the infusion was given, as far as the desk said.
    """

    stage: str = "inquiry"
    previous_stage: str | None = None
    urgency: Urgency = "routine"
    holder: int | None = None
    claimed_at: datetime | None = None
    closed_at: datetime | None = None
    close_reason: str | None = None
    red_flag_at: datetime | None = None
    red_flag_ack_at: datetime | None = None
    day_zero: date | None = None
    protocol: str | None = None

    def __post_init__(self) -> None:
        if self.stage not in MOVES:
            raise ValueError(self.stage)
        for moment in (self.claimed_at, self.closed_at, self.red_flag_at, self.red_flag_ack_at):
            _aware(moment)

    @property
    def open(self) -> bool:
        return self.stage != "closed"

    @property
    def alarmed(self) -> bool:
        """A red flag that no coordinator has acknowledged yet."""
        return self.red_flag_at is not None and (self.red_flag_ack_at is None or self.red_flag_ack_at < self.red_flag_at)


Outcome = tuple[Case, tuple[Event, ...]]


def claim(case: Case, coordinator: int, *, now: datetime) -> Outcome:
    """Take a case that nobody holds. The second of two loses; claiming what one holds already changes nothing."""
    if not case.open:
        return _refused(case, "claim")
    if case.holder is None:
        return _held(case, coordinator, now), (CaseClaimed(coordinator=coordinator),)
    return (case, ()) if case.holder == coordinator else _lost(case)


def take_over(case: Case, coordinator: int, *, now: datetime, reason: str) -> Outcome:
    """Claim a case even from somebody else; who held it before is said, and why."""
    if case.holder in (None, coordinator) or not case.open:
        return claim(case, coordinator, now=now)
    return _held(case, coordinator, now), (CaseClaimed(coordinator=coordinator, before=case.holder, reason=reason),)


def hand_over(case: Case, coordinator: int, to: int, *, now: datetime, reassigns: bool = False, reason: str = "") -> Outcome:
    """Give a case to a colleague: only what one holds, or what nobody holds, can be given. A lead gives whatever is held."""
    if not case.open:
        return _refused(case, "hand-over")
    if case.holder not in (None, coordinator) and not reassigns:
        return _lost(case)
    if case.holder == to:
        return case, ()
    return _held(case, to, now), (CaseClaimed(coordinator=to, before=case.holder or coordinator, reason=reason),)


def release(case: Case, coordinator: int) -> Outcome:
    """Let go of a case; what nobody holds stays as it is."""
    if case.holder is None:
        return case, ()
    if case.holder != coordinator:
        return _lost(case)
    return replace(case, holder=None, claimed_at=None), (CaseReleased(coordinator=coordinator),)


def move(case: Case, coordinator: int, stage: str, *, now: datetime) -> Outcome:
    """Move a case along the table. Closing needs a reason: see `close`."""
    if stage == case.stage and case.open:
        return case, ()
    if stage == "closed" or stage not in MOVES[case.stage]:
        return _refused(case, stage)
    held, events = _acting(case, coordinator, now)
    if held is None:
        return case, events
    moved = replace(held, stage=stage, previous_stage=case.stage)
    return moved, (*events, CaseMoved(stage=stage, before=case.stage))


def close(case: Case, coordinator: int, reason: str, *, now: datetime) -> Outcome:
    """End a case with a reason (an id of the definition's close reasons)."""
    if "closed" not in MOVES[case.stage]:
        return _refused(case, "closed")
    held, events = _acting(case, coordinator, now)
    if held is None:
        return case, events
    closed = replace(held, stage="closed", previous_stage=case.stage, closed_at=now, close_reason=reason)
    return closed, (*events, CaseClosed(reason=reason, coordinator=coordinator))


def schedule(case: Case, coordinator: int, *, at: datetime, text: str, now: datetime) -> Outcome:
    """Plan a message to the patient. The time must lie ahead; a silent or closed case takes none."""
    _aware(at)
    if case.stage in SILENT or at <= now or not text.strip():
        return _refused(case, "follow-up-message")
    return _say(case, coordinator, now, FollowUpScheduled(coordinator=coordinator, at=at, text=text))


def reply(case: Case, coordinator: int, text: str, *, now: datetime) -> Outcome:
    """Words of a coordinator for the patient; who answers first holds the case."""
    return _say(case, coordinator, now, Replied(coordinator=coordinator, text=text)) if case.open else _refused(case, "reply")


def act(case: Case, coordinator: int, event: SupportEvent, *, now: datetime) -> Outcome:
    """Anything else that a coordinator does for a case, decided elsewhere: only with a case that one holds or nobody does."""
    return _say(case, coordinator, now, event) if case.open else _refused(case, "act")


def note(case: Case, coordinator: int, text: str) -> Outcome:
    """Words for the desk only. Anybody on the roster may note, on any case, at any time."""
    return case, (Noted(coordinator=coordinator, text=text),)


def plan_next(case: Case, coordinator: int, text: str, *, due: date | None, now: datetime) -> Outcome:
    """Say what is to be done next, by which day. No words: it is done, and nothing is planned."""
    return _say(
        case, coordinator, now, NextPlanned(coordinator=coordinator, text=text.strip(), due=due if text.strip() else None)
    )


def set_day_zero(case: Case, coordinator: int, day: date, *, now: datetime, protocol: str | None = None) -> Outcome:
    """The day of the infusion. A second dose sets it anew, and the programme starts again."""
    if not case.open:
        return _refused(case, "day-zero")
    held, events = _say(case, coordinator, now, DayZeroSet(coordinator=coordinator, day=day, protocol=protocol))
    return (held, events) if held.holder != coordinator else (replace(held, day_zero=day, protocol=protocol), events)


def flag(case: Case, *, now: datetime) -> Case:
    """A red flag was seen: the case is urgent, and alarmed until somebody acknowledges it."""
    _aware(now)
    return replace(case, urgency="urgent", red_flag_at=now)


def acknowledge(case: Case, coordinator: int, *, now: datetime) -> Outcome:
    """Somebody has seen the red flag. Anybody on the roster may; it does not claim the case. A second time changes nothing."""
    _aware(now)
    if not case.alarmed:
        return case, ()
    return replace(case, red_flag_ack_at=now), (RedFlagAcknowledged(coordinator=coordinator),)


def raised(case: Case, urgency: Urgency) -> Case:
    """The case with at least this urgency; it never falls by itself."""
    return replace(case, urgency=max(case.urgency, urgency, key=_ORDER.index))


def _say(case: Case, coordinator: int, now: datetime, event: Event) -> Outcome:
    held, events = _acting(case, coordinator, now)
    return (case, events) if held is None else (held, (*events, event))


def _acting(case: Case, coordinator: int, now: datetime) -> tuple[Case | None, tuple[Event, ...]]:
    """The case as the coordinator holds it, claimed on the way if nobody did; None when somebody else holds it."""
    after, events = claim(case, coordinator, now=now)
    return (after, events) if after.holder == coordinator else (None, events)


def _held(case: Case, coordinator: int, now: datetime) -> Case:
    return replace(case, holder=coordinator, claimed_at=now)


def _lost(case: Case) -> Outcome:
    assert case.holder is not None
    return case, (ClaimLost(holder=case.holder),)


def _refused(case: Case, wanted: str) -> Outcome:
    return case, (MoveRefused(stage=case.stage, wanted=wanted),)


def _aware(moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise ValueError("a naive datetime")
