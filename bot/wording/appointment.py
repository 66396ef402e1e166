"""An appointment in words, on both clocks: for the family, and for the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.messages import Message
from bot.wording import keys, values
from bot.wording.controls import button, rows
from bot.wording.markup import bold, lines, paragraphs, plain
from bot.wording.visible import visible
from flows.inputs import Control

if TYPE_CHECKING:
    from bot.appointments import Appointment
    from bot.catalogues import Catalogue


def appointment(words: Catalogue, made: Appointment, home: str, *, again: bool = False) -> Message:
    """For the family; `home`: their zone; `again`: it is near."""
    head = words.gettext("A reminder of your appointment") if again else words.gettext("Your appointment")
    ask = words.gettext("If the time does not suit you, write here.")
    asking = button(words.gettext("Ask a person"), Control.HUMAN)
    text = paragraphs(bold(head), plain(visible(made.what)[0]), _clocks(words, made, home), plain(ask))
    return Message(text=text, rows=rows(asking))


def called_off(words: Catalogue, made: Appointment, home: str) -> Message:
    head = words.gettext("This appointment does not take place")
    later = words.gettext("Your coordinator will write to you about it.")
    return Message(text=paragraphs(bold(head), plain(visible(made.what)[0]), _clocks(words, made, home), plain(later)))


def appointment_made(words: Catalogue, case: int, made: Appointment, home: str, planned: list[int], *, name: str) -> Message:
    """For the desk: both clocks, how often the patient is reminded, and a way back."""
    head = words.gettext("{name} set an appointment. The patient’s side was told.").format(name=words.isolate(name))
    count = words.ngettext("{n} reminder is planned.", "{n} reminders are planned.", len(planned)).format(n=len(planned))
    text = paragraphs(bold(head), plain(visible(made.what)[0]), _clocks(words, made, home, desk=True), plain(count))
    return Message(text=text, rows=keys.cancel_appointment(words, case, planned[0]) if planned else ())


def cancelled(words: Catalogue, name: str) -> str:
    text = words.gettext("{name} called this appointment off. The patient’s side was told.")
    return plain(text.format(name=words.isolate(name)))


def no_words(words: Catalogue) -> str:
    return words.gettext("What is the appointment? Write it after the time: /appointment 2026-12-05 10:30 Beijing TEXT")


def not_now(words: Catalogue) -> str:
    return words.gettext("This case is closed or its family gets no messages, so no appointment was set.")


def _clocks(words: Catalogue, made: Appointment, home: str, *, desk: bool = False) -> str:
    """One line where both clocks show the same."""
    here = values.moment(words, made.at, home)
    theirs = words.gettext("For the patient: {when} ({zone})") if desk else words.gettext("Where you are: {when}")
    there = f"{words.isolate(_city(words, made))}: {values.moment(words, made.at, made.zone)}"
    own = theirs.format(when=here, zone=words.isolate(home))
    if not made.place or (_offset(made.at, made.zone) == _offset(made.at, home) and not desk):
        return plain(own)
    return lines(plain(there), plain(own))


def _city(words: Catalogue, made: Appointment) -> str:
    """The place as this language calls it."""
    return words.worded(made.context, made.place) if made.context else made.place


def _offset(at: datetime, zone: str) -> object:
    return at.astimezone(ZoneInfo(zone)).utcoffset()
