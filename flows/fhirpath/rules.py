"""The expressions of a form as data: what each is for, and where it stands. Nothing here evaluates; forms without any never do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from flows.values import Values

Kind = Literal["variable", "calculated", "enable", "initial", "text", "answers", "toggle", "minimum", "maximum", "constraint"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """One FHIRPath expression. `link_id` is the item that it belongs to, "" for the form itself.

    `name` is that of a variable, or the human text of a constraint; `names` are the %variables it reads; `mentions` are the linkIds
    that it names; `options` are the answer options that a toggle switches; a constraint that is a `warning` refuses nothing.
    """

    kind: Kind
    link_id: str
    text: str
    path: str
    name: str = ""
    names: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    options: Values = ()
    warning: bool = False


@dataclass(frozen=True)
class Rules:
    """All expressions of a form, by what they are for. False when there is none.

    `launched`: the names under which the form expects what it is started with -> "patient" or "user".
    """

    all: tuple[Rule, ...] = ()
    launched: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.all)

    def of(self, *kinds: Kind) -> tuple[Rule, ...]:
        return tuple(rule for kind in kinds for rule in self._by_kind.get(kind, ()))

    @cached_property
    def _by_kind(self) -> Mapping[Kind, tuple[Rule, ...]]:
        return {kind: tuple(rule for rule in self.all if rule.kind == kind) for kind in {rule.kind for rule in self.all}}


NO_RULES = Rules()
