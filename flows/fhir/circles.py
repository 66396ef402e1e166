"""Circles: what needs itself in the end, found in one pass (Tarjan's strongly connected components), however large the form."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

Key = TypeVar("Key", bound=Hashable)


def circular(needs: Mapping[Key, Iterable[Key]]) -> frozenset[Key]:
    """Everything that needs itself, through others or at once."""
    search = _Search(needs)
    for start in needs:
        if start not in search.index:
            search.visit(start)
    return frozenset(search.found)


@dataclass(slots=True)
class _Search:
    needs: Mapping[Any, Iterable[Any]]
    index: dict[Any, int] = field(default_factory=dict)
    low: dict[Any, int] = field(default_factory=dict)
    open: list[Any] = field(default_factory=list)
    inside: set[Any] = field(default_factory=set)
    found: set[Any] = field(default_factory=set)

    def visit(self, start: Any) -> None:
        """Everything that can be reached from here, without recursion."""
        waiting = [self._enter(start)]
        while waiting:
            one, left = waiting[-1]
            new = next((other for other in left if self._is_new(one, other)), None)
            if new is not None:
                waiting.append(self._enter(new))
                continue
            waiting.pop()
            self._leave(one)
            if waiting:
                above = waiting[-1][0]
                self.low[above] = min(self.low[above], self.low[one])

    def _enter(self, one: Any) -> tuple[Any, Iterator[Any]]:
        self.index[one] = self.low[one] = len(self.index)
        self.open.append(one)
        self.inside.add(one)
        return one, iter(tuple(self.needs.get(one, ())))

    def _is_new(self, one: Any, other: Any) -> bool:
        if other in self.inside:
            self.low[one] = min(self.low[one], self.index[other])
            if other == one:
                self.found.add(one)
        return other not in self.index

    def _leave(self, one: Any) -> None:
        """Where a component ends: more than one together need each other."""
        if self.low[one] != self.index[one]:
            return
        together: list[Any] = []
        while not together or together[-1] != one:
            together.append(self.open.pop())
            self.inside.discard(together[-1])
        if len(together) > 1:
            self.found.update(together)
