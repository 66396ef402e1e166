"""Assembly: a modular form with its parts put in place, as SDC's $assemble does, before anything else reads it.

A part that is not at hand leaves its placeholder where it is; checking.py refuses such a form and names the part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flows.fhir.nodes import HL7, SDC, Problem

PART = f"{SDC}subQuestionnaire"
CONTEXT = f"{SDC}assembleContext"
VARIABLE = f"{HL7}variable"
PREFIX = "linkIdPrefix"
OF_THE_WHOLE = frozenset({f"{SDC}launchContext", f"{HL7}cqf-library"})
OF_THE_PLACE = frozenset({VARIABLE, f"{HL7}questionnaire-constraint", f"{HL7}targetConstraint"})
DEEPEST = 10  # parts within parts
MOST = 200  # parts of one form, so that parts of parts of parts cannot multiply without end
PREFIXED = re.compile(r"(%linkIdPrefix\s*\+\s*)?'([^'\\]*)'")

Json = dict[str, Any]
Parts = Callable[[str], Mapping[str, Any] | None]


def no_parts(_canonical: str) -> None:
    """Where no parts are at hand."""


def part_of(item: Mapping[str, Any]) -> str:
    """The canonical of the part that an item stands for; "" when it stands for itself."""
    return next((str(value) for one in _extensions(item, PART) for name, value in one.items() if name != "url"), "")


def is_placeholder(item: Mapping[str, Any]) -> bool:
    """Whether a part has to be put in; a group that has its items already was assembled before."""
    return part_of(item) != "" and not item.get("item")


def assembled(form: Json, parts: Parts, problems: list[Problem]) -> Json:
    """The form with every part that is at hand; the form itself when it is not modular."""
    if not _is_modular(form):
        return form
    whole = {**form, "extension": [*_listed(form, "extension")], "contained": [*_listed(form, "contained")]}
    builder = _Builder(whole=whole, parts=parts, problems=problems)
    whole["item"] = builder.items(form["item"], _Within(path="Questionnaire", gathered=whole["extension"]))
    return {name: value for name, value in whole.items() if value != [] or name in form}


def _is_modular(node: Mapping[str, Any], depth: int = 0) -> bool:
    items = _listed(node, "item")
    return any(is_placeholder(item) or (depth < 30 and _is_modular(item, depth + 1)) for item in items)  # noqa: PLR2004


@dataclass(frozen=True, kw_only=True)
class _Within:
    """Where assembly stands: the JSON path, the parts that it is in, the start of their linkIds, and the start for parts below.

    `gathered` are the extensions of the item that the parts are put into: variables and constraints of a part hold there.
    """

    path: str
    gathered: list[Json]
    line: tuple[str, ...] = ()
    prefix: str = ""
    below: str = ""
    value_sets: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class _Builder:
    whole: Json
    parts: Parts
    problems: list[Problem]
    put_in: list[str] = field(default_factory=list)

    def items(self, items: Iterable[Any], within: _Within) -> list[Any]:
        found: list[Any] = []
        for index, item in enumerate(items):
            inside = replace(within, path=f"{within.path}.item[{index}]")
            found += self._item(item, inside) if isinstance(item, dict) else [item]
        return found

    def _item(self, item: Json, within: _Within) -> list[Any]:
        inside = replace(within, below=_prefix_here(item, within.below))
        part = self._part(item, within) if is_placeholder(item) else None
        if part is not None:
            return self._put_in(item, part, inside)
        own = _stated(_renamed(item, within), inside.below)
        return [self._holding(own, _listed(item, "item"), inside)]

    def _holding(self, item: Json, below: list[Json], within: _Within) -> Json:
        """An item with what stands in it."""
        gathered: list[Json] = []
        items = self.items(below, replace(within, gathered=gathered))
        extensions = [*_listed(item, "extension"), *gathered]
        return {**item, **({"item": items} if items else {}), **({"extension": extensions} if gathered else {})}

    def _part(self, item: Json, within: _Within) -> Mapping[str, Any] | None:
        address, _, version = part_of(item).partition("|")
        if address in within.line or len(within.line) >= DEEPEST:
            self.problems.append(Problem(path=within.path, message=f"the part {address} goes round in a circle"))
            return None
        if len(self.put_in) >= MOST:
            self.problems.append(Problem(path=within.path, message=f"the form is made of more than {MOST} parts"))
            return None
        self.put_in.append(address)
        part = self.parts(address)
        if part is not None and version and part.get("version") not in {None, version}:
            message = f"the part {address} is here in version {part.get('version')}, not {version}: that one is used"
            self.problems.append(Problem(path=within.path, message=message, kind="degradation"))
        return part

    def _put_in(self, placeholder: Json, part: Mapping[str, Any], within: _Within) -> list[Any]:
        """The items of a part, in place of a text that nothing depends on; under the placeholder otherwise."""
        asks = any(one.get("valueString") == PREFIX for one in _extensions(part, CONTEXT))
        inside = replace(
            within,
            line=(*within.line, part_of(placeholder).partition("|")[0]),
            prefix=within.below if asks else "",
            value_sets=self._carried(part),
        )
        holding = [one for one in _listed(part, "extension") if one.get("url") in OF_THE_PLACE]
        if placeholder.get("type") == "display" and not placeholder.get("enableWhen"):
            within.gathered.extend(one for one in holding if one not in within.gathered)
            return self.items(_listed(part, "item"), inside)
        own = _renamed(placeholder, within)
        kept = [one for one in _listed(own, "extension") if one.get("url") != PART]
        return [self._holding({**own, "type": "group", "extension": [*kept, *holding]}, _listed(part, "item"), inside)]

    def _carried(self, part: Mapping[str, Any]) -> Mapping[str, str]:
        """What concerns a part as a whole concerns the whole form; contained value sets whose id is taken get another."""
        extensions, contained = self.whole["extension"], self.whole["contained"]
        extensions += [one for one in _listed(part, "extension") if one.get("url") in OF_THE_WHOLE and one not in extensions]
        renamed: dict[str, str] = {}
        for resource in _listed(part, "contained"):
            if resource in contained:
                continue
            name = resource.get("id")
            if any(one.get("id") == name for one in contained):
                renamed[f"#{name}"] = f"#{part.get('id', 'part')}-{name}"
            contained.append({**resource, "id": renamed.get(f"#{name}", f"#{name}")[1:]} if name else resource)
        return renamed


def _renamed(item: Json, within: _Within) -> Json:
    """An item with the linkIds of its part, and the value sets of its part."""
    changed = dict(item)
    if within.prefix and isinstance(item.get("linkId"), str):
        changed["linkId"] = within.prefix + item["linkId"]
    if within.prefix and "enableWhen" in item:
        changed["enableWhen"] = [
            {**one, "question": f"{within.prefix}{one.get('question', '')}"} for one in _listed(item, "enableWhen")
        ]
    if within.value_sets and item.get("answerValueSet") in within.value_sets:
        changed["answerValueSet"] = within.value_sets[item["answerValueSet"]]
    return changed


def _stated(item: Json, prefix: str) -> Json:
    """An item whose start of linkIds is written as the text that it came to: expressions that read it know it too."""
    own = [one for one in _extensions(item, VARIABLE) if _states_prefix(one)]
    if not own:
        return item
    states = {**own[0], "valueExpression": {**own[0]["valueExpression"], "expression": f"'{prefix}'"}}
    return {**item, "extension": [*(one for one in _listed(item, "extension") if one not in own), states]}


def _states_prefix(variable: Mapping[str, Any]) -> bool:
    expression = variable.get("valueExpression")
    return isinstance(expression, dict) and expression.get("name") == PREFIX


def _prefix_here(item: Mapping[str, Any], above: str) -> str:
    """The start of linkIds that an item states for the parts below it: a text, added to the one above or instead of it."""
    for one in _extensions(item, VARIABLE):
        if _states_prefix(one):
            found = PREFIXED.fullmatch(str(one["valueExpression"].get("expression")).strip())
            return above if found is None else (above if found[1] else "") + found[2]
    return above


def _listed(node: Mapping[str, Any], name: str) -> list[Json]:
    listed = node.get(name)
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _extensions(node: Mapping[str, Any], url: str) -> Iterator[Json]:
    return (one for one in _listed(node, "extension") if one.get("url") == url)
