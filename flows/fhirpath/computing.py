"""Computing: from answers to what the expressions of a form make of them, over and over until nothing changes any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flows.dialogue.places import places
from flows.fhirpath.computed import NOTHING, Computed
from flows.fhirpath.conversion import convert, converted, plain_text
from flows.fhirpath.evaluation import Evaluation
from flows.fhirpath.expressions import EvaluationError
from flows.fhirpath.formulas import Formula
from flows.questionnaire import walk
from flows.values import Value, Values, same

if TYPE_CHECKING:
    from flows.dialogue.listing import Places
    from flows.dialogue.place import Path, Place
    from flows.dialogue.scene import Scene
    from flows.fhirpath.rules import Kind, Rule
    from flows.items import Item
    from flows.questionnaire import Questionnaire

ROUNDS = 10
CLOCK = frozenset({"today", "now"})
Answers = dict[str, Values]


def compute(
    scene: Scene, answers: Answers, groups: Mapping[str, int], *, fresh: bool = False
) -> tuple[Answers, Places, Computed]:
    """The answers with the calculated ones, the places that are enabled with them, and what else was computed.

    `fresh`: the response begins, initial values are worked out.
    """
    if not fresh and _leaves_all(scene, answers, groups):
        computed = scene.response.computed
        return answers, places(scene.questionnaire, answers, groups, computed), computed
    before = NOTHING if fresh else scene.response.computed
    base = {key: values for key, values in answers.items() if key not in before.calculated}
    initial = before.initial
    if fresh:
        initial, filled = _initial(scene, base, groups)
        base |= filled
    current, off, calculated = {**answers, **base}, before.off, before.calculated
    for _ in range(ROUNDS):
        state = Evaluation(scene, current, groups, off)
        now_off = _off(state)
        found = places(scene.questionnaire, current, groups, Computed(off=now_off))
        base |= _presets(found, base) if scene.questionnaire.presets else {}
        made = _calculated(state, found, base)
        after = {**base, **made}
        settled = now_off == off and after == current
        current, off, calculated = after, now_off, frozenset(made)
        if settled:
            break
    computed = _looks(state, found, Computed(calculated=calculated, off=off, initial=initial))
    return current, computed.adapted(found), computed


def _leaves_all(scene: Scene, answers: Answers, groups: Mapping[str, int]) -> bool:
    """Whether nothing changed but answers on which no expression rests."""
    before, form = scene.response, scene.questionnaire
    read = form.memory.table().once("read", lambda: _read(form))
    if read is None or groups != before.groups or len(answers) < len(before.answers):
        return False
    changed = [key for key, values in answers.items() if before.answers.get(key) is not values]
    return all("#" not in key and key not in read for key in changed)


def _read(questionnaire: Questionnaire) -> frozenset[str] | None:
    """The keys of the answers on which expressions and presets rest; None where expressions may read anything, or the clock.

    They rest on what they read, and on all that decides whether that, or the item of the expression, is enabled.
    """
    named: set[str] = set()
    for rule in questionnaire.rules.all:
        formula = Formula.compile(rule.text)
        reads = formula.reads
        if reads.whole is None or reads.here is None or reads.clock or reads.now or formula.names & CLOCK:
            return None
        named |= reads.whole | reads.here
    known = questionnaire.by_link_id
    waiting = [item.link_id for item in walk(known[link_id] for link_id in named if link_id in known)]
    owners = (known[rule.link_id] for rule in questionnaire.rules.all if rule.link_id in known)
    for item in (*owners, *questionnaire.presets):
        waiting += _deciding(item)
    found: dict[str, str] = {}
    while waiting:
        link_id = waiting.pop()
        if link_id in known and link_id not in found:
            found[link_id] = known[link_id].name
            waiting += _deciding(known[link_id])
    return frozenset(found.values())


def _deciding(item: Item) -> list[str]:
    """The linkIds of what its conditions ask about, and of what it stands in as often as that was answered."""
    return [*item.scopes, *(one.question for gate in item.gates for one in gate.when)]


def _safely(state: Evaluation, rule: Rule, path: Path = ()) -> tuple[Any, ...]:
    """What a rule gives; nothing when it fails."""
    try:
        return state.values(rule, path)
    except EvaluationError:
        return ()


def _off(state: Evaluation) -> frozenset[str]:
    """The keys of items whose condition is not true. A condition that fails does not take a question away.

    What stands in something that is switched off is not looked at: it is not there either way.
    """
    found: set[str] = set()
    known = state.questionnaire.by_link_id
    for rule in state.questionnaire.rules.of("enable"):
        item = known[rule.link_id]
        if not found.isdisjoint([gate.name for gate in item.gates[:-1] if not gate.depth]):
            continue
        for path in state.paths(item):
            try:
                if state.truth(rule, path) is not True:
                    found.add(_at(item, path))
            except EvaluationError:
                continue
    return frozenset(found)


def _at(item: Item, path: Path) -> str:
    return (path[-1][1] if path else "") + item.name


def _initial(scene: Scene, answers: Answers, groups: Mapping[str, int]) -> tuple[dict[str, Values], Answers]:
    """What is offered to those who are asked, and what stands from the beginning in items that nobody is asked for."""
    rules = scene.questionnaire.rules.of("initial")
    offered: dict[str, Values] = {}
    filled: Answers = {}
    state = Evaluation(scene, answers, groups) if rules else None
    for rule in rules if state else ():
        item = scene.questionnaire.by_link_id.get(rule.link_id)
        for path in state.paths(item) if state and item else ():
            values = converted(_safely(state, rule, path), item) if state and item else ()
            if values and item:
                (offered if item.asked else filled)[_at(item, path)] = values
    return offered, filled


def _presets(found: Places, answers: Answers) -> Answers:
    """The form's own values of hidden and read-only items, see recording.settled."""
    return {
        place.key: place.item.initial
        for place in found
        if place.kind in {"hidden", "lead"} and place.item.is_question and place.item.initial and place.key not in answers
    }


