"""Values to and from FHIR's value[x]."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.fhir.nodes import as_decimal
from flows.inputs import Attachment
from flows.values import Absent, Coding, DateTime, PartialDate, Quantity, Reference, TimeOfDay, Value

if TYPE_CHECKING:
    from flows.fhir.nodes import Node

DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
DATE_TIME = re.compile(DATE.pattern + r"T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?(Z|[+-]\d\d:\d\d)")
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?")
URI = re.compile(r"\S+")
REFERENCE = frozenset({"reference", "type", "identifier", "display"})
# What an item of each type can have as its answer. Some forms give codes as the options of a text question; its answer is a text.
TAKES: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "integer": (int,),
    "decimal": (int, Decimal),
    "date": (PartialDate,),
    "dateTime": (PartialDate, DateTime),
    "time": (TimeOfDay,),
    "string": (str, Coding),
    "text": (str, Coding),
    "url": (str,),
    "quantity": (Quantity,),
    "attachment": (),
    "reference": (Reference,),
    **dict.fromkeys(("choice", "open-choice"), (Coding, str, int, PartialDate, DateTime, TimeOfDay, Reference)),
}


def read_value(node: Node, start: str = "value") -> Value | None:
    """The value of a node, e.g. of an answerOption; None, with a problem noted, when there is none or it cannot be used."""
    typed = node.typed(start)
    if typed is None:
        node.wrong(f"{start}[x] is missing")
        return None
    name = f"{start}{typed.kind}"
    if typed.kind in STRUCTURED:
        child = node.child(name)
        return None if child is None else STRUCTURED[typed.kind](child)
    value = _simple(typed.kind, node.value[name])
    if value is None:
        node.wrong("cannot be used here", name)
    return value


def takes(item_type: str, value: Value) -> bool:
    """Whether a value can be the answer to an item of this type."""
    kinds = TAKES.get(item_type, ())
    if item_type == "url" and isinstance(value, str):
        return URI.fullmatch(value) is not None
    return bool in kinds if isinstance(value, bool) else isinstance(value, kinds)


def _simple(kind: str, raw: Any) -> Value | None:
    """A primitive; None when it is not what its name says."""
    if kind == "Boolean":
        return raw if isinstance(raw, bool) else None
    if kind in {"Integer", "Decimal"}:
        number = as_decimal(raw)
        whole = kind == "Integer" and number is not None and number == number.to_integral_value()
        return int(number) if whole and number is not None else None if kind == "Integer" else number
    if not isinstance(raw, str):
        return None
    return raw if kind in {"String", "Uri"} else _temporal(kind, raw)


def _temporal(kind: str, text: str) -> Value | None:
    if kind == "Time":
        return TimeOfDay(text=text) if TIME.fullmatch(text) else None
    if kind in {"Date", "DateTime"} and DATE.fullmatch(text):
        return PartialDate(text=text)
    if kind == "DateTime" and DATE_TIME.fullmatch(text):
        return DateTime(text=text)
    return None


def _coding(node: Node) -> Coding:
    return Coding(system=node.text("system"), code=node.text("code"), display=node.text("display"))


def _quantity(node: Node) -> Quantity | None:
    number = node.number("value")
    if number is None:
        node.wrong("has no value")
        return None
    return Quantity(value=number, unit=node.text("unit"), code=node.text("code"), system=node.text("system"))


def _reference(node: Node) -> Reference | None:
    if not node.text("reference") and not node.text("display"):
        node.wrong("needs a reference or a display")
        return None
    spelled = json.dumps(
        {name: part for name, part in node.value.items() if name in REFERENCE}, ensure_ascii=False, default=str
    )
    return Reference(reference=node.text("reference"), display=node.text("display"), spelled=spelled)


STRUCTURED: Mapping[str, Callable[[Node], Value | None]] = {"Coding": _coding, "Quantity": _quantity, "Reference": _reference}


def write_value(value: Value, item_type: str) -> dict[str, Any]:  # noqa: C901 - one line for each type of value
    """A value as value[x] for an item of this type. Absent has none: see response_fhir.py."""
    match value:
        case bool():
            return {"valueBoolean": value}
        case int() | Decimal():
            whole = isinstance(value, int) and item_type != "decimal"
            return {"valueInteger" if whole else "valueDecimal": value if whole else Decimal(value)}
        case PartialDate():
            return {"valueDateTime" if item_type == "dateTime" else "valueDate": value.text}
        case DateTime():
            return {"valueDateTime": value.text}
        case TimeOfDay():
            return {"valueTime": value.text}
        case Coding():
            return _coded(value, item_type)
        case Quantity():
            return {"valueQuantity": _present(value=value.value, unit=value.unit, system=value.system, code=value.code)}
        case Attachment():
            return {"valueAttachment": {"contentType": value.content_type, "url": f"urn:uuid:{value.document_id}"}}
        case Reference():
            spelled = json.loads(value.spelled) if value.spelled else _present(reference=value.reference, display=value.display)
            return {"valueReference": spelled}
        case Absent():
            return {}
        case str():
            return _text(value, item_type)


def _coded(value: Coding, item_type: str) -> dict[str, Any]:
    """A code is written as a text where it is the answer to a text question."""
    if item_type in {"string", "text"}:
        return {"valueString": value.display or value.code}
    return {"valueCoding": _present(system=value.system, code=value.code, display=value.display)}


def _text(value: str, item_type: str) -> dict[str, Any]:
    """A one-line string has no line breaks in FHIR; a `text` keeps them."""
    if item_type == "reference":
        return {"valueReference": {"display": " ".join(value.split())}}
    if item_type == "url":
        return {"valueUri": value}
    return {"valueString": value if item_type == "text" else re.sub(r"\s*[\r\n]+\s*", " ", value)}


def _present(**fields: Any) -> dict[str, Any]:
    """Without the empty ones: FHIR has no empty strings."""
    return {name: value for name, value in fields.items() if value != ""}
