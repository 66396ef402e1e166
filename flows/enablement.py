"""Which items are enabled now: native enableWhen over the answers of one response.

An answer that stands in a disabled item counts as absent, as in the current FHIR text and in LHC-Forms; `!=` holds when there is no
answer, as in the code system text of R4; conditions that meet themselves count as met.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from flows.dialogue.place import Path
from flows.values import Absent, Coding, DateTime, PartialDate, Quantity, TimeOfDay, Value, Values, is_number, same

if TYPE_CHECKING:
    from flows.items import EnableWhen, Gate, Item
    from flows.questionnaire import Questionnaire

ORDERED = {">": gt, "<": lt, ">=": ge, "<=": le}
MOST_OCCURRENCES = 50  # of one repeating group


class Enablement:
    """What is enabled, asked as often as needed about one response; every condition is evaluated at most once."""

    __slots__ = ("_answers", "_counted", "_groups", "_items", "_known", "_off")

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Mapping[str, Values],
        groups: Mapping[str, int],
        off: frozenset[str] = frozenset(),
    ) -> None:
        self._off = off
        self._items = questionnaire.by_link_id
        self._answers = answers
        self._groups = groups
        self._known: dict[str | tuple[str, str], bool] = {}
        self._counted: dict[str, Values] = {}  # the answers that count of the items that stand in no scope

    def open(self, gate: Gate, path: Path) -> bool:
        """Whether the conditions of one item are met at a place below that path."""
        known: str | tuple[str, str] = gate.link_id
        if gate.depth:
            known, path = (gate.link_id, path[gate.depth - 1][1]), path[: gate.depth]
        elif path:
            path = ()
        met = self._known.get(known)
        if met is None:
            self._known[known] = True  # what a circle sees of itself
            met = self._known[known] = self._evaluated(gate, path)
        return met

    def enabled(self, item: Item, path: Path) -> bool:
        """Whether an item and everything that it stands under is enabled."""
        return all(self.open(gate, path) for gate in item.gates)

    def _evaluated(self, gate: Gate, path: Path) -> bool:
        if gate.computed and (path[-1][1] if path else "") + gate.name in self._off:
            return False
        if not gate.when:
            return True
        decisive = gate.behavior == "any"  # a condition with this result decides for all
        for condition in gate.when:
            if self._met(condition, path) is decisive:
                return decisive
        return not decisive

    def _met(self, condition: EnableWhen, path: Path) -> bool:
        given = self._counted.get(condition.question)
        if given is None:
            source = self._items.get(condition.question)
            given = self._given(source, path) if source else ()
        operator, wanted = condition.operator, condition.answer
        if operator == "exists":
            return bool(given) is wanted
        if operator in ORDERED:
            return any(compares(one, wanted, operator) for one in given)
        return _holds(given, wanted) is (operator == "=")

    def _given(self, source: Item, path: Path) -> Values:
        """The answers that count: those in the same occurrences, of all occurrences where the place is outside."""
        if source.scopes:
            return tuple(self._scoped(source, path))
        given = self._answers.get(source.name, ())
        if given:
            given = tuple(value for value in given if not isinstance(value, Absent)) if self.enabled(source, ()) else ()
        self._counted[source.link_id] = given
        return given

    def _scoped(self, source: Item, path: Path) -> Iterator[Value]:
        shared = 0
        while shared < min(len(source.scopes), len(path)) and path[shared][0] == source.scopes[shared]:
            shared += 1
        for place in self.below(source.scopes[shared:], path[:shared]):
            values = self._answers.get((place[-1][1] if place else "") + source.name)
            if values and self.enabled(source, place):
                yield from (value for value in values if not isinstance(value, Absent))

    def below(self, scopes: tuple[str, ...], path: Path) -> Iterator[Path]:
        """The paths of every occurrence below a path, whether or not it is enabled."""
        if not scopes:
            yield path
            return
        scope = self._items[scopes[0]]
        for start in self.starts(scope, path[-1][1] if path else ""):
            yield from self.below(scopes[1:], (*path, (scope.link_id, start)))

    def starts(self, scope: Item, prefix: str) -> Iterator[str]:
        """The starts of the keys inside each occurrence of a repeating group, or under each answer of a question."""
        key = prefix + scope.name
        if scope.type == "group":
            yield from (f"{key}#{number}/" for number in range(occurrences(scope, key, self._groups)))
        else:
            values = self._answers.get(key, ())
            yield from (f"{key}#{number}/" for number, value in enumerate(values) if not isinstance(value, Absent))


def occurrences(group: Item, key: str, groups: Mapping[str, int]) -> int:
    """How many occurrences a repeating group has now."""
    return groups.get(key) or min(max(1, group.min_occurs), MOST_OCCURRENCES)


def _holds(given: Values, wanted: Value) -> bool:
    for one in given:  # noqa: SIM110 - most often one answer, or none: a generator takes longer than the comparison
        if one is wanted or same(one, wanted):
            return True
    return False


def compares(one: Value, other: Value, operator: str) -> bool:
    """Order between two values of a kind; False where there is none. Dates are compared as far as both are precise."""
    pair = _comparable(one, other)
    return pair is not None and ORDERED[operator](*pair)


def _comparable(one: Value, other: Value) -> tuple[Any, Any] | None:
    match one, other:
        case DateTime(instant=first), DateTime(instant=second) if first and second:
            return first, second
        case (PartialDate() | DateTime(), PartialDate() | DateTime()):
            shared = min(len(one.text), len(other.text), 10)
            return one.text[:shared], other.text[:shared]
        case TimeOfDay(), TimeOfDay():
            return one.text, other.text
        case Quantity(), Quantity():
            alike = not other.code or not one.code or one.code == other.code
            return (one.value, other.value) if alike else None
        case Coding(), _:
            return None
        case _:
            return (Decimal(one), Decimal(other)) if is_number(one) and is_number(other) else None  # type: ignore[arg-type]