def _calculated(state: Evaluation, found: Places, given: Answers) -> Answers:
    """The calculated answers, without those that a person gave instead."""
    rules = {rule.link_id: rule for rule in state.questionnaire.rules.of("calculated")}
    made: Answers = {}
    for place in found if rules else ():
        rule = rules.get(place.item.link_id)
        if rule is None or place.kind == "more" or (place.kind == "asked" and place.key in given):
            continue
        values = converted(_safely(state, rule, place.path), place.item)
        if values:
            made[place.key] = values
    return made


def _looks(state: Evaluation, found: Places, computed: Computed) -> Computed:
    """How the places look: their texts, options and limits."""
    kinds: tuple[Kind, ...] = ("text", "answers", "toggle", "minimum", "maximum")
    rules: dict[str, list[Rule]] = {}
    for rule in state.questionnaire.rules.of(*kinds):
        rules.setdefault(rule.link_id, []).append(rule)
    if not rules:
        return computed
    looks: dict[str, dict[str, Any]] = {kind: {} for kind in kinds}
    for place in found:
        for rule in rules.get(place.item.link_id, ()):
            value = LOOKS[rule.kind](state, rule, place)
            if value:
                before = looks["toggle"].get(place.key, ())
                looks[rule.kind][place.key] = before + value if rule.kind == "toggle" else value
    return replace(
        computed,
        texts=looks["text"],
        options=looks["answers"],
        toggled=looks["toggle"],
        minimum=looks["minimum"],
        maximum=looks["maximum"],
    )


def _text(state: Evaluation, rule: Rule, place: Place) -> str:
    return plain_text(_safely(state, rule, place.path))


def _answers(state: Evaluation, rule: Rule, place: Place) -> Values:
    open_item = replace(place.item, options=())
    values: list[Value] = []
    for one in _safely(state, rule, place.path):
        value = convert(one, open_item)
        if value is not None and not any(same(value, other) for other in values):
            values.append(value)
    return tuple(values)


def _toggle(state: Evaluation, rule: Rule, place: Place) -> tuple[int, ...]:
    """The indexes of options that are not offered. A condition that fails takes none away."""
    try:
        allowed = state.truth(rule, place.path)
    except EvaluationError:
        return ()
    options = place.item.options
    return () if allowed else tuple(one.index for one in options if any(same(one.value, value) for value in rule.options))


def _limit(state: Evaluation, rule: Rule, place: Place) -> Value | None:
    return next(iter(converted(_safely(state, rule, place.path), place.item)), None)


LOOKS: Mapping[Kind, Callable[[Evaluation, Rule, Place], Any]] = {
    "text": _text,
    "answers": _answers,
    "toggle": _toggle,
    "minimum": _limit,
    "maximum": _limit,
}
