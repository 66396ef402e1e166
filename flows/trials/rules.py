"""What a trial's protocol asks for, as rules that can be combined. Each kind is read from one shape of JSON.

{"value": "lvef", "at_least": 50, "unit": "%"}: a limit; `above` and `below` are strict, `at_least` and `at_most` include the limit itself;
  with "times_upper" the limit counts in upper limits of normal of the laboratory.
{"code": "cns", "allowed": [...], "excluded": [...]}: coded answers; without `excluded` all others are, with it a code in neither decides nothing.
{"truth": "hiv", "is": false}; {"markers": [...]}: one of these on the cancer cells.
{"since": "transplantDate", "at_least_days": 100}: what lies between that day and today.
{"unsettled": "..."}: a rule of the protocol that no answer of the intake decides. {"all": [...]}, {"any": [...]}: several rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.reading import Spot

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = ("at_least", "above", "at_most", "below")


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """`kind` is one of LIMITS; `unit` is the UCUM code in which the number is written, "" for plain numbers and for times the upper limit."""

    value: str
    kind: str
    number: Decimal
    unit: str = ""
    times_upper: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Codes:
    code: str
    allowed: frozenset[str]
    excluded: frozenset[str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    truth: str
    expected: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Markers:
    markers: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Since:
    """`longest` is None for no end."""

    since: str
    shortest: int
    longest: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unsettled:
    what: str


@dataclass(frozen=True, kw_only=True, slots=True)
class All:
    rules: tuple[Rule, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnyOf:
    rules: tuple[Rule, ...]


Rule = Limit | Codes | Truth | Markers | Since | Unsettled | All | AnyOf


def read(spot: Spot) -> Rule:
    """A rule from its JSON."""
    kind = next((name for name in READERS if spot.has(name)), None)
    if kind is None:
        raise spot.wrong(f"must have one of {', '.join(READERS)}")
    return READERS[kind](spot)


def inside(rule: Rule) -> Iterator[Rule]:
    """A rule and everything that it is made of."""
    yield rule
    if isinstance(rule, All | AnyOf):
        for one in rule.rules:
            yield from inside(one)


def _limit(spot: Spot) -> Limit:
    spot.only("value", *LIMITS, "unit", "times_upper")
    kinds = [kind for kind in LIMITS if spot.has(kind)]
    if len(kinds) != 1:
        raise spot.wrong(f"must have exactly one of {', '.join(LIMITS)}")
    return Limit(
        value=spot.text("value"),
        kind=kinds[0],
        number=spot.get(kinds[0]).number(),
        unit=spot.text("unit") if spot.has("unit") else "",
        times_upper=spot.flag("times_upper", default=False),
    )


def _codes(spot: Spot) -> Codes:
    spot.only("code", "allowed", "excluded")
    excluded = frozenset(spot.texts("excluded")) if spot.has("excluded") else None
    allowed = frozenset(spot.texts("allowed"))
    if excluded and excluded & allowed:
        raise spot.wrong("a code is both allowed and excluded")
    return Codes(code=spot.text("code"), allowed=allowed, excluded=excluded)


def _truth(spot: Spot) -> Truth:
    spot.only("truth", "is")
    return Truth(truth=spot.text("truth"), expected=spot.flag("is"))


def _since(spot: Spot) -> Since:
    spot.only("since", "at_least_days", "at_most_days")
    return Since(
        since=spot.text("since"),
        shortest=spot.whole("at_least_days") if spot.has("at_least_days") else 0,
        longest=spot.whole("at_most_days") if spot.has("at_most_days") else None,
    )


def _several(spot: Spot, name: str) -> tuple[Rule, ...]:
    rules = tuple(read(one) for one in spot.only(name).get(name).items())
    if not rules:
        raise spot.wrong("is empty")
    return rules


READERS: Mapping[str, Callable[[Spot], Rule]] = {
    "value": _limit,
    "code": _codes,
    "truth": _truth,
    "markers": lambda spot: Markers(markers=frozenset(spot.only("markers").texts("markers"))),
    "since": _since,
    "unsettled": lambda spot: Unsettled(what=spot.only("unsettled").text("unsettled")),
    "all": lambda spot: All(rules=_several(spot, "all")),
    "any": lambda spot: AnyOf(rules=_several(spot, "any")),
}
