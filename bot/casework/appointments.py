"""Appointments, journeys, calls: a moment on the clock of a place, told to the family on their own clock too, and named again before it.

`/appointment 2026-12-05 10:30 Beijing Video call with the hospital`: the time is that of the city; without one, the patient's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.appointments import KIND, Appointment
from bot.casework.when import When, moment
from bot.effects.group import Group
from bot.effects.scene import Lane
from bot.wording import appointment as wording
from bot.wording import counter, desk
from flows.case import SILENT
from flows.reminders import ahead
from flows.response import Coding
from storage import reminders

if TYPE_CHECKING:
    from bot.effects.act import DeskScene

LAST = "Etc/GMT+12"  # where a day ends last of all
ZONES = "https://www.iana.org/time-zones"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """A city that the questions name."""

    length: int  # of what was written
    zone: str
    label: str
    context: str


def make(scene: DeskScene, said: str) -> None:
    """The patient is told at once, and again before it."""
    if not said.strip():
        return scene.act.tell(wording.no_words(scene.act.words))
    home = scene.house.definition.reminders.zone(scene.chat.zone, scene.chat.language)
    found = moment(said, now=scene.tx.now, zone=home.key)
    if found == "past":  # it may be so here and not there
        found = moment(said, now=scene.tx.now, zone=LAST)
    place = _place(scene, found.text) if isinstance(found, When) else None
    if place is not None:
        found = moment(said, now=scene.tx.now, zone=place.zone)
    if not isinstance(found, When):
        return scene.act.tell(counter.no_day(scene.act.words, found))
    what = found.text[place.length :].lstrip(" ,:;.") if place else found.text
    if not what:
        return scene.act.tell(wording.no_words(scene.act.words))
    if scene.own_case.stage in SILENT or scene.own_case.closed_at is not None or not scene.may_write:
        return scene.act.tell(wording.not_now(scene.act.words))
    where = place or _Place(length=0, zone=home.key, label="", context="")
    made = Appointment(at=found.at, zone=where.zone, place=where.label, context=where.context, what=what)
    return _told(scene, made, home.key)


def _told(scene: DeskScene, made: Appointment, home: str) -> None:
    zone = scene.house.definition.reminders.zone(scene.chat.zone, scene.chat.language)
    dues = ahead(scene.house.definition.reminders, made.at, zone, now=scene.tx.now)
    row = scene.say(wording.appointment(scene.words, made, home), kind="appointment", lane=Lane.ANSWER)
    planned = reminders.add_appointment(
        scene.tx,
        scene.chat.id,
        text=made.dumps(),
        dues=dues,
        author=scene.act.coordinator.telegram_id,
        case_id=scene.own_case.id,
        key=str(row),
    )
    message = wording.appointment_made(scene.act.words, scene.own_case.id, made, home, planned, name=scene.act.name)
    scene.act.answer(message)
    if not scene.at_home:
        Group(tx=scene.tx, house=scene.house).topic(scene.own_case.id, message, kind="appointment_made")


def cancel(scene: DeskScene, reminder_id: int) -> bool:
    """Whether this was a reminder of an appointment; then all of it is called off, and the patient's side is told."""
    planned = reminders.get(scene.tx, reminder_id)
    if planned is None or planned.kind != KIND or planned.case_id != scene.own_case.id or planned.text is None:
        return False
    if reminders.drop_subject(scene.tx, scene.chat.id, KIND, planned.subject):
        made, home = (
            Appointment.loads(planned.text),
            scene.house.definition.reminders.zone(scene.chat.zone, scene.chat.language),
        )
        if scene.may_write:
            scene.say(wording.called_off(scene.words, made, home.key), kind="appointment", lane=Lane.ANSWER)
        scene.act.rewrite(wording.cancelled(scene.act.words, scene.act.name), kind="appointment_cancelled")
    else:
        scene.act.tell(desk.follow_up_gone(scene.act.words))
    return True


def _place(scene: DeskScene, text: str) -> _Place | None:
    """The city that the words begin with, as the questions name it; the longest name wins."""
    cities = (
        _Place(length=len(name), zone=option.value.code, label=option.display, context=option.context)
        for item in scene.house.definition.questionnaire.by_link_id.values()
        for option in item.options
        if isinstance(option.value, Coding) and option.value.system == ZONES
        if _begins(text, name := option.display.split(",")[0])
    )
    return max(cities, key=lambda place: place.length, default=None)


def _begins(text: str, name: str) -> bool:
    return text.casefold().startswith(name.casefold()) and not text[len(name) : len(name) + 1].isalpha()
