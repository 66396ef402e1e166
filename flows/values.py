"""What an answer can be: small frozen values, and when FHIR counts two of them as the same answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

from flows.inputs import Attachment

ABSENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/data-absent-reason"

AbsentReason = Literal["asked-unknown", "asked-declined", "skipped"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialDate:
    """A date as precise as it was said: "2024", "2024-05" or "2024-05-17"."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class DateTime:
    """A FHIR dateTime with a time of day and an offset, as written in a form: "2024-05-17T10:00:00+02:00"."""

    text: str

    @property
    def instant(self) -> datetime | None:
        """None for a day or an offset that there is not, which the text can hold."""
        try:
            return datetime.fromisoformat(self.text.replace(":60", ":59"))  # a leap second
        except ValueError:
            return None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeOfDay:
    """A time of day, "14:30:00"."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True, slots=True)
class Coding:
    """A code of a system; `display` is the form's own English and does not make a difference."""

    system: str
    code: str
    display: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Quantity:
    """A number with its unit: `unit` is what people read, `code` the code of `system` (UCUM)."""

    value: Decimal
    unit: str = ""
    code: str = ""
    system: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reference:
    """Another resource that a form offers as an option: "Practitioner/7"; `display` is what people read.

    `spelled` is the JSON text of the option as the form has it, with its type and identifier: an answer repeats it.
    """

    reference: str
    display: str = ""
    spelled: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.display or self.reference


@dataclass(frozen=True, kw_only=True, slots=True)
class Absent:
    """The question was put and there is no answer: not known, not said, or skipped."""

    reason: AbsentReason


Value = bool | int | Decimal | str | PartialDate | DateTime | TimeOfDay | Coding | Quantity | Attachment | Reference | Absent
Values = tuple[Value, ...]


def is_absent(value: Value) -> bool:
    """Whether a value says that there is none: Absent, or an option such as "I don't know" coded as a data-absent-reason."""
    return isinstance(value, Absent) or (isinstance(value, Coding) and value.system == ABSENT_SYSTEM)


def is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def alike(one: Values, other: Values) -> bool:
    """Whether two answers are the same, value by value."""
    return len(one) == len(other) and all(map(same, one, other))


def same(one: Value, other: Value) -> bool:
    """Whether FHIR counts two values as the same answer: codes by system and code, quantities by value and unit,
    references by what they refer to.
    """
    if isinstance(one, Coding) and isinstance(other, Coding):
        return one.code == other.code and one.system == other.system and (one.code != "" or one.display == other.display)
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        return one.value == other.value and (one.code or one.unit) == (other.code or other.unit)
    if isinstance(one, Reference) and isinstance(other, Reference):
        return (one.reference or one.display) == (other.reference or other.display)
    return (type(one) is type(other) or (is_number(one) and is_number(other))) and one == other
