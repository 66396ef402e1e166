"""A variable of the criteria: which answers it is made of, and how each becomes a plain value in one unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flows.grounds.given import Given
from flows.response import Coding, PartialDate, Quantity
from flows.values import Value

KINDS = ("code", "codes", "boolean", "integer", "number", "date", "quantity")

Plain = bool | int | Decimal | str


@dataclass(frozen=True, kw_only=True, slots=True)
class Variable:
    """`kind` says what the answers become; what cannot become that is left out: then the variable is not known.

    `factors`: number of `unit`s in one of each UCUM unit; `numbers`: code -> number; `true`, `false`: codes that mean so;
    `unknown`: codes that say nothing ("not tested").
    """

    name: str
    link_ids: tuple[str, ...]
    kind: str
    unit: str = ""
    factors: Mapping[str, Decimal]
    numbers: Mapping[str, Decimal]
    true: frozenset[str] = frozenset()
    false: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    def usable(self, answers: Mapping[str, Iterable[Given]]) -> tuple[tuple[str, Plain], ...]:
        """(key, plain value) of each answer (by linkId) that this variable can use. Only `codes` takes more than one."""
        mine = [one for link_id in self.link_ids if link_id in answers for one in answers[link_id]]
        kept = tuple([(one.key, value) for one in mine if (value := self.plain(one.value)) is not None])
        return kept if self.kind == "codes" else kept[:1]

    def plain(self, value: Value) -> Plain | None:
        """One answer as a plain value, None when it says nothing for this variable."""
        match value:
            case Coding() if value.code not in self.unknown:
                return self._of_code(value.code)
            case bool():
                return value if self.kind == "boolean" else None
            case int() | Decimal():
                return value if self.kind in {"integer", "number"} else None
            case PartialDate():
                return value.text if self.kind == "date" else None
            case Quantity() if self.kind == "quantity" and value.code in self.factors:
                return value.value * self.factors[value.code]
            case _:
                return None

    def _of_code(self, code: str) -> Plain | None:
        if self.kind == "boolean":
            return True if code in self.true else False if code in self.false else None
        if self.numbers:
            return self.numbers.get(code)
        return code if self.kind in {"code", "codes"} else None
