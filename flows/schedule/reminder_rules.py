"""The rules of reminders as data: what starts one, how often it comes, what ends it. See definitions/*/reminders.json."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from functools import cached_property
from string import Formatter
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.inputs import Control
from flows.reading import Spot, unique
from flows.schedule.durations import Duration
from flows.schedule.quiet_hours import QuietHours
from flows.texts import Text, text_of

STARTS = ("last-answer", "record-asked", "task-asked", "day-zero", "case-ended")
ENDS = (
    *("completed", "human-talk", "case-closed", "accepted", "reminders-off", "stopped", "erased"),  # about the whole chat
    *("record-received", "record-none"),  # about one subject
)
APART = Duration(days=1)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One kind of reminder. `most`: how many in a row; the gaps are `first_after`, then `then_every`, whose last one repeats.

    `last` is said with the last one of a row, `first` before everything else. `buttons`: controls with their number.
    `lapses_after`: one that could not be sent for this long is not sent any more. `apart`: what lies at least between two of this
    kind, whatever they are about.
    """

    kind: str
    audience: str
    subject: str
    starts: str
    first_after: Duration
    then_every: tuple[Duration, ...]
    most: int
    needs_consent: str | None
    ends: frozenset[str]
    title: Text
    body: Text
    last: Text | None
    buttons: tuple[tuple[Control, int | None], ...]
    first: Text | None = None
    lapses_after: Duration | None = None
    apart: Duration | None = None

    def gap(self, number: int) -> Duration:
        """What must pass before reminder `number` (from 0) of a row: since the start for the first, since the one before for others."""
        return self.first_after if number == 0 else self.then_every[min(number, len(self.then_every)) - 1]


@dataclass(frozen=True, kw_only=True)
class ReminderRules:
    """`apart`: what lies at least between two reminders to one chat; `zones`: language -> zone, used until a city is chosen.

    `ahead`: how long before an appointment it is named once more.
    """

    quiet_hours: QuietHours
    zones: Mapping[str, str]
    apart: Duration
    rules: tuple[Rule, ...]
    ahead: tuple[Duration, ...] = ()

    def zone(self, zone: str | None, language: str | None) -> ZoneInfo:
        """The time zone to plan in: the chosen one, else that of the language, else the first; a name that is not known is passed over."""
        for name in filter(None, (zone, self.zones.get(language or ""), *self.zones.values())):
            try:
                return ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                continue
        return ZoneInfo("UTC")

    def rule(self, kind: str) -> Rule:
        return self.by_kind[kind]

    @cached_property
    def by_kind(self) -> Mapping[str, Rule]:
        return {rule.kind: rule for rule in self.rules}


def read(spot: Spot) -> ReminderRules:
    """Reminder rules from their file."""
    spot.only("version", "quiet_hours", "zone_of_language", "apart", "ahead_of_appointments", "rules")
    quiet = spot.get("quiet_hours").only("from", "to")
    return ReminderRules(
        quiet_hours=QuietHours(start=clock_of(quiet.get("from")), end=clock_of(quiet.get("to"))),
        zones={language: zone_of(one) for language, one in spot.get("zone_of_language").fields()},
        apart=duration_of(spot.get("apart")) if spot.has("apart") else APART,
        rules=tuple(_rule(one) for one in unique(spot.get("rules").items(), "kind")),
        ahead=_durations(spot, "ahead_of_appointments"),
    )


def _rule(spot: Spot) -> Rule:
    spot.only(
        *("kind", "audience", "subject", "starts", "first_after", "then_every", "most", "needs_consent", "ends"),
        *("title", "body", "last", "placeholders", "buttons", "lapses_after", "apart"),
    )
    kind, most = spot.text("kind"), spot.whole("most")
    every = _durations(spot, "then_every")
    _check_words(spot)
    if most < 1 or (most > 1 and not every):
        raise spot.get("most").wrong("must be 1, or more with a gap in then_every")
    return Rule(
        kind=kind,
        audience=spot.text("audience"),
        subject=spot.text("subject"),
        starts=spot.one_of("starts", STARTS),
        first_after=duration_of(spot.get("first_after")),
        then_every=every,
        most=most,
        lapses_after=duration_of(spot.get("lapses_after")) if spot.has("lapses_after") else None,
        apart=duration_of(spot.get("apart")) if spot.has("apart") else None,
        needs_consent=spot.text("needs_consent") if spot.has("needs_consent") else None,
        ends=ends_of(spot.get("ends")),
        title=text_of(spot, "reminder", "title", kind),
        body=text_of(spot, "reminder", "body", kind),
        last=text_of(spot, "reminder", "last", kind) if spot.has("last") else None,
        buttons=tuple(button_of(one) for one in spot.get("buttons").items()),
    )


def _check_words(spot: Spot) -> None:
    """What the words leave open is what the reminder is said to fill in."""
    for name in ("title", "body", "last"):
        try:
            left_open = (
                {field for _, field, _, _ in Formatter().parse(spot.text(name)) if field is not None}
                if spot.has(name)
                else set()
            )
        except ValueError as error:
            raise spot.get(name).wrong(str(error)) from None
        if left_open - set(spot.texts("placeholders")):
            raise spot.get(name).wrong("names what is not in placeholders")


def _durations(spot: Spot, name: str) -> tuple[Duration, ...]:
    return tuple(duration_of(one) for one in spot.get(name).items()) if spot.has(name) else ()


def ends_of(spot: Spot) -> frozenset[str]:
    """The facts that end a reminder."""
    for one in spot.items():
        if one.word() not in ENDS:
            raise one.wrong(f"{one.word()!r} is none of {', '.join(ENDS)}")
    return frozenset(one.word() for one in spot.items())


def button_of(spot: Spot) -> tuple[Control, int | None]:
    """A control's name, with or without its number: "SNOOZE:3"."""
    name, _, number = spot.word().partition(":")
    if name not in Control.__members__ or (number and not number.isdecimal()):
        raise spot.wrong("is no control of flows.inputs, with or without a number")
    return Control[name], int(number) if number else None


def duration_of(spot: Spot) -> Duration:
    """A length of time, as ISO 8601 writes it."""
    try:
        return Duration.of(spot.word())
    except ValueError as error:
        raise spot.wrong("must be a duration like P1D") from error


def clock_of(spot: Spot) -> time:
    """A time of day on the wall clock."""
    try:
        return time.fromisoformat(spot.word())
    except ValueError as error:
        raise spot.wrong("must be a time like 21:00") from error


def zone_of(spot: Spot) -> str:
    """The name of a time zone."""
    try:
        return ZoneInfo(spot.word()).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise spot.wrong("is no IANA time zone") from error
