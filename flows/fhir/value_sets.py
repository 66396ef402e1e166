"""Value sets: the codes that one has, from its expansion or else from what its compose lists. What cannot be listed here is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.fhir.nodes import HL7, SDC, as_decimal
from flows.values import Coding

if TYPE_CHECKING:
    from flows.fhir.nodes import Node

WEIGHTS = (f"{HL7}ordinalValue", f"{HL7}itemWeight", f"{HL7}questionnaire-ordinalValue", f"{SDC}ordinalValue")
DEEPEST = 10  # levels of codes, and of value sets in value sets; deeper than any real hierarchy

Codes = tuple[tuple[Coding, Decimal | None], ...]  # each with its weight
ValueSets = Mapping[str, Codes]  # by address; those that a form contains also by `#id`
NO_VALUE_SETS: ValueSets = {}


def read_value_sets(form: Node, pinned: ValueSets = NO_VALUE_SETS) -> ValueSets:
    """The value sets that a form contains. `pinned`: those that they may include."""
    contained = list(form.children("contained"))
    sets = [node for node in contained if node.value.get("resourceType") == "ValueSet"]
    systems = {node.text("url"): node for node in contained if node.value.get("resourceType") == "CodeSystem"}
    known = _Known(sets={name: node for node in sets for name in _names(node)}, systems=systems, pinned=pinned)
    return {name: codes for node in sets if (codes := known.codes(node)) for name in _names(node)}


def read_value_set(node: Node) -> Codes:
    """The codes of one value set by itself."""
    return _Known(sets={}, systems={}, pinned=NO_VALUE_SETS).codes(node)


def _names(node: Node) -> tuple[str, ...]:
    return tuple(name for name in (f"#{node.text('id')}", node.text("url")) if name.strip("#"))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Known:
    """What a value set can refer to."""

    sets: Mapping[str, Node]
    systems: Mapping[str, Node]
    pinned: ValueSets

    def codes(self, value_set: Node, depth: int = 0) -> Codes:
        expansion = value_set.child("expansion")
        return _once(_nested(expansion, "contains", "")) if expansion else self._composed(value_set, depth)

    def _composed(self, value_set: Node, depth: int) -> Codes:
        compose = value_set.child("compose")
        parts = [(one, self._part(one, depth)) for one in compose.children("include")] if compose else []
        without = [(one, self._part(one, depth)) for one in compose.children("exclude")] if compose else []
        excluded = {(one.system, one.code) for _, codes in without for one, _ in codes or ()}
        found = tuple(one for one in _once(one for _, codes in parts for one in codes or ()) if _key(one) not in excluded)
        for node, codes in (*parts, *without) if found and not depth else ():
            if codes is None:
                node.simpler("the codes of this part are not listed here: the value set is taken without it")
        return found

    def _part(self, part: Node, depth: int) -> Codes | None:
        """The codes of one include or exclude; None when they are not listed here."""
        system = part.text("system")
        if part.value.get("concept"):
            return tuple(_coding(concept, system) for concept in part.children("concept"))
        if part.value.get("filter") or depth > DEEPEST:
            return None
        if part.value.get("valueSet"):
            return self._of_others(part, system, depth)
        return tuple(_nested(self.systems[system], "concept", system)) if system in self.systems else None

    def _of_others(self, part: Node, system: str, depth: int) -> Codes | None:
        listed = part.value["valueSet"] if isinstance(part.value["valueSet"], list) else ()
        found = [self._other(str(one).partition("|")[0], depth) for one in listed]
        if not all(found):
            return None
        return tuple(one for codes in found for one in codes if system in {"", one[0].system})

    def _other(self, address: str, depth: int) -> Codes:
        return self.codes(self.sets[address], depth + 1) if address in self.sets else self.pinned.get(address, ())


def _key(one: tuple[Coding, Decimal | None]) -> tuple[str, str]:
    return one[0].system, one[0].code


def _once(codes: Iterable[tuple[Coding, Decimal | None]]) -> Codes:
    """Each code once, where it stands first."""
    found: dict[tuple[str, str], tuple[Coding, Decimal | None]] = {}
    for one in codes:
        found.setdefault(_key(one), one)
    return tuple(found.values())


def _nested(node: Node, name: str, system: str, depth: int = 0) -> Iterator[tuple[Coding, Decimal | None]]:
    """Codes with those below them."""
    for entry in node.children(name):
        if entry.text("code") and not entry.flag("abstract"):
            yield _coding(entry, system or entry.text("system"))
        if depth < DEEPEST:
            yield from _nested(entry, name, system, depth + 1)


def _coding(node: Node, system: str) -> tuple[Coding, Decimal | None]:
    coding = Coding(system=system, code=node.text("code"), display=node.text("display"))
    return coding, as_decimal(node.extension(*WEIGHTS))
