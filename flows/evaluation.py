"""Evaluation: the expressions of a form over one state of its answers. Variables are evaluated when something reads them, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flows.enablement import Enablement
from flows.expressions import EvaluationError
from flows.formulas import Formula, node_of
from flows.option_reading import WEIGHTS
from flows.response_fhir import Writer
from flows.rule_reading import SAME, line_of
from flows.values import Value, Values, same

if TYPE_CHECKING:
    from flows.items import Item
    from flows.place import Path
    from flows.questionnaire import Questionnaire
    from flows.rules import Rule
    from flows.scene import Scene

NOT_KNOWN: list[Any] = []
ITEM = "QuestionnaireResponse.item"


class Evaluation:
    """Everything that expressions can read: the response as it would be exported, the form, who it is about, the day."""

    def __init__(
        self, scene: Scene, answers: Mapping[str, Values], groups: Mapping[str, int], off: frozenset[str] = frozenset()
    ) -> None:
        self.questionnaire: Questionnaire = scene.questionnaire
        self._enablement = Enablement(scene.questionnaire, answers, groups, off)
        self._writer = _Weighing(scene.questionnaire, answers, groups, off)
        self._items = self.questionnaire.by_link_id
        self._variables = {(rule.link_id, rule.name): rule for rule in self.questionnaire.rules.of("variable")}
        self._known: dict[tuple[str, str], list[Any]] = {}
        self._contexts: dict[str, Any] = {}
        self._kept: dict[Any, Any] = {}
        self._found: dict[Any, tuple[Any, ...]] = {}  # what expressions gave that give the same everywhere
        written = self._writer.items(self.questionnaire.items, "", ())
        self._resource = node_of({"resourceType": "QuestionnaireResponse", "item": written})
        self._given: dict[str, Any] = {
            "resource": self._resource,
            "today": scene.today.isoformat(),
            "now": scene.now.isoformat(),
            **{name: node_of(value) if isinstance(value, Mapping) else value for name, value in scene.launch.items()},
        }

    def paths(self, item: Item) -> Iterator[Path]:
        """Where an item stands, enabled or not."""
        return self._enablement.below(item.scopes, ())

    def values(self, rule: Rule, path: Path = ()) -> tuple[Any, ...]:
        """What a rule gives at a place of its item. Raise EvaluationError."""
        item = self._items.get(rule.link_id)
        formula = Formula.compile(rule.text)
        bound = self._bound(formula, item, path)
        if formula.here:
            return formula.evaluate(self._context(item, path), bound, self._kept)
        known = (rule.text, *(id(bound[name]) for name in sorted(formula.names & bound.keys())))
        if known not in self._found:
            self._found[known] = formula.evaluate(self._resource, bound, self._kept)
        return self._found[known]

    def truth(self, rule: Rule, path: Path = ()) -> bool | None:
        """Whether a condition holds; None when it cannot be known. Raise EvaluationError."""
        found = self.values(rule, path)
        return None if not found else found[0] is not False if len(found) == 1 else None

    def _bound(self, formula: Formula, item: Item | None, path: Path, within: Rule | None = None) -> dict[str, Any]:
        """`today` and `now` are always there: today() and now() read them."""
        named = {name: self._value(name, item, path, within) for name in formula.names if name not in {"context", "ucum"}}
        return {"today": self._given["today"], "now": self._given["now"], **named}

    def _value(self, name: str, item: Item | None, path: Path, within: Rule | None) -> Any:
        """A %name as seen from an item: the variable of the nearest item above, else what is given. None sees itself."""
        for link_id in line_of(item.link_id if item else "", self._items):
            rule = self._variables.get((link_id, name))
            if rule is not None and rule is not within:
                return self._variable(rule, self._items.get(link_id), path)
        return self._outer(name, item)

    def _outer(self, name: str, item: Item | None) -> Any:
        if SAME.get(name, name) == "questionnaire":
            return self._questions
        if name == "qitem":
            return node_of(self._raw.get(item.link_id, {}) if item else {}, "Questionnaire.item")
        return self._given.get(self.questionnaire.rules.launched.get(name, SAME.get(name, name)), NOT_KNOWN)

    def _variable(self, rule: Rule, item: Item | None, path: Path) -> list[Any]:
        known = (rule.path, _key(item, path) if item else "")
        if known not in self._known:
            self._known[known] = []  # what a circle would see of itself
            formula = Formula.compile(rule.text)
            try:
                found = formula.nodes(self._context(item, path), self._bound(formula, item, path, rule), self._kept)
            except EvaluationError:
                found = []
            self._known[known] = found
        return self._known[known]

    def _context(self, item: Item | None, path: Path) -> Any:
        if item is None:
            return self._resource
        key = _key(item, path)
        if key not in self._contexts:
            self._contexts[key] = node_of(self._writer.written.get(key) or {"linkId": item.link_id}, ITEM)
        return self._contexts[key]

    @cached_property
    def _questions(self) -> Any:
        return node_of(self.questionnaire.raw)

    @cached_property
    def _raw(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        waiting = list(self.questionnaire.raw.get("item", ()))
        while waiting:
            one = waiting.pop()
            found[str(one.get("linkId"))] = one
            waiting += one.get("item", ())
        return found


def _key(item: Item, path: Path) -> str:
    """What the writer calls the element of an item: an occurrence of a repeating group by its start, everything else by its key."""
    depth = len(item.scopes)
    if item.repeating_group and len(path) > depth:
        return path[depth][1]
    return (path[depth - 1][1] if depth and len(path) >= depth else "") + item.name


class _Weighing(Writer):
    """Codes carry the weight of their option, as in forms: ordinal(), weight() and paths to the extension find it."""

    def value(self, value: Value, item: Item) -> dict[str, Any]:
        written = super().value(value, item)
        weight = next(
            (option.ordinal for option in item.options if option.ordinal is not None and same(option.value, value)), None
        )
        if weight is None or "valueCoding" not in written:
            return written
        extensions = [{"url": url, "valueDecimal": weight} for url in WEIGHTS[:2]]
        return {"valueCoding": {**written["valueCoding"], "extension": extensions}}
