"""A protocol's rules over the answers of one case: true, false or not known, with what would decide it. Never a score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from flows.spans import span
from flows.trials.rules import All, AnyOf, Codes, Limit, Markers, Since, Truth, Unsettled

if TYPE_CHECKING:
    from flows.trials.laboratory import Laboratory
    from flows.trials.rules import Rule

Range = tuple[Decimal, Decimal]
SAME = Decimal(1)
AGE = "age"  # given in completed years: from below, somebody of 17 is 17 to nearly 18
NEARLY_A_YEAR = Decimal("0.999")


class Decided(NamedTuple):
    """`lacking`: names of the values that could still decide; `unsettled`: what no answer of the intake decides."""

    truth: bool | None
    lacking: frozenset[str] = frozenset()
    unsettled: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known about one case. `values`: see screening.values; `offered`: marker codes that the person could choose from.

    `factors`: variable -> unit -> how many of the variable's own unit are in one.
    """

    values: Mapping[str, object]
    offered: frozenset[str]
    factors: Mapping[str, Mapping[str, Decimal]]
    laboratory: Laboratory
    today: date

    def all(self, name: str) -> tuple[object, ...]:
        found = self.values.get(name, ())
        return found if isinstance(found, tuple) else (found,)

    def one(self, name: str) -> object | None:
        return next(iter(self.all(name)), None)

    def number(self, name: str) -> Decimal | None:
        found = self.one(name)
        return Decimal(found) if isinstance(found, int | Decimal) and not isinstance(found, bool) else None


def decide(rule: Rule, known: Known) -> Decided:  # noqa: C901 - one line for each kind of rule
    """Kleene's three values: one clear no decides an "all", one clear yes an "any"."""
    match rule:
        case All(rules=rules):
            return together((decide(one, known) for one in rules), decisive=False)
        case AnyOf(rules=rules):
            return together((decide(one, known) for one in rules), decisive=True)
        case Limit():
            return _limit(rule, known)
        case Codes():
            return _codes(rule, known)
        case Truth():
            return _truth(rule, known)
        case Markers():
            return _markers(rule, known)
        case Since():
            return _since(rule, known)
        case Unsettled(what=what):
            return Decided(None, unsettled=frozenset({what}))


def together(decided: Iterable[Decided], *, decisive: bool) -> Decided:
    """Several at once: the decisive value wins, then the unknown ones with all that they lack."""
    found = tuple(decided)
    if any(one.truth is decisive for one in found):
        return Decided(decisive)
    open_ = tuple(one for one in found if one.truth is None)
    if not open_:
        return Decided(not decisive)
    return Decided(
        None,
        frozenset().union(*(one.lacking for one in open_)),
        frozenset().union(*(one.unsettled for one in open_)),
    )


def _unknown(*names: str) -> Decided:
    return Decided(None, frozenset(names))


def _limit(rule: Limit, known: Known) -> Decided:
    found, lacking = _range(rule.value, known)
    if found is None:
        return _unknown(lacking)
    if rule.value == AGE and rule.kind in {"at_least", "above"}:
        found = (found[0], found[1] + NEARLY_A_YEAR)
    at, asked = _bounds(rule, known)
    truth = COMPARED[rule.kind](found, at)
    return Decided(truth) if truth is not None else _unknown(asked if asked and known.one(asked) is None else lacking)


def _range(name: str, known: Known) -> tuple[Range | None, str]:
    """Between which numbers a value lies, and which value would tell it more closely."""
    scale = known.laboratory.scales.get(name)
    if scale is not None:
        grade = known.number(scale.origin)
        return (scale.ranges.get(int(grade)) if grade is not None else None), name if grade is not None else scale.origin
    number = known.number(name)
    return (None if number is None else (number, number)), name


def _bounds(rule: Limit, known: Known) -> tuple[Range, str]:
    """Between which numbers the limit lies, and the variable that would tell it exactly ("" when it is exact)."""
    if not rule.times_upper:
        number = rule.number * known.factors.get(rule.value, {}).get(rule.unit, SAME) if rule.unit else rule.number
        return (number, number), ""
    upper = known.laboratory.upper_limits[rule.value]
    own = known.number(upper.asked)
    lowest, highest = (own, own) if own is not None else (upper.lowest, upper.highest)
    return (rule.number * lowest, rule.number * highest), upper.asked


def _at_least(found: Range, at: Range) -> bool | None:
    return True if found[0] >= at[1] else False if found[1] < at[0] else None


def _above(found: Range, at: Range) -> bool | None:
    return True if found[0] > at[1] else False if found[1] <= at[0] else None


def _negated(truth: bool | None) -> bool | None:  # noqa: FBT001 - one of three values
    return None if truth is None else not truth


COMPARED: Mapping[str, Callable[[Range, Range], bool | None]] = {
    "at_least": _at_least,
    "above": _above,
    "at_most": lambda found, at: _negated(_above(found, at)),
    "below": lambda found, at: _negated(_at_least(found, at)),
}


def _truth(rule: Truth, known: Known) -> Decided:
    found = known.one(rule.truth)
    return Decided(found is rule.expected) if isinstance(found, bool) else _unknown(rule.truth)


def _codes(rule: Codes, known: Known) -> Decided:
    code = known.one(rule.code)
    if code is None:
        return _unknown(rule.code)
    if code in rule.allowed:
        return Decided(True)
    if rule.excluded is None or code in rule.excluded:
        return Decided(False)
    return _unknown(rule.code)


def _markers(rule: Markers, known: Known) -> Decided:
    """A marker that was on offer and was not chosen was not found; one that was not on offer is not known."""
    found = known.all("markers")
    if rule.markers & set(found):
        return Decided(True)
    return Decided(False) if found and rule.markers <= known.offered else _unknown("markers")


def _since(rule: Since, known: Known) -> Decided:
    """A day of which only the month or the year is known lies anywhere in it."""
    text = known.one(rule.since)
    if not isinstance(text, str):
        return _unknown(rule.since)
    first, last = span(text)
    longest, shortest = (known.today - first).days, max(0, (known.today - last).days)
    late = True if shortest >= rule.shortest else False if longest < rule.shortest else None
    early = True if rule.longest is None or longest <= rule.longest else False if shortest > rule.longest else None
    decided = together((Decided(late), Decided(early)), decisive=False)
    return decided if decided.truth is not None else _unknown(rule.since)
