"""FHIR JSON with its path: typed reading that collects every complaint instead of stopping at the first one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

HL7 = "http://hl7.org/fhir/StructureDefinition/"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
OWN = "https://careline.example/fhir/StructureDefinition/"


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """What a form has that cannot be used (error) or is used in a simpler way (degradation), and where."""

    path: str
    message: str
    kind: Literal["error", "degradation"] = "error"

    def __str__(self) -> str:
        return f"{self.path}: {self.message}"


class Invalid(ValueError):
    """A form or a response that cannot be used: the first JSON path and what is wrong there, and all problems found."""

    def __init__(self, path: str, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(f"{path}: {message}")
        self.path, self.message = path, message
        self.problems = problems or (Problem(path=path, message=message),)


@dataclass(frozen=True, slots=True)
class Typed:
    """A value[x]: the type that its name states, and the value."""

    kind: str
    node: Node


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON object and where it stands. All nodes of a form share the list of problems."""

    path: str
    value: dict[str, Any]
    problems: list[Problem] = field(repr=False)

    @staticmethod
    def of(path: str, value: Any, problems: list[Problem]) -> Node:
        """Anything but an object is a problem and reads as an empty one."""
        if isinstance(value, dict):
            return Node(path, value, problems)
        problems.append(Problem(path=path, message="must be an object"))
        return Node(path, {}, problems)

    def at(self, name: str) -> str:
        return f"{self.path}.{name}"

    def wrong(self, message: str, name: str = "") -> None:
        self.problems.append(Problem(path=self.at(name) if name else self.path, message=message))

    def simpler(self, message: str, name: str = "") -> None:
        """Name a degradation."""
        self.problems.append(Problem(path=self.at(name) if name else self.path, message=message, kind="degradation"))

    def child(self, name: str) -> Node | None:
        return Node.of(self.at(name), self.value[name], self.problems) if self.value.get(name) is not None else None

    def children(self, name: str) -> Iterator[Node]:
        listed = self.value.get(name)
        if listed is None:
            return
        if not isinstance(listed, list):
            self.wrong("must be a list", name)
            return
        for index, value in enumerate(listed):
            yield Node.of(f"{self.at(name)}[{index}]", value, self.problems)

    def text(self, name: str) -> str:
        """A string; missing reads as empty."""
        value = self.value.get(name)
        if value is None or isinstance(value, str):
            return value or ""
        self.wrong("must be a string", name)
        return ""

    def flag(self, name: str) -> bool:
        value = self.value.get(name)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.wrong("must be true or false, without quotes", name)
        return False

    def number(self, name: str) -> Decimal | None:
        value = self.value.get(name)
        if value is None:
            return None
        number = as_decimal(value)
        if number is None:
            self.wrong("must be a number", name)
        return number

    def whole(self, name: str) -> int | None:
        number = self.number(name)
        if number is None or number == number.to_integral_value():
            return None if number is None else int(number)
        self.wrong("must be a whole number", name)
        return None

    def typed(self, start: str) -> Typed | None:
        """The value[x] (or answer[x]) of this node; the value of a primitive is kept under its own name."""
        for name in self.value:
            if name.startswith(start) and len(name) > len(start) and name[len(start)].isupper():
                return Typed(name[len(start) :], self)
        return None

    def extensions(self, *urls: str) -> Iterator[Node]:
        return (node for node in self.children("extension") if node.value.get("url") in urls)

    def extension(self, *urls: str) -> Any:
        """The raw value of the first extension with one of these addresses, None when there is none."""
        for node in self.extensions(*urls):
            typed = node.typed("value")
            return node.value[f"value{typed.kind}"] if typed else None
        return None


def as_decimal(value: object) -> Decimal | None:
    """A JSON number as Decimal, with the digits that were written. None for anything else, and for numbers beyond all sense."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return number if number.is_finite() and -30 < number.adjusted() < 30 else None  # noqa: PLR2004 - no measure needs more


def bcp47(language: str) -> str:
    """A language as FHIR writes it: pt_BR is pt-BR."""
    return language.replace("_", "-")
