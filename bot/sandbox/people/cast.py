"""Who is who in a retold conversation: names that a step can hold, and where coordinators are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.sandbox.state import State
from bot.sandbox.trail import Trace

STAFF = "coordinator"
NOBODY = "a stranger"


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
    """Everybody who acts. A coordinator begins in General; everybody else is new when they first act in a private chat."""

    state: State
    names: dict[int, str] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)

    def staff(self, trace: Trace) -> bool:
        """Whether this is done as a coordinator: in a group, or by somebody of that role in private."""
        chat = self.state.chats.get(trace.chat)
        return chat is None or not chat.private or self._role(chat.person) == STAFF

    def name(self, number: int, place: Place) -> str:
        chat = self.state.chats.get(place.chat)
        if self._role(number) != STAFF and chat is not None and not chat.private:
            return NOBODY
        if number not in self.names:
            self.names[number] = self._fresh(number)
        return self.names[number]

    def enters(self, trace: Trace, *, starting: bool) -> tuple[list[str], str]:
        """Steps that bring somebody to where they act, and the name as the act's own step has it."""
        place, name = Place.of(trace), self.name(trace.person, Place.of(trace))
        before = self.places.get(trace.person)
        if self.staff(trace):
            return self.comes(trace.person, place), name
        self.places[trace.person] = place
        told = f"{name} ({self.state.people[trace.person].language_code or 'en'})"
        if before is not None or starting:
            return [], name if before is not None else told
        return [f"- {told} opens the chat"], name

    def comes(self, number: int, place: Place) -> list[str]:
        """The step that brings a coordinator here, if they are elsewhere."""
        chat = self.state.chats[place.chat]
        name, before = self.name(number, place), self.places.get(number, self._general(place))
        if name == NOBODY or before == place or (chat.private and self._role(number) != STAFF):
            return []
        self.places[number] = place
        return [f"- {name} {self._way(place)}"]

    def there(self, number: int, place: Place) -> bool:
        """Whether somebody already sees this place; everybody else but coordinators always does."""
        name = self.name(number, place)
        return self._role(number) != STAFF or name == NOBODY or self.places.get(number, self._general(place)) == place

    def _way(self, place: Place) -> str:
        if self.state.chats[place.chat].private:
            return "goes to her own chat"
        return "opens the case" if place.thread else "goes to General"

    def _general(self, place: Place) -> Place:
        chat = self.state.chats[place.chat]
        return Place(chat=place.chat) if not chat.private else Place(chat="")

    def _role(self, number: int) -> str:
        person = self.state.people.get(number)
        return person.role if person is not None else ""

    def _fresh(self, number: int) -> str:
        """One word, nobody else's; a coordinator keeps theirs."""
        person = self.state.people.get(number)
        first = re.sub(r"\W", "", person.first_name) if person is not None else ""
        first = first or "Somebody"
        if self._role(number) == STAFF:
            return first
        taken = {*self.names.values(), *(one.first_name for one in self.state.people.values() if one.role == STAFF)}
        return next(name for name in [first, *(f"{first}{index}" for index in range(2, 1000))] if name not in taken)
