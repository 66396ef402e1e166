"""Evaluation: the expressions of a form over one state of its answers. Variables are evaluated when something reads them, once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.fhir.responses import Writer
from flows.fhir.rule_reading import SAME, line_of
from flows.fhir.value_sets import WEIGHTS
from flows.fhirpath.expressions import EvaluationError
from flows.fhirpath.formulas import Formula, node_of, plain_values
from flows.fhirpath.memory import FAILED, NONE, Outcome, Table, exact, identities
from flows.values import Value, Values, same

if TYPE_CHECKING:
    from flows.dialogue.place import Path
    from flows.dialogue.scene import Scene
    from flows.fhirpath.rules import Rule
    from flows.items import Item
    from flows.questionnaire import Questionnaire

NOT_KNOWN: list[Any] = []
ITEM = "QuestionnaireResponse.item"
ONCE: tuple[Path, ...] = ((),)  # where what stands in no scope stands
STANDING = frozenset({"resource", "context", "questionnaire", "qitem", "ucum", "today", "now", *SAME})


class Source(NamedTuple):
    """The variable that a %name means as seen from a rule; `rule` is None for what the conversation was started with.

    `single`: it stands only once in every response.
    """

    name: str
    rule: Rule | None
    item: Item | None
    single: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a rule needs: %variables, the standard's %names, the linkIds of the response (None: all of it), day or moment.

    `single`: its item stands only once in every response.
    """

    formula: Formula
    item: Item | None
    single: bool
    sources: tuple[Source, ...]
    fixed: tuple[str, ...]
    whole: tuple[str, ...] | None
    here: tuple[str, ...] | None
    day: bool
    moment: bool


