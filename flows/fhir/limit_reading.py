"""Units and limits of an item from FHIR JSON."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.fhir.nodes import HL7, OWN, SDC, as_decimal
from flows.fhir.patterns import may_run_long, readable
from flows.fhir.values import read_value
from flows.items import Item, Unit

if TYPE_CHECKING:
    from flows.fhir.nodes import Node
    from flows.values import Value

DATES = {"valueDate", "valueDateTime", "valueTime"}  # some forms write the expression into the value itself
MEGABYTE = 1_000_000  # maxSize is in megabytes


def read_units(node: Node) -> Iterator[Unit]:
    """The units of a quantity (or the one of a number), preferred first."""
    limits = dict(_unit_limits(one) for one in node.extensions(f"{OWN}unit-limits"))
    for one in node.extensions(f"{HL7}questionnaire-unitOption", f"{HL7}questionnaire-unit"):
        coding = one.child("valueCoding")
        if coding is None:
            one.simpler("is no unit: needs a valueCoding")
            continue
        code = coding.text("code")
        low, high = limits.get(code, (None, None))
        yield Unit(code=code, display=coding.text("display") or code, system=coding.text("system"), low=low, high=high)


def _unit_limits(node: Node) -> tuple[str, tuple[Decimal | None, Decimal | None]]:
    """The UCUM code of a unit, and the least and the greatest value that can be true in it."""
    parts = {one.text("url"): one for one in node.children("extension")}
    unit = parts["unit"].child("valueCoding") if "unit" in parts else None
    if unit is None or not unit.text("code"):
        node.wrong("needs the extension unit with a valueCoding")
    low, high = (parts[name].number("valueDecimal") if name in parts else None for name in ("low", "high"))
    return unit.text("code") if unit else "", (low, high)


def read_limits(node: Node, item: Item) -> dict[str, Any]:
    """Everything that bounds an answer."""
    size = as_decimal(node.extension(f"{HL7}maxSize"))
    return {
        "minimum": _limit(node, item, f"{HL7}minValue", f"{SDC}minQuantity"),
        "maximum": _limit(node, item, f"{HL7}maxValue", f"{SDC}maxQuantity"),
        "decimal_places": _whole(node.extension(f"{HL7}maxDecimalPlaces")),
        "min_length": _whole(node.extension(f"{HL7}minLength")),
        "max_length": node.whole("maxLength"),
        "pattern": _pattern(node),
        "entry_format": string(node.extension(f"{HL7}entryFormat", f"{SDC}entryFormat")),
        "mime_types": tuple(code for one in node.extensions(f"{HL7}mimeType") if (code := one.text("valueCode"))),
        "max_size": None if size is None else int(size * MEGABYTE),
        "min_occurs": _whole(node.extension(f"{HL7}questionnaire-minOccurs")) or 0,
        "max_occurs": _whole(node.extension(f"{HL7}questionnaire-maxOccurs")),
    }


def _limit(node: Node, item: Item, *urls: str) -> Value | None:
    for one in node.extensions(*urls):
        if is_calculated(one):
            continue
        if one.typed("value") is None:
            one.simpler("has no value: not checked")
        elif item.is_question:
            return read_value(one)
    return None


def is_calculated(limit: Node) -> bool:
    """Whether an expression stands where the value would: see rule_reading."""
    return any(name.startswith("_value") or (name in DATES and isinstance(limit.value[name], dict)) for name in limit.value)


def _pattern(node: Node) -> str:
    pattern = string(node.extension(f"{HL7}regex"))
    if not readable(pattern):
        node.simpler("the regex cannot be read and is not checked")
        return ""
    if may_run_long(pattern):
        node.simpler("the regex could run for very long and is not checked")
        return ""
    return pattern


def string(raw: object) -> str:
    return raw if isinstance(raw, str) else ""


def _whole(raw: object) -> int | None:
    number = as_decimal(raw)
    return None if number is None else int(number)
