"""Facts, rules and a moment -> which reminders are planned, and when. Pure: the rows and the clock are somebody else's.

The plan is the judge at sending time too: a row goes out only if the plan of that moment still holds it and it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from flows.schedule.reminder_rules import ReminderRules, Rule

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flows.records import RecordState

SILENCE = frozenset({"stopped", "in-memory", "erased", "unreachable", "paused"})  # nothing goes out, whatever a rule says
USEFUL = timedelta(hours=1)  # what is left before an appointment when it is named for the last time
LATE = timedelta(minutes=30)  # a follow-up that was kept back longer than this waits for the morning

Subject = tuple[str, str]  # (kind, subject)


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is so in one chat. All times are aware.

    `holds`: facts about the whole chat ("completed", "human-talk", "reminders-off" ... and those of SILENCE).
    `starts`: what began -> subject -> when ("record-asked": {"pathology": ...}); their order is the order in which they are asked.
    `ended`: (fact, subject) that holds for one subject. `sent`: when reminders about a subject went out.
    """

    language: str | None = None
    zone: str | None = None
    consents: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    starts: Mapping[str, Mapping[str, datetime]] = field(default_factory=dict)
    ended: frozenset[tuple[str, str]] = frozenset()
    snoozed_until: datetime | None = None
    sent: Mapping[Subject, tuple[datetime, ...]] = field(default_factory=dict)


class Planned(NamedTuple):
    """The next reminder about one subject. `occurrence` counts all that were ever sent about it; `last`: the last of its row."""

    kind: str
    subject: str
    occurrence: int
    due: datetime
    last: bool = False


def plan(rules: ReminderRules, facts: Facts, *, now: datetime) -> tuple[Planned, ...]:
    """The next reminder of every subject that is open, by due time: never before now, in a quiet hour, in a snooze or too close.

    Of those that could go out next, one that lapses goes first: a question how things are does not wait behind missing records.
    """
    if facts.holds & SILENCE:
        return ()
    zone = rules.zone(facts.zone, facts.language)
    free = max((rules.apart.after(when, zone) for times in facts.sent.values() for when in times), default=now)
    earliest = max(now, free, facts.snoozed_until or now)
    after = {kind: max(times, default=now) for kind, times in _by_kind(rules, facts, zone).items()}
    waiting, planned = list(_wanted(rules, facts, zone, now)), list[Planned]()
    while waiting:
        slots = {one: max(one.due, earliest, after.get(one.kind, now)) for one in waiting}
        chosen = min(waiting, key=lambda one: (slots[one], rules.rule(one.kind).lapses_after is None, one.due))
        waiting.remove(chosen)
        due = rules.quiet_hours.next_loud(slots[chosen], zone)
        planned.append(chosen._replace(due=due))
        earliest = rules.apart.after(due, zone)
        after[chosen.kind] = _next_of_kind(rules, chosen.kind, due, zone)
    return tuple(planned)


def _by_kind(rules: ReminderRules, facts: Facts, zone: ZoneInfo) -> Mapping[str, list[datetime]]:
    """For each kind of which any went out: when the next may."""
    found: dict[str, list[datetime]] = {}
    for (kind, _), times in facts.sent.items():
        if kind in rules.by_kind:
            found.setdefault(kind, []).extend(_next_of_kind(rules, kind, when, zone) for when in times)
    return found


def _next_of_kind(rules: ReminderRules, kind: str, when: datetime, zone: ZoneInfo) -> datetime:
    apart = rules.rule(kind).apart
    return when if apart is None else apart.after(when, zone)


def still(rules: ReminderRules, facts: Facts, subject: Subject, occurrence: int, *, now: datetime) -> Planned | None:
    """A planned row looked at again: None when it is not wanted any more; its `due` is later than now when it must wait."""
    found = (one for one in plan(rules, facts, now=now) if (one.kind, one.subject, one.occurrence) == (*subject, occurrence))
    return next(found, None)


def follow_up(rules: ReminderRules, facts: Facts, at: datetime, *, now: datetime) -> datetime | None:
    """When a coordinator's message may go out: at its own time, or, if that was missed, not in a quiet hour; None: never.

    A pause stops what the rules send, not what somebody planned for the end of it.
    """
    if facts.holds & (SILENCE - {"paused"}):
        return None
    late = now - at > LATE
    return rules.quiet_hours.next_loud(now, rules.zone(facts.zone, facts.language)) if late else max(at, now).astimezone(UTC)


def ahead(rules: ReminderRules, at: datetime, zone: ZoneInfo, *, now: datetime) -> tuple[datetime, ...]:
    """When an appointment is named once more, by day where the patient lives, and early enough to be of use."""
    wanted = (rules.quiet_hours.next_loud(one.before(at, zone), zone) for one in rules.ahead)
    return tuple(sorted({one for one in wanted if now < one <= at - USEFUL}))


def record_starts(states: Iterable[RecordState], *, asked: datetime, put_off: Mapping[str, datetime]) -> dict[str, datetime]:
    """Since when each open record is asked for: the ones put off since then, the required ones since the list was first shown."""
    open_ = (state for state in states if state.state == "later" or state.asked)
    return {state.record.id: put_off.get(state.record.id, asked) for state in open_}


def _wanted(rules: ReminderRules, facts: Facts, zone: ZoneInfo, now: datetime) -> Iterator[Planned]:
    """The next reminder of each open subject, at the time that its rule alone would give it, unless that is too long ago."""
    for rule in rules.rules:
        if rule.ends & facts.holds or (rule.needs_consent and rule.needs_consent not in facts.consents):
            continue
        for subject, start in facts.starts.get(rule.starts, {}).items():
            if not any((end, subject) in facts.ended for end in rule.ends):
                found = _next(rule, subject, start, facts.sent.get((rule.kind, subject), ()), zone)
                yield from (one for one in found if not _lapsed(rule, one, now, zone))


def _lapsed(rule: Rule, wanted: Planned, now: datetime, zone: ZoneInfo) -> bool:
    return rule.lapses_after is not None and rule.lapses_after.after(wanted.due, zone) < now


def _next(rule: Rule, subject: str, start: datetime, sent: tuple[datetime, ...], zone: ZoneInfo) -> Iterator[Planned]:
    row = [when for when in sent if when > start]  # what went out before the start belongs to an earlier row
    if len(row) < rule.most:
        due = rule.gap(len(row)).after(max([start, *row]), zone)
        yield Planned(rule.kind, subject, len(sent), due, last=len(row) == rule.most - 1)
