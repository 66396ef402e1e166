"""What a desk promises and says often: its hours, how soon a case is taken and a family answered, and its canned replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from flows.reading import unique
from flows.schedule.reminder_rules import clock_of, zone_of
from flows.staff.office import WEEK, Office
from flows.texts import Text, text_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from flows.reading import Spot

About = Literal["claim", "answer", "flag"]
PLACEHOLDERS = ("number", "coordinator", "missing")
TOPICS = ("complete", "human")  # what somebody may see to: questions that are answered, people who ask for a person
MOST_FLAGS = 6  # times that the same red flag is raised again


@dataclass(frozen=True, kw_only=True)
class Canned:
    """A reply that is written often. `title` is for the desk; `text` may hold {number}, {coordinator} and {missing}."""

    id: str
    title: Text
    text: Text


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why somebody takes a case over from a colleague, or hands it over."""

    id: str
    label: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """Within how many working days an answer usually comes, and by which day that is: nights, weekends and holidays are counted."""

    working_days: int
    by: date


@dataclass(frozen=True, kw_only=True)
class Desk:
    """`promises`: within how much time, in open hours; for a red flag by the clock. `reasons`: why a case is taken over, `handing`: why it is handed over; none: nobody is asked."""

    office: Office
    promises: dict[About, timedelta]
    canned: tuple[Canned, ...]
    reasons: tuple[Reason, ...]
    handing: tuple[Reason, ...]

    def level(self, about: About, since: datetime, now: datetime) -> int:
        """0: all is well. 1: half of the promised time is over, 2: all of it. A red flag: how often it is to be raised again."""
        promise = self.promises[about]
        if about == "flag":
            return min(int((now - since) / promise), MOST_FLAGS)
        return min(int(self.office.waited(since, now) / (promise / 2)), 2)

    def promise(self, now: datetime, zone: ZoneInfo) -> Promise:
        """What somebody who writes now from this zone may be told."""
        answer = self.promises["answer"]
        days = max(1, ceil(answer / self.office.day))
        return Promise(working_days=days, by=self.office.after(now, answer).astimezone(zone).date())

    def reply(self, id_: str) -> Canned | None:
        return next((one for one in self.canned if one.id == id_), None)


def read(spot: Spot) -> Desk:
    spot.only("version", "office", "promised_minutes", "canned", "take_over_reasons", "hand_over_reasons")
    promised = spot.get("promised_minutes").only("claim", "answer", "flag")
    kinds: tuple[About, ...] = ("claim", "answer", "flag")
    promises: dict[About, timedelta] = {name: timedelta(minutes=promised.whole(name)) for name in kinds}
    if min(promises.values()) <= timedelta():
        raise spot.get("promised_minutes").wrong("must be more than nothing")
    canned = tuple(_canned(one) for one in unique(spot.get("canned").items()))
    reasons = tuple(_reason(one, "take-over") for one in unique(spot.get("take_over_reasons").items()))
    given = unique(spot.get("hand_over_reasons").items()) if spot.has("hand_over_reasons") else ()
    handing = tuple(_reason(one, "hand-over") for one in given)
    if not reasons:
        raise spot.get("take_over_reasons").wrong("must name at least one")
    return Desk(office=_office(spot.get("office")), promises=promises, canned=canned, reasons=reasons, handing=handing)


def _reason(spot: Spot, context: str) -> Reason:
    spot.only("id", "label")
    return Reason(id=spot.text("id"), label=text_of(spot, context, "label"))


def _office(spot: Spot) -> Office:
    spot.only("zone", "days", "from", "to", "holidays")
    start, end = (clock_of(spot.get(name)) for name in ("from", "to"))
    if start >= end:
        raise spot.get("to").wrong("must be later than from")
    days = frozenset(WEEK.index(one.one_of_words(WEEK)) for one in spot.get("days").items())
    if not days:
        raise spot.get("days").wrong("must name at least one day")
    holidays = frozenset(one.as_day() for one in spot.get("holidays").items())
    return Office(zone=ZoneInfo(zone_of(spot.get("zone"))), days=days, start=start, end=end, holidays=holidays)


def _canned(spot: Spot) -> Canned:
    spot.only("id", "title", "text")
    text = spot.text("text")
    try:
        text.format(**dict.fromkeys(PLACEHOLDERS, ""))
    except (KeyError, IndexError, ValueError) as error:
        raise spot.get("text").wrong(f"has a placeholder that is none of {', '.join(PLACEHOLDERS)}") from error
    return Canned(id=spot.text("id"), title=text_of(spot, "desk-canned", "title"), text=text_of(spot, "canned", "text"))
