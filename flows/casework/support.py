"""What the desk does for a case as data: hospitals, tasks, reasons why a way closes, after which endings somebody is asked how it was.

See definitions/*/support.json and definitions/centres.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flows.case import STAGES
from flows.reading import Spot, unique
from flows.schedule.durations import Duration
from flows.texts import Text, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

KINDS = ("request", "travel", "cost")
OWNERS = ("family", "desk")
DATES = ("passport", "arrival")
_MIDDAY = 12


@dataclass(frozen=True, kw_only=True)
class Centre:
    """A hospital that a case can be sent to. `zone`: IANA. The name is a proper name and is not translated."""

    id: str
    name: str
    city: str
    zone: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """A task as the definition knows it. `ask`: what the family reads; `opens`: the stage that opens it; `date`: which date it asks for.

    `record`: the record of the checklist that it wants.
    """

    id: str
    kind: str
    owner: str
    label: Text
    ask: Text | None
    opens: str | None
    date: str | None
    record: str | None


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a way is not open. `label`: for the desk."""

    id: str
    label: Text


@dataclass(frozen=True, kw_only=True)
class PassportRule:
    """How long a passport must last: the weeks of the stay from arrival, and some months more."""

    weeks: int
    months: int

    def needed(self, arrival: date) -> date:
        """The first day to which it has to be valid."""
        end = datetime(arrival.year, arrival.month, arrival.day, _MIDDAY, tzinfo=UTC) + timedelta(weeks=self.weeks)
        return Duration(months=self.months).after(end, ZoneInfo("UTC")).date()


@dataclass(frozen=True, kw_only=True)
class Support:
    """Everything of both files. `asked_after`: the close reasons after which somebody is asked how it was."""

    centres: tuple[Centre, ...]
    items: tuple[Item, ...]
    reasons: tuple[Reason, ...]
    passport: PassportRule
    asked_after: frozenset[str]

    def centre(self, id_: str) -> Centre | None:
        """None for one that a clinic has taken out of its list since."""
        return next((centre for centre in self.centres if centre.id == id_), None)

    def item(self, id_: str) -> Item | None:
        return next((item for item in self.items if item.id == id_), None)

    def reason(self, id_: str | None) -> Reason | None:
        return next((reason for reason in self.reasons if reason.id == id_), None)


def read(spot: Spot, centres: Iterable[Centre] = ()) -> Support:
    """Tasks and reasons from their file."""
    spot.only("version", "tasks", "passport", "path_reasons", "asked_after")
    passport = spot.get("passport").only("weeks_of_stay", "months_beyond", "source")
    return Support(
        centres=tuple(centres),
        items=tuple(_item(one) for one in unique(spot.get("tasks").items())),
        reasons=tuple(
            Reason(id=one.only("id", "label").text("id"), label=text_of(one, "path-reason", "label"))
            for one in unique(spot.get("path_reasons").items())
        ),
        passport=PassportRule(weeks=passport.whole("weeks_of_stay"), months=passport.whole("months_beyond")),
        asked_after=frozenset(spot.texts("asked_after")),
    )


def read_centres(spot: Spot) -> tuple[Centre, ...]:
    """The hospitals from their file, in its order."""
    return tuple(_centre(one) for one in unique(spot.only("version", "note", "centres").get("centres").items()))


def _centre(spot: Spot) -> Centre:
    spot.only("id", "name", "city", "zone")
    try:
        zone = ZoneInfo(spot.text("zone")).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise spot.get("zone").wrong("is no IANA time zone") from error
    return Centre(id=spot.text("id"), name=spot.text("name"), city=spot.text("city"), zone=zone)


def _item(spot: Spot) -> Item:
    spot.only("id", "kind", "owner", "label", "ask", "opens", "date", "record")
    owner = spot.one_of("owner", OWNERS)
    if (owner == "family") != spot.has("ask"):
        raise spot.wrong("what the family does has an ask, and what the desk does has none")
    return Item(
        id=spot.text("id"),
        kind=spot.one_of("kind", KINDS),
        owner=owner,
        label=text_of(spot, "task", "label"),
        ask=text_of(spot, "task", "ask") if spot.has("ask") else None,
        opens=spot.one_of("opens", STAGES) if spot.has("opens") else None,
        date=spot.one_of("date", DATES) if spot.has("date") else None,
        record=spot.text("record") if spot.has("record") else None,
    )
