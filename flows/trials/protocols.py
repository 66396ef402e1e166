"""Protocols as data: one trial a file, with its source, its day, and who approved it. What a file does not say is unknown, never "no such rule"."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.trials import rules as protocol_rules
from flows.trials.rules import All, Codes, Limit, Markers, Rule, Since, Truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.reading import Spot

NUMBER = re.compile(r"NCT\d{8}")
FRESH = timedelta(days=90)  # older rows are marked and not passed on: registry facts drift weekly
COLUMNS = (
    *("age", "diagnosis", "disease-state", "lines", "antigen", "prior-cart", "transplant", "performance", "heart", "kidney"),
    *("liver", "oxygen", "blood", "cns", "infection", "dsa", "other"),
)
OPEN = frozenset({"RECRUITING", "NOT_YET_RECRUITING", "ENROLLING_BY_INVITATION", "AVAILABLE"})
AGE = re.compile(r"(\d+) (Year|Month|Week|Day)s?")
YEARS = {"Year": Decimal(1), "Month": 1 / Decimal(12), "Week": 1 / Decimal(52), "Day": 1 / Decimal(365)}


@dataclass(frozen=True, kw_only=True)
class Registry:
    """What an importer renews. Ages as the registry writes them ("6 Months"), None for no limit."""

    status: str
    last_update: date
    min_age: str | None
    max_age: str | None

    @property
    def open(self) -> bool:
        return self.status in OPEN


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One rule of a protocol under a criterion. `cohort`: the ages for which it holds, None for everybody; `text`: the rule as it was read."""

    criterion: str
    rule: Rule
    cohort: Limit | None
    text: str
    source: str
    records: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TrialProtocol:
    """`read`: how it was read (R registry header, S secondary text, C criteria text). `approved`: by whom, None: by nobody yet.

    `follow_up`: the name of the check-ins after an infusion under it (a file in programmes/), None for the usual ones.
    """

    id: str
    version: int
    product: str
    sponsor: str
    cells: str
    target: str
    setting: str
    as_of: date
    source: str
    approved: str | None
    registry: Registry
    read: str
    requirements: tuple[Requirement, ...]
    follow_up: str | None = None

    def stale(self, today: date) -> bool:
        return today - self.as_of > FRESH

    @property
    def records(self) -> frozenset[str]:
        """Ids of the records that its rules name."""
        return frozenset(record for one in self.requirements for record in one.records)

    def of(self, criterion: str) -> tuple[Requirement, ...]:
        return tuple(one for one in self.requirements if one.criterion == criterion)


def read(spot: Spot) -> TrialProtocol:
    """A protocol from its file."""
    spot.only(
        *(
            "id",
            "version",
            "product",
            "sponsor",
            "cells",
            "target",
            "setting",
            "as_of",
            "source",
            "approved",
            "registry",
            "read",
        ),
        *("criteria", "follow_up"),
    )
    if not NUMBER.fullmatch(spot.text("id")):
        raise spot.get("id").wrong("must be a number like NCT01234567")
    registry = _registry(spot.get("registry"))
    listed = tuple(_requirement(one) for one in spot.get("criteria").items())
    return TrialProtocol(
        **{name: spot.text(name) for name in ("id", "product", "sponsor", "cells", "target", "setting", "source", "read")},
        version=spot.whole("version"),
        as_of=spot.day("as_of"),
        approved=spot.text("approved") if spot.has("approved") else None,
        registry=registry,
        requirements=(*_ages(registry, spot.text("source")), *listed),
        follow_up=spot.text("follow_up") if spot.has("follow_up") else None,
    )


def rules(protocol: TrialProtocol) -> Iterator[Rule]:
    """Every single rule of a protocol, however deep."""
    for one in protocol.requirements:
        yield from protocol_rules.inside(one.rule)
        if one.cohort:
            yield one.cohort


def names_read(protocol: TrialProtocol) -> Iterator[tuple[str, str]]:
    """(kind of rule, name of the value) for every value that a protocol reads: what a definition has to know."""
    for rule in rules(protocol):
        match rule:
            case Limit(value=name):
                yield "value", name
            case Codes(code=name):
                yield "code", name
            case Truth(truth=name):
                yield "truth", name
            case Since(since=name):
                yield "since", name
            case Markers():
                yield "code", "markers"
            case _:
                pass


def years(text: str) -> Decimal:
    """An age as the registry writes it, in years. Raise ValueError for anything else."""
    found = AGE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1]) * YEARS[found[2]]


def _registry(spot: Spot) -> Registry:
    spot.only("status", "last_update", "min_age", "max_age")
    ages: Mapping[str, str | None] = {name: spot.text(name) if spot.has(name) else None for name in ("min_age", "max_age")}
    for name, text in ages.items():
        if text and not AGE.fullmatch(text):
            raise spot.get(name).wrong("must be an age like 18 Years")
    return Registry(
        status=spot.text("status"), last_update=spot.day("last_update"), min_age=ages["min_age"], max_age=ages["max_age"]
    )


def _ages(registry: Registry, source: str) -> tuple[Requirement, ...]:
    """The age limits of the registry, as a rule like any other. Without an upper limit the lower one alone decides."""
    low = Limit(value="age", kind="at_least", number=years(registry.min_age)) if registry.min_age else None
    high = Limit(value="age", kind="at_most", number=years(registry.max_age)) if registry.max_age else None
    limits = tuple(limit for limit in (low, high) if limit)
    if not limits:
        return ()
    text = f"{registry.min_age or '0'} – {registry.max_age or '…'}"
    return (Requirement(criterion="age", rule=All(rules=limits), cohort=None, text=text, source=source),)


def _requirement(spot: Spot) -> Requirement:
    spot.only("criterion", "for", "rule", "text", "source", "records")
    cohort = protocol_rules.read(spot.get("for")) if spot.has("for") else None
    if cohort is not None and not (isinstance(cohort, Limit) and cohort.value == "age"):
        raise spot.get("for").wrong("must be a limit of age")
    return Requirement(
        criterion=spot.one_of("criterion", COLUMNS),
        rule=protocol_rules.read(spot.get("rule")),
        cohort=cohort,
        text=spot.text("text"),
        source=spot.text("source"),
        records=spot.texts("records"),
    )
