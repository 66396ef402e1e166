"""Units that measure the same: enough of UCUM to compare two quantities, with the factors of its tables. What is not known is not compared."""

from __future__ import annotations

import re
from decimal import Decimal

PREFIXES = {
    "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "": 0, "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15,
}  # fmt: skip
# atom -> (what it measures, how many of that dimension's own unit it is). Source: UCUM 2.1, tables of base and derived units.
METRIC = {
    "g": ("mass", Decimal(1)),
    "m": ("length", Decimal(1)),
    "s": ("time", Decimal(1)),
    "L": ("volume", Decimal(1)),
    "l": ("volume", Decimal(1)),
    "mol": ("amount", Decimal(1)),
    "eq": ("equivalent", Decimal(1)),
    "U": ("activity", Decimal(1)),
    "kat": ("activity", Decimal(60_000_000)),
    "[IU]": ("unit", Decimal(1)),
    "[iU]": ("unit", Decimal(1)),
    "J": ("energy", Decimal(1)),
    "cal": ("energy", Decimal("4.184")),
    "Pa": ("pressure", Decimal(1)),
    "m[Hg]": ("pressure", Decimal(133322)),
}
PLAIN = {
    "min": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)),
    "d": ("time", Decimal(86400)),
    "wk": ("time", Decimal(604800)),
    "mo": ("time", Decimal(2629800)),
    "a": ("time", Decimal(31557600)),
    "[lb_av]": ("mass", Decimal("453.59237")),
    "[oz_av]": ("mass", Decimal("28.349523125")),
    "[st_av]": ("mass", Decimal("6350.29318")),
    "[in_i]": ("length", Decimal("0.0254")),
    "[ft_i]": ("length", Decimal("0.3048")),
    "t": ("mass", Decimal(1_000_000)),
    "%": ("", Decimal("0.01")),
    "1": ("", Decimal(1)),
    "10*3": ("", Decimal(1000)),
    "10*6": ("", Decimal(1_000_000)),
    "10*9": ("", Decimal(1_000_000_000)),
    "10*12": ("", Decimal(1_000_000_000_000)),
}
CALENDAR = {
    "year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms",
}  # fmt: skip


def in_one_unit(number: Decimal, unit: str) -> tuple[Decimal, str] | None:
    """The number in the own unit of what it measures, and what that is; None for a unit that is not known."""
    factor, measured = Decimal(1), []
    for place, part in enumerate(re.sub(r"\{[^{}]*\}", "", unit).split("/")):
        found = _part(part or "1")
        if found is None:
            return None
        factor = factor / found[1] if place else factor * found[1]
        measured.append(found[0])
    return number * factor, "/".join(measured)


def _part(code: str) -> tuple[str, Decimal] | None:
    code = CALENDAR.get(code.rstrip("s"), code) if len(code) > 3 else code  # noqa: PLR2004 - "days", not "ms"
    if code in PLAIN:
        return PLAIN[code]
    for atom, (measured, size) in METRIC.items():
        if code.endswith(atom) and code.removesuffix(atom) in PREFIXES:
            return measured, size * Decimal(10) ** PREFIXES[code.removesuffix(atom)]
    return None
