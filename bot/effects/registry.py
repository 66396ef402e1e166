"""Which function answers which event. A gap or a double stops the program at start, not a patient's message at night."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, get_args

from flows.events import Event

Effect = Callable[[Any, Any], None]  # a scene (the desk has its own kind) and the event


class EffectsIncomplete(Exception):
    """An event has no effect, or two."""


def collect(tables: Iterable[Mapping[type, Effect]]) -> Mapping[type, Effect]:
    """One table of all effects."""
    found: dict[type, Effect] = {}
    for table in tables:
        doubled = found.keys() & table.keys()
        if doubled:
            raise EffectsIncomplete(f"two effects for {sorted(kind.__name__ for kind in doubled)}")
        found |= table
    missing = set(get_args(Event)) - found.keys()
    if missing:
        raise EffectsIncomplete(f"no effect for {sorted(kind.__name__ for kind in missing)}")
    return MappingProxyType(found)


def nothing(_scene: object, _event: object) -> None:
    """For events that change rows elsewhere and need no words."""
