"""Values as JSON for our store: plain where JSON has the type, tagged with one letter where it has not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flows.inputs import Attachment
from flows.values import Absent, Coding, DateTime, PartialDate, Quantity, Reference, TimeOfDay, Value

# type -> (its letter, the value as JSON, the JSON as a value)
TAGS: dict[type, tuple[str, Callable[[Any], Any], Callable[[Any], Value]]] = {
    Decimal: ("n", str, Decimal),
    PartialDate: ("d", str, lambda text: PartialDate(text=text)),
    DateTime: ("m", str, lambda text: DateTime(text=text)),
    TimeOfDay: ("t", str, lambda text: TimeOfDay(text=text)),
    Coding: (
        "c",
        lambda value: [value.system, value.code, value.display],
        lambda parts: Coding(system=parts[0], code=parts[1], display=parts[2]),
    ),
    Quantity: (
        "q",
        lambda value: [str(value.value), value.unit, value.code, value.system],
        lambda parts: Quantity(value=Decimal(parts[0]), unit=parts[1], code=parts[2], system=parts[3]),
    ),
    Attachment: (
        "f",
        lambda value: [value.document_id, value.content_type, value.pages],
        lambda parts: Attachment(document_id=parts[0], content_type=parts[1], pages=parts[2]),
    ),
    Reference: (
        "r",
        lambda value: [value.reference, value.display, value.spelled],
        lambda parts: Reference(reference=parts[0], display=parts[1], spelled="".join(parts[2:])),
    ),
    Absent: ("x", lambda value: value.reason, lambda reason: Absent(reason=reason)),
}
READERS = {letter: read for letter, _, read in TAGS.values()}


def as_json(value: Value) -> Any:
    return value if isinstance(value, bool | int | str) else tagged(value)


def tagged(value: Any) -> dict[str, Any]:
    """A value of a type that JSON has not."""
    letter, write, _ = TAGS[type(value)]
    return {letter: write(value)}


def from_json(data: Any) -> Value:
    """The value that `as_json` wrote. KeyError for anything else."""
    if isinstance(data, bool | int | str):
        return data
    [(letter, written)] = data.items()
    return READERS[letter](written)
