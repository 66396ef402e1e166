"""The functions that expressions from outside may call: fhirpathpy's own, each counted, so that every evaluation ends; and those it lacks.

There is no clock in here: an evaluation may do so much work and no more, which is the same on a slow machine and on a fast one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from fhirpathpy.engine.invocations import invocation_registry
from fhirpathpy.engine.nodes import FP_Quantity, ResourceNode
from fhirpathpy.engine.util import get_data

from flows.fhir.patterns import may_run_long, readable
from flows.fhir.value_sets import WEIGHTS
from flows.fhirpath.measures import in_one_unit

Context = dict[str, Any]
# fhirpathpy's own functions are untyped
_data: Callable[[Any], Any] = get_data
_node: Callable[..., Any] = ResourceNode.create_node
_element: Callable[..., Any] = ResourceNode
REGISTRY: Mapping[str, Any] = invocation_registry
MOST_WORK = 60_000  # calls of functions and values handed to them, in one evaluation: about half a second
MOST_VALUES = 20_000
MOST_LINK_IDS = 100  # looked up at once
REPEATED = 20  # work for each value that repeat() finds: it looks at them one by one
LONGEST_TEXT = 50_000
LARGEST_EXPONENT = 64
LARGEST_NUMBER = Decimal(10) ** 60
VALUE = re.compile(r"value[A-Z]\w*")


class TooMuchWorkError(ValueError):
    """An evaluation that would not end in reasonable time or space."""


def charge(context: Context, amount: int) -> None:
    """Count work done."""
    context["work"] -= amount
    if context["work"] < 0:
        raise TooMuchWorkError


def _counted(function: Callable[..., Any]) -> Callable[..., Any]:
    def counted(context: Context, data: Any, *parameters: Any) -> Any:
        charge(context, 1 + (len(data) if isinstance(data, list) else 0))
        result = function(context, data, *parameters)
        _check_size(result)
        return result

    return counted


def _check_size(result: Any) -> None:
    plain = _data(result)
    too_many = isinstance(plain, list) and len(plain) > MOST_VALUES
    too_long = isinstance(plain, str) and len(plain) > LONGEST_TEXT
    too_large = isinstance(plain, int | Decimal) and Decimal(plain).copy_abs() > LARGEST_NUMBER
    if too_many or too_long or too_large:
        raise TooMuchWorkError


def _today(context: Context, _data: Any) -> Any:
    return context["vars"].get("today", [])


def _now(context: Context, _data: Any) -> Any:
    return context["vars"].get("now", [])


def _matches(_context: Context, data: Any, pattern: Any) -> Any:
    if not data or not isinstance(pattern, str):
        return []
    if not readable(pattern) or may_run_long(pattern):
        raise TooMuchWorkError
    return re.search(pattern, str(_data(data[0])), re.DOTALL) is not None


def _replace_matches(_context: Context, data: Any, pattern: Any, by: Any) -> Any:
    if not data or not isinstance(pattern, str) or not isinstance(by, str):
        return []
    if not readable(pattern) or may_run_long(pattern):
        raise TooMuchWorkError
    return re.sub(pattern, re.sub(r"\$(\d)", r"\\\1", by), str(_data(data[0])))


def _repeat(context: Context, data: Any, expression: Callable[[Any], Any]) -> list[Any]:
    """As in fhirpathpy, but in linear time."""
    found: dict[Any, None] = {}
    waiting = list(data)
    while waiting:
        charge(context, REPEATED)
        new = [one for one in expression(waiting.pop(0)) if one not in found]
        found.update(dict.fromkeys(new))
        waiting += new
    return list(found)


def _power(context: Context, data: Any, exponent: Any) -> Any:
    if isinstance(exponent, int | Decimal) and Decimal(exponent).copy_abs() > LARGEST_EXPONENT:
        raise TooMuchWorkError
    return REGISTRY["power"]["fn"](context, data, exponent)


def _has_value(_context: Context, data: Any) -> bool:
    return len(data) == 1 and not isinstance(_data(data[0]), dict | list)


def _answers(_context: Context, data: Any) -> list[Any]:
    """The answers of these items and of everything below them."""
    found = (answer for one in data for answer in _answers_below(_data(one)))
    return [_node(answer, "QuestionnaireResponse.item.answer") for answer in found]


def _answers_below(node: Any) -> Iterator[Mapping[str, Any]]:
    for answer in node.get("answer", ()) if isinstance(node, dict) else ():
        yield answer
        yield from (inner for item in answer.get("item", ()) for inner in _answers_below(item))
    for item in node.get("item", ()) if isinstance(node, dict) else ():
        yield from _answers_below(item)


def _weight(context: Context, data: Any) -> list[Any]:
    """The weights of answers or codes: an extension of the code, as the evaluated response carries it."""
    charge(context, len(data))
    return [weight for one in data if (weight := _weight_of(_data(one))) is not None]


def _weight_of(node: Any) -> Any:
    if not isinstance(node, dict):
        return None
    coding = node.get("valueCoding", node)
    found = (*coding.get("extension", ()), *node.get("extension", ()))
    return next((one[name] for one in found if one.get("url") in WEIGHTS for name in one if VALUE.fullmatch(name)), None)


def _every_item(under_answers: bool) -> Callable[[Context, Any], list[Any]]:  # noqa: FBT001 - which of two functions it is
    """repeat(item), or repeat(item | answer.item), over whole trees at once; like repeat(), equal items count once."""

    def every(context: Context, data: Any) -> list[Any]:
        kept = context["kept"]
        key = (under_answers, *(id(_data(one)) for one in data))
        if key not in kept:
            kept[key] = _unique(node for one in data for node in _items_below(_node(one), under_answers=under_answers))
            charge(context, len(kept[key]))
        found: list[Any] = kept[key]
        return found

    return every


def _items_below(node: ResourceNode, *, under_answers: bool) -> Iterator[ResourceNode]:
    data, path = node.data, f"{str(node.path or 'QuestionnaireResponse').partition('.')[0]}.item"
    if not isinstance(data, dict):
        return
    below = list(data.get("item", ()))
    if under_answers:
        below += [item for answer in data.get("answer", ()) for item in answer.get("item", ())]
    for item in below:
        child = _element(item, path)
        yield child
        yield from _items_below(child, under_answers=under_answers)


def _unique(nodes: Iterator[ResourceNode]) -> list[ResourceNode]:
    seen: dict[str, list[Any]] = {}
    found = []
    for node in nodes:
        alike = seen.setdefault(str(node.data.get("linkId")), [])
        if node.data not in alike:
            alike.append(node.data)
            found.append(node)
    return found


def _with_link_id(_context: Context, data: Any, *link_ids: str) -> list[Any]:
    return [one for one in data if isinstance(plain := _data(one), dict) and plain.get("linkId") in link_ids]


ORDERS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": eq, "!=": ne}


def _compared(name: str) -> Callable[..., Any]:
    """A comparison that knows units: quantities are brought into one; those that cannot be are not compared."""
    plain = REGISTRY[name]["fn"]
    order = ORDERS[name]

    def compared(context: Context, one: Any, other: Any) -> Any:
        pair = [_measure(side) for side in (one, other)]
        if None in pair:
            return plain(context, one, other)
        (a, of_a), (b, of_b) = pair  # type: ignore[misc]
        return order(a, b) if of_a == of_b else []

    return compared


def _measure(side: Any) -> tuple[Decimal, str] | None:
    value = _data(side[0]) if isinstance(side, list) and len(side) == 1 else None
    if isinstance(value, FP_Quantity):
        return in_one_unit(Decimal(str(value.value)), str(value.unit or "1").strip("'"))
    if isinstance(value, dict) and "value" in value and ("unit" in value or "code" in value):
        return in_one_unit(Decimal(str(value["value"])), str(value.get("code") or value.get("unit")))
    return None


def _trace(_context: Context, data: Any, *_named: Any) -> Any:
    """Nothing is printed: answers are no business of a log."""
    return data


OWN: dict[str, dict[str, Any]] = {
    "trace": {"fn": _trace, "arity": {0: [], 1: ["String"], 2: ["String", "Expr"]}},
    "today": {"fn": _today},
    "now": {"fn": _now},
    "matches": {"fn": _matches, "arity": {1: ["String"]}},
    "replaceMatches": {"fn": _replace_matches, "arity": {2: ["String", "String"]}},
    "repeat": {"fn": _repeat, "arity": {1: ["Expr"]}},
    "power": {"fn": _power, "arity": {1: ["Number"]}, "nullable": True},
    "hasValue": {"fn": _has_value},
    "answers": {"fn": _answers},
    "ordinal": {"fn": _weight},
    "weight": {"fn": _weight},
    "everyItem()": {"fn": _every_item(under_answers=False)},
    "everyItemAndBelow()": {"fn": _every_item(under_answers=True)},
    "withLinkId()": {"fn": _with_link_id, "arity": {number: ["String"] * number for number in range(1, MOST_LINK_IDS + 1)}},
    **{name: {**REGISTRY[name], "fn": _compared(name)} for name in ("<", ">", "<=", ">=", "=", "!=")},
}
FUNCTIONS: Mapping[str, Mapping[str, Any]] = {
    name: {**entry, "fn": _counted(entry["fn"])} for name, entry in {**REGISTRY, **OWN}.items()
}
KNOWN: Sequence[str] = tuple(FUNCTIONS)
