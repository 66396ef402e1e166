"""Places: every item of a form where it stands in one response, in the order of the form, and what follows from that alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Self

from flows.dialogue.place import Place, is_shown

if TYPE_CHECKING:
    from flows.items import Item


class Places(tuple[Place, ...]):  # noqa: SLOT001 - it keeps what was found
    """The places that are enabled. Many turns have the same list, so what it alone decides is found once.

    `tops`: the items at the top of the form.
    """

    tops: tuple[Item, ...]

    def __new__(cls, places: Iterable[Place], tops: tuple[Item, ...]) -> Self:
        made = super().__new__(cls, places)
        made.tops = tops
        return made

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset([place.key for place in self])

    @cached_property
    def link_ids(self) -> frozenset[str]:
        return frozenset([place.item.link_id for place in self])

    @cached_property
    def shown(self) -> Mapping[str, int]:
        """Key -> index of what is put to the person: questions, cards, "another one?"."""
        return {place.key: index for index, place in enumerate(self) if is_shown(place)}

    @cached_property
    def parts(self) -> Mapping[int, tuple[int, ...]]:
        """Part -> the indexes of its questions, in the order in which the parts begin. Cards and "another one?" are not counted."""
        found: dict[int, list[int]] = {}
        for index, place in enumerate(self):
            if place.kind == "asked" and place.item.type != "display":
                found.setdefault(self.part_of(place), []).append(index)
        return {part: tuple(indexes) for part, indexes in found.items()}

    def part_of(self, place: Place) -> int:
        """The top group that a place is in; below zero: the questions outside of groups between two of them are a part of their own."""
        return self._part_of_top[place.part]

    @cached_property
    def _part_of_top(self) -> tuple[int, ...]:
        found, groups = [], 0
        for index, item in enumerate(self.tops):
            found.append(index if item.type == "group" else -1 - groups)
            groups += item.type == "group"
        return tuple(found)
