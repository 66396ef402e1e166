"""Which events the desk hears of, who there, how loudly. An audience is a role, never a chat id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Literal, cast

from flows import events
from flows.reading import Spot, unique
from flows.texts import Text, text_of

if TYPE_CHECKING:
    from flows.library import Definition

Audience = Literal["desk", "topic", "holder"]
Urgency = Literal["urgent", "soon", "routine"]
AtNight = Literal["override", "silent", "wait"]

AUDIENCES = ("desk", "topic", "holder")
URGENCIES = ("urgent", "soon", "routine")
AT_NIGHT = ("override", "silent", "wait")


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One rule. `audience`: the staff group, the case's topic, or who holds the case (else the group).

    `at_night`: override = at any hour, with sound; silent = sent without sound; wait = in the morning. `when`: field -> values.
    """

    id: str
    event: str
    when: Mapping[str, frozenset[object]]
    audience: Audience
    urgency: Urgency
    at_night: AtNight
    text: Text

    def holds(self, event: object) -> bool:
        return type(event).__name__ == self.event and all(getattr(event, name) in values for name, values in self.when.items())


def audience(definition: Definition, event: object) -> Alert | None:
    """Who hears of this event, and how: the first rule that holds. None: nobody does."""
    return next((alert for alert in definition.alerts if alert.holds(event)), None)


def read(spot: Spot) -> tuple[Alert, ...]:
    """Alert rules from their file; events and fields must be those of flows.events."""
    spot.only("version", "rules")
    return tuple(_alert(one) for one in unique(spot.get("rules").items()))


def _alert(spot: Spot) -> Alert:
    spot.only("id", "event", "when", "audience", "urgency", "quiet_hours", "text")
    event = getattr(events, spot.text("event"), None)
    if not isinstance(event, type) or not is_dataclass(event):
        raise spot.get("event").wrong("is no event of flows.events")
    known = {field.name for field in fields(event)}
    for name, one in spot.get("when").fields():
        if name not in known:
            raise one.wrong(f"{spot.text('event')} has no field {name}")
    return Alert(
        id=spot.text("id"),
        event=spot.text("event"),
        when={name: frozenset(value.value for value in one.items()) for name, one in spot.get("when").fields()},
        audience=cast("Audience", spot.one_of("audience", AUDIENCES)),
        urgency=cast("Urgency", spot.one_of("urgency", URGENCIES)),
        at_night=cast("AtNight", spot.one_of("quiet_hours", AT_NIGHT)),
        text=text_of(spot, "alert", "text"),
    )
