"""From a form and answers to its places, and what is asked of each: whether it is open, whether a group has room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from flows.dialogue.listing import Places
from flows.dialogue.place import Path, Place, kind_of
from flows.enablement import MOST_OCCURRENCES, Enablement, occurrences
from flows.fhirpath.computed import NOTHING, Computed
from flows.values import Absent, Values

if TYPE_CHECKING:
    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse


def places(
    questionnaire: Questionnaire, answers: Mapping[str, Values], groups: Mapping[str, int], computed: Computed = NOTHING
) -> Places:
    """All places that are enabled. They rest on few of the answers, so most turns find them as the turn before did."""
    rests_on = (
        computed.off,
        tuple(map(answers.get, questionnaire.conditions)),
        tuple(groups.items()),
        tuple([one for one in answers.items() if "#" in one[0]]),
    )
    table = questionnaire.memory.table()
    found = table.places.get(rests_on)
    if found is None:
        found = table.list(rests_on, _walked(questionnaire, answers, groups, computed.off))
    return computed.adapted(found)


def _walked(
    questionnaire: Questionnaire, answers: Mapping[str, Values], groups: Mapping[str, int], off: frozenset[str]
) -> Places:
    walk = _Walk(questionnaire, answers, groups, off)
    for part, item in enumerate(questionnaire.items):
        walk.visit((item,), part, hidden=False)
    return Places(walk.found, questionnaire.items)


def places_of(questionnaire: Questionnaire, response: QuestionnaireResponse) -> Places:
    return places(questionnaire, response.answers, response.groups, response.computed)


class _Walk:
    """One pass over a form. Most items stand in no scope: their places are made once, with the form."""

    __slots__ = ("_answers", "_enablement", "_groups", "_standing", "found")

    def __init__(
        self, questionnaire: Questionnaire, answers: Mapping[str, Values], groups: Mapping[str, int], off: frozenset[str]
    ) -> None:
        self._enablement = Enablement(questionnaire, answers, groups, off)
        self._standing = questionnaire.standing
        self._answers, self._groups = answers, groups
        self.found: list[Place] = []

    def visit(self, items: Iterable[Item], part: int, path: Path = (), *, hidden: bool) -> None:
        found, standing = self.found, self._standing
        for item in items:
            if item.conditional and not self._enablement.open(item.gates[-1], path):
                continue
            place = _scoped(item, part, path, hidden=hidden) if path else standing[item.link_id]
            if item.type != "group":
                found.append(place)
                if item.items:
                    self._under_answers(place)
            elif item.repeats:
                self._occurrences(place)
            else:
                found.append(place)
                self.visit(item.items, part, path, hidden=place.kind == "hidden")

    def _under_answers(self, place: Place) -> None:
        for number, value in enumerate(self._answers.get(place.key, ())):
            if not isinstance(value, Absent):
                self._inside(place, number)

    def _occurrences(self, place: Place) -> None:
        before = len(self.found)
        for number in range(occurrences(place.item, place.key, self._groups)):
            self.found.append(place)
            self._inside(place, number)
        if any(inside.kind == "asked" for inside in self.found[before:]):
            self.found.append(place._replace(kind="more"))

    def _inside(self, place: Place, number: int) -> None:
        path = (*place.path, (place.item.link_id, f"{place.key}#{number}/"))
        self.visit(place.item.items, place.part, path, hidden=place.kind == "hidden")


def _scoped(item: Item, part: int, path: Path, *, hidden: bool) -> Place:
    return Place(path[-1][1] + item.name, item, kind_of(item, hidden=hidden or item.hidden), part, path)


def is_open(place: Place, response: QuestionnaireResponse) -> bool:
    """Whether a place still waits for its answer."""
    if place.kind == "asked":
        return place.key not in response.answers or place.key in response.offered
    return place.kind == "more" and place.key not in response.closed and has_room(place, response.groups)


def has_room(place: Place, groups: Mapping[str, int]) -> bool:
    """Whether a repeating group can have another occurrence."""
    most = MOST_OCCURRENCES if place.item.max_occurs is None else min(place.item.max_occurs, MOST_OCCURRENCES)
    return occurrences(place.item, place.key, groups) < most


def occurrence_of(place: Place) -> int | None:
    """The number of the innermost occurrence (or answer) that a place is in, from 0."""
    return number_of(place.path[-1][1]) if place.path else None


def number_of(start: str) -> int:
    """The number of the occurrence (or answer) whose keys have this start, from 0."""
    return int(start.rpartition("#")[2].rstrip("/"))
