"""The eligibility criteria as data: variables bound to answers, FHIRPath over them, and the thresholds of a protocol."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal, cast

from flows.fhirpath.expressions import BadExpressionError, Expression, lint
from flows.grounds import borderline, freshness
from flows.grounds.borderline import Margins
from flows.grounds.freshness import Lasting
from flows.grounds.variables import KINDS, Variable
from flows.reading import Spot, unique
from flows.texts import Text, text_of

Role = Literal["all", "supportive"]


@dataclass(frozen=True, kw_only=True)
class Criterion:
    """One point of the page's list. `supportive` ones speak for a case and never against it.

    `rests_on`: linkIds of the answers that decide; `background`: shown beside them; `records`: ids of records that can prove it.
    """

    id: str
    title: Text
    explain: Text
    role: Role
    expression: Expression
    rests_on: tuple[str, ...]
    background: tuple[str, ...]
    records: tuple[str, ...]
    source: str
    lasting: tuple[Lasting, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """A limit of a protocol: one or several values, with the day and the source that it comes from."""

    value: tuple[object, ...]
    unit: str
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class Protocol:
    id: str
    name: Text
    as_of: date
    source: str
    thresholds: Mapping[str, Threshold]


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """`derived` is in order: each may read the variables, the thresholds and those before it.

    `asked_in_order`: linkIds of the topics in which no question is asked before an earlier one (see flows.burden).
    """

    version: str
    variables: Mapping[str, Variable]
    derived: Mapping[str, Expression]
    criteria: tuple[Criterion, ...]
    protocol: Protocol
    margins: Margins
    asked_in_order: tuple[str, ...] = ()

    @cached_property
    def told_days(self) -> frozenset[str]:
        """The linkIds of the answers that grow old from the day they are told."""
        rules = (rule for one in self.criteria for rule in one.lasting if not rule.dated_by and not rule.record)
        return frozenset(link_id for rule in rules for link_id in rule.of)

    @cached_property
    def limits(self) -> Mapping[str, tuple[object, ...]]:
        """Threshold -> its values, for expressions to read."""
        return {name: threshold.value for name, threshold in self.protocol.thresholds.items()}

    @cached_property
    def needs(self) -> Mapping[str, frozenset[str]]:
        """Criterion -> every variable and derived value that its expression is made of."""
        return {one.id: frozenset(self._inside(one.expression)) for one in self.criteria}

    def _inside(self, expression: Expression) -> Iterator[str]:
        for name in expression.names:
            yield name
            if name in self.derived:
                yield from self._inside(self.derived[name])

    def reads(self, name: str) -> frozenset[str]:
        """The linkIds of the answers that a variable or derived value is made of; none for a threshold."""
        if name in self.variables:
            return frozenset(self.variables[name].link_ids)
        expression = self.derived.get(name)
        return frozenset(link_id for inner in expression.names for link_id in self.reads(inner)) if expression else frozenset()


def read(spot: Spot) -> Criteria:
    """Criteria from their file; every expression is compiled and checked for turning the unknown into a value."""
    spot.only("version", "variables", "derived", "criteria", "protocol", "borderline", "asked_in_order")
    variables = {name: _variable(name, one) for name, one in spot.get("variables").fields()}
    protocol = _protocol(spot.get("protocol"))
    known = {*variables, *protocol.thresholds, "today"}
    derived: dict[str, Expression] = {}
    for name, one in spot.get("derived").fields():
        derived[name] = _expression(one, known)
        known.add(name)
    unknown = frozenset({*variables, *derived})
    criteria = tuple(_criterion(one, known, unknown) for one in unique(spot.get("criteria").items()))
    margins = borderline.read(spot.get("borderline"), frozenset(protocol.thresholds), unknown)
    made = Criteria(
        version=spot.text("version"),
        variables=variables,
        derived=derived,
        criteria=criteria,
        protocol=protocol,
        margins=margins,
        asked_in_order=spot.texts("asked_in_order"),
    )
    for criterion, one in zip(criteria, spot.get("criteria").items(), strict=True):
        _check_rests_on(made, criterion, one)
    return made


def _check_rests_on(criteria: Criteria, criterion: Criterion, spot: Spot) -> None:
    reached = {link_id for name in criterion.expression.names for link_id in criteria.reads(name)}
    if reached != set(criterion.rests_on):
        differing = ", ".join(sorted(reached ^ set(criterion.rests_on)))
        raise spot.get("rests_on").wrong(f"differs from what the expression reads: {differing}")


def _variable(name: str, spot: Spot) -> Variable:
    spot.only("linkIds", "as", "unit", "factors", "true", "false", "map", "unknown")
    kind = spot.one_of("as", KINDS)
    numbers = {
        field_name: {code: one.number() for code, one in spot.get(field_name).fields()} if spot.has(field_name) else {}
        for field_name in ("factors", "map")
    }
    return Variable(
        name=name,
        link_ids=spot.texts("linkIds"),
        kind=kind,
        unit=spot.text("unit") if spot.has("unit") else "",
        factors=numbers["factors"],
        numbers=numbers["map"],
        true=frozenset(spot.texts("true")),
        false=frozenset(spot.texts("false")),
        unknown=frozenset(spot.texts("unknown")),
    )


def _criterion(spot: Spot, known: set[str], unknown: frozenset[str]) -> Criterion:
    spot.only("id", "title", "explain", "role", "expression", "rests_on", "background", "records", "source", "lasting")
    expression = _expression(spot.get("expression"), known)
    for problem in lint(expression.text, unknown):
        raise spot.get("expression").wrong(problem)
    return Criterion(
        id=spot.text("id"),
        title=text_of(spot, "criterion", "title"),
        explain=text_of(spot, "criterion", "explain"),
        role=cast("Role", spot.one_of("role", ("all", "supportive"))),
        expression=expression,
        rests_on=spot.texts("rests_on"),
        background=spot.texts("background"),
        records=spot.texts("records"),
        source=spot.text("source"),
        lasting=tuple(freshness.read(one) for one in spot.get("lasting").items()) if spot.has("lasting") else (),
    )


def _expression(spot: Spot, known: set[str]) -> Expression:
    try:
        expression = Expression.compile(spot.word())
    except BadExpressionError as error:
        raise spot.wrong(str(error)) from error
    strange = sorted(expression.names - known)
    if strange:
        raise spot.wrong(f"there is no variable %{', %'.join(strange)}")
    return expression


def _protocol(spot: Spot) -> Protocol:
    spot.only("id", "name", "as_of", "source", "thresholds")
    return Protocol(
        id=spot.text("id"),
        name=text_of(spot, "protocol", "name"),
        as_of=spot.day("as_of"),
        source=spot.text("source"),
        thresholds={name: _threshold(one) for name, one in spot.get("thresholds").fields()},
    )


def _threshold(spot: Spot) -> Threshold:
    spot.only("value", "unit", "as_of", "source")
    value = spot.get("value").value
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(one, bool | int | Decimal | str) for one in values):
        raise spot.get("value").wrong("must be a number, a text, true or false, or a list of these")
    return Threshold(
        value=tuple(values),
        unit=spot.text("unit") if spot.has("unit") else "",
        as_of=spot.day("as_of"),
        source=spot.text("source"),
    )
