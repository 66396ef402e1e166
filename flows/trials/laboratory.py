"""What protocols measure against and no patient is asked first: upper limits of normal, and scales that are read off another one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.reading import Spot


@dataclass(frozen=True, kw_only=True)
class UpperLimit:
    """The upper limit of normal of one value: what laboratories print lies between `lowest` and `highest`, in `unit`.

    `asked`: the variable that holds the limit of the patient's own laboratory.
    """

    usual: Decimal
    lowest: Decimal
    highest: Decimal
    unit: str
    asked: str
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A score that can be read off another one only as a range: whole number there -> (lowest, highest) here."""

    origin: str
    ranges: Mapping[int, tuple[Decimal, Decimal]]
    as_of: date
    source: str


@dataclass(frozen=True, kw_only=True)
class Laboratory:
    upper_limits: Mapping[str, UpperLimit]
    scales: Mapping[str, Scale]
    names: Mapping[str, tuple[str, ...]]


def read(spot: Spot) -> Laboratory:
    spot.only("version", "upper_limits", "scales", "names")
    return Laboratory(
        upper_limits={name: _upper_limit(one) for name, one in spot.get("upper_limits").fields()},
        scales={name: _scale(one) for name, one in spot.get("scales").fields()},
        names={link_id: tuple(name.word() for name in one.items()) for link_id, one in spot.get("names").fields()},
    )


def _upper_limit(spot: Spot) -> UpperLimit:
    spot.only("usual", "lowest", "highest", "unit", "asked", "as_of", "source")
    lowest, usual, highest = (spot.get(name).number() for name in ("lowest", "usual", "highest"))
    if not lowest <= usual <= highest:
        raise spot.wrong("usual must lie between lowest and highest")
    return UpperLimit(
        usual=usual,
        lowest=lowest,
        highest=highest,
        unit=spot.text("unit"),
        asked=spot.text("asked"),
        as_of=spot.day("as_of"),
        source=spot.text("source"),
    )


def _scale(spot: Spot) -> Scale:
    spot.only("from", "ranges", "as_of", "source")
    return Scale(
        origin=spot.text("from"),
        ranges={int(grade): _range(one) for grade, one in spot.get("ranges").fields()},
        as_of=spot.day("as_of"),
        source=spot.text("source"),
    )


def _range(spot: Spot) -> tuple[Decimal, Decimal]:
    numbers = [one.number() for one in spot.items()]
    if len(numbers) != 2 or numbers[0] > numbers[1]:  # noqa: PLR2004 - lowest and highest
        raise spot.wrong("must be two numbers, the lower one first")
    return numbers[0], numbers[1]
