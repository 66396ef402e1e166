"""Values near a limit: marked for a coordinator, who knows what a second measurement can do. The margins are data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.reading import Spot


@dataclass(frozen=True, kw_only=True)
class Margins:
    """`within`: threshold -> (the value that is held against it, how near is near, in the threshold's unit)."""

    within: Mapping[str, tuple[str, Decimal]]
    as_of: date
    source: str


def read(spot: Spot, thresholds: frozenset[str], values: frozenset[str]) -> Margins:
    spot.only("margins", "as_of", "source")
    within = {}
    for threshold, one in spot.get("margins").fields():
        value = one.only("value", "within").text("value")
        if threshold not in thresholds or value not in values:
            raise one.wrong("names no threshold, or no value")
        within[threshold] = (value, one.get("within").number())
    return Margins(within=within, as_of=spot.day("as_of"), source=spot.text("source"))


def near(margins: Margins, bound: Mapping[str, object], names: frozenset[str]) -> Iterator[str]:
    """Names of the values near their limit, among the names that one expression reads. On the limit itself is near."""
    for threshold, (value, within) in margins.within.items():
        if threshold not in names or value not in names:
            continue
        found, limit = _number(bound[value]), _number(bound[threshold])
        if found is not None and limit is not None and abs(found - limit) <= within:
            yield value


def _number(bound: object) -> Decimal | None:
    found = next(iter(bound), None) if isinstance(bound, tuple) else bound
    return Decimal(found) if isinstance(found, int | float | Decimal) and not isinstance(found, bool) else None
