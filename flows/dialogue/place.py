"""Place: one item where it stands in a response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.items import Item

Kind = Literal["asked", "lead", "more", "hidden"]
Path = tuple[tuple[str, str], ...]  # the scopes of a place, outermost first: (linkId, the start of the keys inside it)


class Place(NamedTuple):
    """`asked`: a question or a card; `lead`: said before the next question; `more`: "another one?"; `hidden`: never shown.

    `part` is the index of the item at the top of the form that the place is in. A tuple, as there is one for each item in every turn.
    """

    key: str
    item: Item
    kind: Kind
    part: int
    path: Path = ()


def is_shown(place: Place) -> bool:
    """Whether a place is put to the person: a question, a card, "another one?"."""
    return place.kind in {"asked", "more"}


def kind_of(item: Item, *, hidden: bool) -> Kind:
    """What an item is where it stands. `hidden`: it or something that it stands under is hidden."""
    return "hidden" if hidden else "asked" if item.asked else "lead"


def standing(items: tuple[Item, ...]) -> dict[str, Place]:
    """The places of the items that stand in no repeating group and under no answer, by linkId: the same in every response."""
    found: dict[str, Place] = {}
    for part, item in enumerate(items):
        _stand(item, part, found, hidden=False)
    return found


def _stand(item: Item, part: int, found: dict[str, Place], *, hidden: bool) -> None:
    hidden = hidden or item.hidden
    found[item.link_id] = Place(item.name, item, kind_of(item, hidden=hidden), part)
    if item.type == "group" and not item.repeats:
        for child in item.items:
            _stand(child, part, found, hidden=hidden)


def place_at(key: str, by_name: Mapping[str, Item], stand: Mapping[str, Place]) -> Place | None:
    """The place of a key, without looking at any other: for a place that is known to be enabled and shown."""
    *scopes, last = key.split("/")
    item = by_name.get(last)
    if item is None or not scopes:
        return None if item is None else _shown(stand.get(item.link_id))
    path: Path = ()
    for scope in scopes:
        above = by_name.get(scope.partition("#")[0])
        if above is None:
            return None
        path = (*path, (above.link_id, f"{path[-1][1] if path else ''}{scope}/"))
    part = stand[path[0][0]].part
    return _shown(Place(key, item, kind_of(item, hidden=False), part, path))


def _shown(place: Place | None) -> Place | None:
    """An open place whose item is a group asks for "another one?"."""
    return place._replace(kind="more") if place is not None and place.item.type == "group" else place
