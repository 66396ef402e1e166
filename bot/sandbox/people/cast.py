"""Who is who in a retold conversation: names that a step can hold, and where coordinators are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox.state import State
from bot.sandbox.trail import Trace

STAFF = "coordinator"
STRANGER = "a stranger"  # somebody in a group who is no coordinator


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A chat, and in a forum the topic (0: General, or no topics)."""

    chat: str
    thread: int = 0

    @classmethod
    def of(cls, trace: Trace) -> Place:
        return cls(chat=trace.chat, thread=trace.thread)

    def holds(self, trace: Trace) -> bool:
        return trace.chat == self.chat and (trace.thread == self.thread or trace.kind == "toast")


@dataclass(kw_only=True)
class Cast:
    """Everybody who acts. Who belongs to a group begins in General; a patient is new at their first act."""

    state: State
    names: dict[int, str] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)

    def staff(self, number: int, place: Place) -> bool:
        """Whether they are there as staff: in a group, or as a coordinator in private."""
        chat = self.state.chats.get(place.chat)
        return chat is None or not chat.private or self._role(number) == STAFF

    def name(self, number: int, place: Place) -> str:
        if self.staff(number, place) and self._role(number) != STAFF:
            return STRANGER
        if number not in self.names:
            self.names[number] = self._fresh(number)
        return self.names[number]

    def enters(self, number: int, place: Place, *, starting: bool) -> tuple[list[str], str]:
        """Steps that bring somebody to where they act, and the name as the act's own step has it."""
        name = self.name(number, place)
        if self.staff(number, place):
            return self.comes(number, place), name
        known = number in self.places
        self.places[number] = place
        told = f"{name} ({self.state.people[number].language_code or 'en'})"
        if known or starting:
            return [], name if known else told
        return [f"- {told} opens the chat"], name

    def comes(self, number: int, place: Place) -> list[str]:
        """The step that brings somebody of a group here, if they are elsewhere."""
        if not self.staff(number, place) or self.there(number, place):
            return []
        self.places[number] = place
        return [f"- {self.name(number, place)} {self._way(place)}"]

    def there(self, number: int, place: Place) -> bool:
        """Whether somebody sees this place now; a patient always sees the own chat."""
        return not self.staff(number, place) or self.places.get(number, self._general(place)) == place

    def _way(self, place: Place) -> str:
        if self.state.chats[place.chat].private:
            return "goes to her own chat"
        return "opens the case" if place.thread else "goes to General"

    def _general(self, place: Place) -> Place:
        return Place(chat="" if self.state.chats[place.chat].private else place.chat)

    def _role(self, number: int) -> str:
        person = self.state.people.get(number)
        return person.role if person is not None else ""

    def _fresh(self, number: int) -> str:
        """One word, nobody else's; a coordinator keeps theirs."""
        person = self.state.people.get(number)
        first = (re.sub(r"\W", "", person.first_name) if person is not None else "") or "Somebody"
        if self._role(number) == STAFF:
            return first
        taken = {*self.names.values(), *(one.first_name for one in self.state.people.values() if one.role == STAFF)}
        return next(name for name in [first, *(f"{first}{index}" for index in range(2, 1000))] if name not in taken)
