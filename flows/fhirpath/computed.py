"""Computed: what the expressions of a form gave when they were last evaluated. Kept with the response, so that a reload needs none of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from flows import value_json
from flows.dialogue.listing import Places
from flows.fhir.option_reading import code_of, display_of
from flows.items import AnswerOption
from flows.values import Value, Values, is_absent

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.items import Item


@dataclass(frozen=True, kw_only=True, slots=True)
class Computed:
    """Everything by key. `calculated`: answers that nobody gave; `off`: items whose enableWhenExpression is not true.

    `initial` is offered as the answer to keep; `options` replace those of the item; `toggled` are the indexes of options that are not
    offered now; `texts` replace the item's text; `minimum` and `maximum` its limits.
    """

    calculated: frozenset[str] = frozenset()
    off: frozenset[str] = frozenset()
    initial: Mapping[str, Values] = field(default_factory=dict)
    options: Mapping[str, Values] = field(default_factory=dict)
    toggled: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    minimum: Mapping[str, Value] = field(default_factory=dict)
    maximum: Mapping[str, Value] = field(default_factory=dict)

    def adapt(self, place: Place) -> Place:
        """A place whose item says, offers and allows what the expressions gave for it."""
        item = self.look(place.key, place.item)
        return place if item is place.item else place._replace(item=item)

    def look(self, key: str, item: Item) -> Item:
        """An item as it looks at the place of this key."""
        changes: dict[str, Any] = {
            name: found[key]
            for name, found in (
                ("initial", self.initial),
                ("text", self.texts),
                ("minimum", self.minimum),
                ("maximum", self.maximum),
            )
            if key in found
        }
        if key in self.options:
            changes["options"] = _options(self.options[key], item)
        elif key in self.toggled:
            left = (option for option in item.options if option.index not in self.toggled[key])
            changes["options"] = tuple(replace(option, index=index) for index, option in enumerate(left))
        return replace(item, **changes) if changes else item

    def adapted(self, places: Places) -> Places:
        """Places of which some look different from their items."""
        different = {
            *self.initial,
            *self.options,
            *self.toggled,
            *self.texts,
            *self.minimum,
            *self.maximum,
        }
        if not different:
            return places
        return Places((self.adapt(place) if place.key in different else place for place in places), places.tops)


NOTHING = Computed()


def _options(values: Values, item: Item) -> tuple[AnswerOption, ...]:
    return tuple(
        AnswerOption(
            value=value,
            display=display_of(value),
            context=f"{item.link_id}/{code_of(value)}",
            index=index,
            absent=is_absent(value),
        )
        for index, value in enumerate(values)
    )


def computed_json(computed: Computed) -> dict[str, Any]:
    """What is there, without what is empty."""
    return {one.name: _plain(value) for one in fields(computed) if (value := getattr(computed, one.name))}


def _plain(value: frozenset[str] | Mapping[str, Any]) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    return {
        key: [value_json.as_json(each) for each in one] if isinstance(one, tuple) else value_json.as_json(one)
        for key, one in value.items()
    }


def computed_from_json(data: Mapping[str, Any]) -> Computed:
    """What `computed_json` wrote."""
    return Computed(**{name: _read(value) for name, value in data.items()}) if data else NOTHING


def _read(value: list[str] | dict[str, Any]) -> Any:
    if isinstance(value, list):
        return frozenset(value)
    return {
        key: tuple(map(value_json.from_json, one)) if isinstance(one, list) else value_json.from_json(one)
        for key, one in value.items()
    }
