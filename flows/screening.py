"""Criteria -> met, not met or unknown, each with the answers that it rests on. For coordinators only: patients never read a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from flows.dialogue.places import places_of
from flows.fhirpath.expressions import EvaluationError, Expression
from flows.grounds import borderline
from flows.grounds.findings import Finding, Status
from flows.grounds.freshness import Days, aged
from flows.grounds.given import Given, given, link_id_of

if TYPE_CHECKING:
    from flows.criteria import Criteria, Criterion
    from flows.grounds.variables import Plain
    from flows.library import Definition
    from flows.response import QuestionnaireResponse

UNDATED = Days()
STATUS: Mapping[bool | None, Status] = {True: "met", False: "not-met", None: "unknown"}


def screen(
    definition: Definition, response: QuestionnaireResponse, *, today: date, days: Days = UNDATED
) -> tuple[Finding, ...]:
    """One finding per criterion, in the page's order. `today` is the patient's calendar day; `days`: see freshness."""
    criteria = definition.criteria
    usable = _usable(criteria, response)
    bound = _bound(criteria, usable, today)
    keys = {name: tuple(key for key, _ in values) for name, values in usable.items()}
    found = _Found(
        bound=bound, keys=keys, asked=frozenset(place.item.link_id for place in places_of(definition.questionnaire, response))
    )
    answers = given(response)
    made = (_finding(criteria, criterion, found) for criterion in criteria.criteria)
    return tuple(
        replace(one, aged=tuple(aged(one.criterion.lasting, answers, days, today=today))) if one.evidence else one
        for one in made
    )


def values(definition: Definition, response: QuestionnaireResponse, *, today: date) -> Mapping[str, object]:
    """Every name that an expression can read -> its values, a tuple; empty for what is not known."""
    return _bound(definition.criteria, _usable(definition.criteria, response), today)


def lacking(
    criteria: Criteria, wanted: Iterable[Criterion], response: QuestionnaireResponse, asked: frozenset[str]
) -> set[str]:
    """The linkIds of the questions that can still change one of these criteria. `asked`: those that are asked in this case."""
    wanted = list(wanted)
    names = frozenset[str]().union(*(criteria.needs[one.id] for one in wanted))
    bound = _bound(criteria, _usable(criteria, response, names), response.authored.date(), names)
    found = _Found(bound=bound, keys={}, asked=asked)
    return {link_id for criterion in wanted for link_id in _open(criteria, criterion, found)}


def _usable(
    criteria: Criteria, response: QuestionnaireResponse, names: frozenset[str] | None = None
) -> dict[str, tuple[tuple[str, Plain], ...]]:
    """The answers that each variable can use. `names`: those that are needed; None: all."""
    answers: dict[str, list[Given]] = {}
    for one in given(response):
        answers.setdefault(one.link_id, []).append(one)
    variables = criteria.variables.items()
    return {name: variable.usable(answers) for name, variable in variables if names is None or name in names}


def _bound(
    criteria: Criteria,
    usable: Mapping[str, tuple[tuple[str, Plain], ...]],
    today: date,
    names: frozenset[str] | None = None,
) -> dict[str, object]:
    bound: dict[str, object] = {name: tuple(value for _, value in found) for name, found in usable.items()}
    bound |= {name: threshold.value for name, threshold in criteria.protocol.thresholds.items()}
    bound["today"] = today.isoformat()
    for name, expression in criteria.derived.items():
        if names is None or name in names:
            bound[name] = _derived(expression, bound)
    return bound


def _derived(expression: Expression, bound: Mapping[str, object]) -> object:
    """A value made of other values. One that fails is left unknown; the criteria that read it stay unknown too."""
    try:
        return expression.evaluate(bound)
    except EvaluationError:
        return ()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    """What the answers give. `bound`: every name an expression can read; `keys`: variable -> its answers; `asked`: enabled linkIds."""

    bound: Mapping[str, object]
    keys: Mapping[str, tuple[str, ...]]
    asked: frozenset[str]


def _finding(criteria: Criteria, criterion: Criterion, found: _Found) -> Finding:
    try:
        truth, broken = criterion.expression.truth(found.bound), False
    except EvaluationError:
        truth, broken = None, True
    keys = {key for name in _variables(criteria, criterion.expression.names) for key in found.keys[name]}
    missing = _open(criteria, criterion, found) if truth is None and not broken else set()
    evidence = tuple(key for link_id in criterion.rests_on for key in sorted(keys) if link_id_of(key) == link_id)
    return Finding(
        criterion=criterion,
        status=STATUS[truth],
        evidence=evidence,
        near=_near(criteria, criterion, found, evidence),
        missing=tuple(link_id for link_id in criterion.rests_on if link_id in missing),
        broken=broken,
    )


def _open(criteria: Criteria, criterion: Criterion, found: _Found) -> set[str]:
    """The questions whose answer could still decide a criterion; none for one that is decided or cannot be evaluated."""
    try:
        undecided = set(_undecided(criterion.expression, found.bound))
    except EvaluationError:
        return set()
    return {link_id for name in _variables(criteria, undecided) for link_id in _lacking(criteria, name, found)}


def _near(criteria: Criteria, criterion: Criterion, found: _Found, evidence: tuple[str, ...]) -> tuple[str, ...]:
    """The linkIds of the answers near a limit. Of a computed value, those of its answers that were given."""
    names = borderline.near(criteria.margins, found.bound, criterion.expression.names)
    reached = frozenset[str]().union(*(criteria.reads(name) for name in names))
    return tuple(link_id for link_id in dict.fromkeys(map(link_id_of, evidence)) if link_id in reached)


def _lacking(criteria: Criteria, name: str, found: _Found) -> tuple[str, ...]:
    """The questions whose answer would make this variable known: of several, those that are asked in this case."""
    if found.bound[name]:
        return ()
    all_ = criteria.variables[name].link_ids
    return tuple(link_id for link_id in all_ if link_id in found.asked) or all_


def _variables(criteria: Criteria, names: Iterable[str]) -> set[str]:
    """The variables that these names stand for, seen through derived values."""
    found: set[str] = set()
    for name in names:
        if name in criteria.derived:
            found |= _variables(criteria, criteria.derived[name].names)
        elif name in criteria.variables:
            found.add(name)
    return found


def _undecided(expression: Expression, bound: Mapping[str, object]) -> Iterator[str]:
    """Names of the unknown values that could still decide: a side of an and/or that is decided needs nothing."""
    if expression.truth(bound) is not None:
        return
    if not expression.operands:
        yield from (name for name in expression.names if bound[name] in ((), None))
    for operand in expression.operands:
        yield from _undecided(operand, bound)
