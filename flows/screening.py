"""Criteria -> met, not met or unknown, each with the answers that it rests on. For coordinators only: patients never read a verdict."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from flows.dialogue.places import places_of
from flows.fhirpath.expressions import EvaluationError, Expression, Judged
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
    criteria, answers = definition.criteria, given(response)
    usable = _usable(criteria, answers, criteria.variables)
    found = _Found(
        bound=_bound(criteria, usable, today, criteria.derived),
        keys={name: tuple([key for key, _ in values]) for name, values in usable.items()},
        asked=places_of(definition.questionnaire, response).link_ids,
    )
    made = [_finding(criteria, criterion, found) for criterion in criteria.criteria]
    return tuple([_aging(one, answers, days, today) for one in made])


def values(definition: Definition, response: QuestionnaireResponse, *, today: date) -> Mapping[str, object]:
    """Every name that an expression can read -> its values, a tuple; empty for what is not known."""
    criteria = definition.criteria
    return _bound(criteria, _usable(criteria, given(response), criteria.variables), today, criteria.derived)


def lacking(
    criteria: Criteria, wanted: Iterable[Criterion], response: QuestionnaireResponse, asked: frozenset[str]
) -> set[str]:
    """The linkIds of the questions that can still change one of these criteria. `asked`: those that are asked in this case."""
    wanted = list(wanted)
    names = frozenset[str]().union(*(criteria.needs[one.id] for one in wanted))
    answers = given(response, frozenset[str]().union(*(one.rests_on for one in wanted)))
    bound = _bound(criteria, _usable(criteria, answers, names), response.authored.date(), names)
    return {link_id for one in wanted for link_id in _missing(criteria, _judged(one, bound)[0].undecided, bound, asked)}


def _usable(criteria: Criteria, answers: Iterable[Given], names: Iterable[str]) -> dict[str, tuple[tuple[str, Plain], ...]]:
    """The answers that each variable with one of these names can use."""
    by_link_id: dict[str, list[Given]] = {}
    for one in answers:
        by_link_id.setdefault(one.link_id, []).append(one)
    return {name: criteria.variables[name].usable(by_link_id) for name in names if name in criteria.variables}


def _bound(
    criteria: Criteria, usable: Mapping[str, tuple[tuple[str, Plain], ...]], today: date, names: Container[str]
) -> dict[str, object]:
    """`names`: of the derived values that are needed."""
    bound: dict[str, object] = {name: tuple([value for _, value in found]) for name, found in usable.items()}
    bound |= criteria.limits
    bound["today"] = today.isoformat()
    for name, expression in criteria.derived.items():
        if name in names:
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
    judged, broken = _judged(criterion, found.bound)
    evidence = _evidence(criteria, criterion, found)
    missing = _missing(criteria, judged.undecided, found.bound, found.asked)
    return Finding(
        criterion=criterion,
        status=STATUS[judged.truth],
        evidence=evidence,
        near=_near(criteria, criterion, found, evidence),
        missing=tuple([link_id for link_id in criterion.rests_on if link_id in missing]),
        broken=broken,
    )


def _judged(criterion: Criterion, bound: Mapping[str, object]) -> tuple[Judged, bool]:
    """Whether a criterion is met, and whether it could not be evaluated: then no answer decides it."""
    try:
        return criterion.expression.judge(bound), False
    except EvaluationError:
        return Judged(None), True


def _evidence(criteria: Criteria, criterion: Criterion, found: _Found) -> tuple[str, ...]:
    """The keys of the answers that it rests on, in the order of its linkIds."""
    keys = {key for name in criteria.needs[criterion.id] for key in found.keys.get(name, ())}
    return tuple(sorted(keys, key=lambda key: (criterion.rests_on.index(link_id_of(key)), key)))


def _aging(finding: Finding, answers: tuple[Given, ...], days: Days, today: date) -> Finding:
    """The finding with what has grown old of what it rests on."""
    lasting = finding.criterion.lasting if finding.evidence else ()
    return replace(finding, aged=tuple(aged(lasting, answers, days, today=today))) if lasting else finding


def _near(criteria: Criteria, criterion: Criterion, found: _Found, evidence: tuple[str, ...]) -> tuple[str, ...]:
    """The linkIds of the answers near a limit. Of a computed value, those of its answers that were given."""
    names = list(borderline.near(criteria.margins, found.bound, criterion.expression.names))
    reached = {link_id for name in names for link_id in criteria.reads(name)}
    return tuple(link_id for link_id in dict.fromkeys(map(link_id_of, evidence)) if link_id in reached) if reached else ()


def _missing(criteria: Criteria, undecided: Iterable[str], bound: Mapping[str, object], asked: Container[str]) -> set[str]:
    """The questions whose answer would make these values known: of several, those that are asked in this case."""
    found: set[str] = set()
    for name in _variables(criteria, undecided):
        if not bound[name]:
            all_ = criteria.variables[name].link_ids
            found.update([link_id for link_id in all_ if link_id in asked] or all_)
    return found


def _variables(criteria: Criteria, names: Iterable[str]) -> set[str]:
    """The variables that these names stand for, seen through derived values."""
    found: set[str] = set()
    for name in names:
        if name in criteria.derived:
            found |= _variables(criteria, criteria.derived[name].names)
        elif name in criteria.variables:
            found.add(name)
    return found
