"""Reviewed conversion factors: what a factor in a definition must be, so that a slip in a data file is found at load.

A definition states its own factors (see criteria.json, `variables`); nothing here converts an answer by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

LOINC = "http://loinc.org"
TOLERANCE = Decimal("0.001")  # relative; published factors are rounded to three or four digits

# UCUM pairs that are equal or differ by a fixed factor whatever is measured. Source: UCUM 2.1 tables; 1 [lb_av] = 0.45359237 kg by definition.
FIXED: Mapping[tuple[str, str], Decimal] = {
    ("[lb_av]", "kg"): Decimal("0.45359237"),
    ("g", "kg"): Decimal("0.001"),
    ("10*3/uL", "10*9/L"): Decimal(1),
    ("10*6/L", "10*9/L"): Decimal("0.001"),
    ("/uL", "10*9/L"): Decimal("0.001"),
    ("10*5/uL", "10*9/L"): Decimal(100),  # lakh per microlitre, usual for platelets in South Asia
    ("g/dL", "g/L"): Decimal(10),
    ("mg/dL", "mg/L"): Decimal(10),
    ("ukat/L", "U/L"): Decimal(60),
    ("mL/s", "mL/min"): Decimal(60),
    # Not the same quantity: taken as equal for a person of average size, as hospitals do in a first look (decided, to be signed off).
    ("mL/min/{1.73_m2}", "mL/min"): Decimal(1),
}

# Molar masses in g/mol, by LOINC code of the item; mg/dL -> umol/L is 10,000 / molar mass.
# Sources: PubChem CID 588 (creatinine C4H7N3O), CID 5280352 (bilirubin C33H36N4O6).
MOLAR_MASS: Mapping[str, Decimal] = {
    "2160-0": Decimal("113.12"),
    "14682-9": Decimal("113.12"),
    "1975-2": Decimal("584.67"),
    "14631-6": Decimal("584.67"),
}


def reviewed_factor(unit: str, to: str, loinc: frozenset[str] = frozenset()) -> Decimal | None:
    """The factor from one UCUM unit to another for an item with these LOINC codes, None when no one has reviewed that pair."""
    if unit == to:
        return Decimal(1)
    if (unit, to) in FIXED:
        return FIXED[unit, to]
    masses = {MOLAR_MASS[code] for code in loinc if code in MOLAR_MASS}
    return 10_000 / masses.pop() if len(masses) == 1 and (unit, to) == ("mg/dL", "umol/L") else None


def agrees(factor: Decimal, reviewed: Decimal) -> bool:
    """Whether a stated factor is the reviewed one, rounding apart."""
    return abs(factor - reviewed) <= reviewed * TOLERANCE