class Evaluation:
    """Everything that expressions can read: the response as it would be exported, the form, who it is about, the day."""

    def __init__(
        self, scene: Scene, answers: Mapping[str, Values], groups: Mapping[str, int], off: frozenset[str] = frozenset()
    ) -> None:
        self.questionnaire: Questionnaire = scene.questionnaire
        self._scene = scene
        self._table = scene.questionnaire.memory.table()
        self._writer = _Weighing(scene.questionnaire, answers, groups, off, self._table)
        self._enablement = self._writer.enablement
        self._items = self.questionnaire.by_link_id
        self._variables = self._table.once("variables", self._by_name)
        self._plans: dict[int, Plan] = self._table.once("plans", dict)
        self._known: dict[int | tuple[int, str], Outcome] = {}
        self._contexts: dict[str, Any] = {}
        self._kept: dict[Any, Any] = {}
        self._clock = {"today": scene.today.isoformat(), "now": scene.now.isoformat()}

    @cached_property
    def _resource(self) -> Any:
        """The response, for what has to be evaluated anew."""
        return node_of(self._writer.whole)

    def _by_name(self) -> dict[tuple[str, str], Rule]:
        return {(rule.link_id, rule.name): rule for rule in self.questionnaire.rules.of("variable")}

    def paths(self, item: Item) -> Iterable[Path]:
        """Where an item stands, enabled or not."""
        return self._enablement.below(item.scopes, ()) if item.scopes else ONCE

    def values(self, rule: Rule, path: Path = ()) -> tuple[Any, ...]:
        """What a rule gives at a place of its item. Raise EvaluationError."""
        outcome = self._outcome(rule, path)
        if outcome.failed:
            raise EvaluationError(rule.text)
        return outcome.plain

    def truth(self, rule: Rule, path: Path = ()) -> bool | None:
        """Whether a condition holds; None when it cannot be known. Raise EvaluationError."""
        found = self.values(rule, path)
        return None if not found else found[0] is not False if len(found) == 1 else None

    def _outcome(self, rule: Rule, path: Path) -> Outcome:
        """What an expression gave for the same parts of a response, or gives now."""
        plan = self._plans.get(id(rule)) or self._planned(rule)
        named = [self._value(source, path) for source in plan.sources] if plan.sources else ()
        key = (id(plan.formula), *self._rests_on(plan, path), *map(id, named))
        found = self._table.outcomes.get(key)
        if found is None:
            found = self._table.outcome(self._evaluated(plan, path, named))
            self._table.outcomes[key] = found
        return found

    def _planned(self, rule: Rule) -> Plan:
        formula = Formula.compile(rule.text)
        reads, item = formula.reads, self._items.get(rule.link_id)
        plan = Plan(
            formula=formula,
            item=item,
            single=_is_single(item),
            sources=tuple(self._source(name, rule) for name in sorted(formula.names - STANDING)),
            fixed=tuple(sorted(formula.names & STANDING - {"context", "ucum"})),
            whole=None if reads.whole is None else tuple(sorted(reads.whole)),
            here=None if reads.here is None else tuple(sorted(reads.here)),
            day=reads.clock or "today" in formula.names,
            moment=reads.now or "now" in formula.names,
        )
        self._plans[id(rule)] = plan
        return plan

    def _rests_on(self, plan: Plan, path: Path) -> list[Hashable]:
        """Everything that the result depends on, besides the %variables."""
        parts = self._writer.parts
        found: list[Hashable] = [id(self._writer.whole)] if plan.whole is None else [parts(name) for name in plan.whole]
        if plan.formula.here:
            found += self._here(plan, path)
        if plan.day or plan.moment:
            found += [self._clock["today"], self._clock["now"] if plan.moment else ""]
        return found

    def _here(self, plan: Plan, path: Path) -> list[Hashable]:
        """What it reads at its place: of a place that is there only once the parts that it picks, else everything below."""
        if plan.here is not None and plan.single:
            return [plan.item and plan.item.link_id, *map(self._writer.parts, plan.here)]
        if plan.item is None:
            return [id(self._writer.whole)]
        return [plan.item.link_id, id(self._context_data(plan.item, path))]

    def _evaluated(self, plan: Plan, path: Path, values: Iterable[Any]) -> Outcome:
        named = {source.name: value for source, value in zip(plan.sources, values, strict=True)}
        fixed = {name: self._fixed(name, plan.item) for name in plan.fixed}
        context = self._context(plan.item, path) if plan.formula.here else self._resource
        try:
            nodes = plan.formula.nodes(context, {**self._clock, **fixed, **named}, self._kept)
        except EvaluationError:
            return FAILED
        return Outcome(nodes, plain_values(nodes))

    def _fixed(self, name: str, item: Item | None) -> Any:
        """The standard's own %names."""
        match SAME.get(name, name):
            case "questionnaire":
                return self._table.once("questionnaire", lambda: node_of(self.questionnaire.raw))
            case "qitem":
                raw = self._table.once("items", lambda: _raw_items(self.questionnaire.raw))
                return node_of(raw.get(item.link_id, {}) if item else {}, "Questionnaire.item")
            case "resource":
                return self._resource
            case clock:
                return self._clock[clock]

    def _source(self, name: str, reader: Rule) -> Source:
        """A %name as seen from a rule: the variable of the nearest item above, else what is given. None sees itself."""
        line = line_of(reader.link_id if reader.link_id in self._items else "", self._items)
        found = (self._variables.get((link_id, name)) for link_id in line)
        rule = next((rule for rule in found if rule is not None and rule is not reader), None)
        item = self._items.get(rule.link_id) if rule else None
        return Source(name, rule, item, _is_single(item))

    def _value(self, source: Source, path: Path) -> Any:
        return self._variable(source, path) if source.rule else self._launched(source.name)

    def _launched(self, name: str) -> Any:
        """What the conversation was started with under this name."""
        value = self._scene.response.launch.get(self.questionnaire.rules.launched.get(name, name), NOT_KNOWN)
        if value is NOT_KNOWN:
            return NOT_KNOWN
        return self._table.once(repr(value), lambda: node_of(value) if isinstance(value, Mapping) else value)

    def _variable(self, source: Source, path: Path) -> list[Any]:
        assert source.rule is not None
        one = id(source.rule)
        key = one if source.single or source.item is None else (one, _key(source.item, path))
        found = self._known.get(key)
        if found is None:
            self._known[key] = NONE  # what a circle would see of itself
            found = self._known[key] = self._outcome(source.rule, path)
        return found.nodes

    def _context(self, item: Item | None, path: Path) -> Any:
        if item is None:
            return self._resource
        key = _key(item, path)
        if key not in self._contexts:
            self._contexts[key] = node_of(self._context_data(item, path), ITEM)
        return self._contexts[key]

    def _context_data(self, item: Item, path: Path) -> dict[str, Any]:
        written = self._writer.element(item, _key(item, path))
        return self._table.part(("", item.link_id), {"linkId": item.link_id}) if written is None else written


