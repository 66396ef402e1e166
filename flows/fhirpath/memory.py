"""Memory of a form: what its expressions gave for the same parts of a response, so that a turn evaluates only what it changes.

Equal parts of responses are one object here, and results are found by the identity of what they rest on. It changes no result:
forgetting everything between turns gives the same conversation. Bounded, in memory only, and of no person in particular.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.values import Coding, Values

if TYPE_CHECKING:
    from flows.dialogue.listing import Places

MOST = 30_000  # parts and results of one form; about 20 MB
PLACES = 5  # so many places of a list take as much room as a part
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an expression gave: the engine's nodes, and plain values; `failed`: it could not be evaluated."""

    nodes: list[Any]
    plain: tuple[Any, ...] = ()
    failed: bool = False


NONE = Outcome([])
FAILED = Outcome([], failed=True)


@dataclass(slots=True)
class Table:
    """Identities are good as long as the table that they were made in: an evaluation keeps to one table."""

    parts: dict[Key, dict[str, Any]] = field(default_factory=dict)
    outcomes: dict[Key, Outcome] = field(default_factory=dict)
    places: dict[Key, Places] = field(default_factory=dict)
    listed: int = 0
    single: dict[Key, Outcome] = field(default_factory=dict)
    others: dict[Hashable, Any] = field(default_factory=dict)

    def part(self, key: Key, part: dict[str, Any]) -> dict[str, Any]:
        """The one object for equal parts."""
        return self.parts.setdefault(key, part)

    def list(self, key: Key, places: Places) -> Places:
        """Keep the places that these answers switch on."""
        self.places[key] = places
        self.listed += len(places)
        return places

    def once(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What was made for this key, made now when it was not."""
        if key not in self.others:
            self.others[key] = make()
        return self.others[key]

    def outcome(self, outcome: Outcome) -> Outcome:
        """One object for the same single value of the same type, so that what rests on it need not be evaluated again."""
        if len(outcome.plain) != 1 or len(outcome.nodes) != 1:
            return outcome if outcome.nodes or outcome.failed else NONE
        [value], [node] = outcome.plain, outcome.nodes
        if not isinstance(value, str | bool | int | Decimal):
            return outcome
        key: Key = (type(node), str(getattr(node, "path", "")), type(value), str(value))
        return self.single.setdefault(key, outcome)


class Memory:
    """The table of one form."""

    __slots__ = ("_table",)

    def __init__(self) -> None:
        self._table = Table()

    def table(self) -> Table:
        """The table for one evaluation; a new one when the old one is full."""
        table = self._table
        if len(table.parts) + len(table.outcomes) + table.listed // PLACES > MOST:
            table = self._table = Table()
        return table

    def forget(self) -> None:
        """Begin anew."""
        self._table = Table()


def exact(values: Values) -> Key:
    """Values apart by type and by their digits: 1, 1.0 and true are three."""
    return tuple([value if isinstance(value, str | Coding) else (repr(value),) for value in values])


def identities(parts: Iterable[Mapping[str, Any]]) -> Key:
    return tuple([id(part) for part in parts])