def _is_single(item: Item | None) -> bool:
    return item is None or not (item.scopes or item.repeating_group)


def _raw_items(raw: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    waiting = list(raw.get("item", ()))
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
    """Codes carry the weight of their option, as in forms: ordinal(), weight() and paths to the extension find it.

    Equal parts are one object of the table. An item, or the scope that it stands in, is written when something reads it.
    """

    def __init__(
        self,
        questionnaire: Questionnaire,
        answers: Mapping[str, Values],
        groups: Mapping[str, int],
        off: frozenset[str],
        table: Table,
    ) -> None:
        super().__init__(questionnaire, answers, groups, off)
        self._table = table
        self._index: dict[str, dict[str, int]] = {}
        self._begun: set[str] = set()

    @cached_property
    def whole(self) -> dict[str, Any]:
        """The response."""
        items = self.items(self._questionnaire.items, "", ())
        return self._table.part(identities(items), {"resourceType": "QuestionnaireResponse", "item": items})

    def parts(self, link_id: str) -> tuple[int, ...]:
        """The identities of all that was written of this linkId, in order."""
        self._write(link_id)
        return tuple(self._index.get(link_id, {}).values())

    def element(self, item: Item, key: str) -> dict[str, Any] | None:
        """What was written at a place."""
        self._write(item.link_id)
        return self.written.get(key)

    def _write(self, link_id: str) -> None:
        item = self._questionnaire.by_link_id.get(link_id)
        if item and item.scopes:
            item = self._questionnaire.by_link_id[item.scopes[0]]
        if item and item.link_id not in self._begun:
            self._begun.add(item.link_id)
            for _ in self._item(item, "", ()) if self.enablement.enabled(item, ()) else ():
                pass  # what is written is noted

    def _question(self, item: Item, key: str, path: Path) -> Iterator[dict[str, Any]]:
        """What was made of the same answers before, where nothing stands under them."""
        known = None if item.items else self._table.parts.get((item.link_id, *exact(self._answers.get(key, ()))))
        return super()._question(item, key, path) if known is None else iter((self._noted(key, known),))

    def put(self, key: str, written: dict[str, Any]) -> dict[str, Any]:
        below = (*written.get("item", ()), *(item for answer in written.get("answer", ()) for item in answer.get("item", ())))
        what = (written["linkId"], *identities(below), *exact(self._answers.get(key, ())))
        return self._noted(key, self._table.part(what, written))

    def _noted(self, key: str, part: dict[str, Any]) -> dict[str, Any]:
        link_id = part["linkId"]
        self._index.setdefault(link_id, {})[key] = id(part)
        return super().put(key, part)

    def value(self, value: Value, item: Item) -> dict[str, Any]:
        written = super().value(value, item)
        if "valueCoding" not in written:
            return written
        weight = next(
            (option.ordinal for option in item.options if option.ordinal is not None and same(option.value, value)), None
        )
        if weight is None:
            return written
        extensions = [{"url": url, "valueDecimal": weight} for url in WEIGHTS[:2]]
        return {"valueCoding": {**written["valueCoding"], "extension": extensions}}
