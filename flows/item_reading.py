"""Items from FHIR JSON: one function for each group of an item's fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from flows.fhir_nodes import HL7, OWN, SDC, as_decimal
from flows.items import EnableWhen, Gate, Item, Operator, Unit, name_of
from flows.option_reading import ValueSets, read_options
from flows.patterns import may_run_long, readable
from flows.value_fhir import read_value
from flows.values import Coding, Quantity, Value, Values

if TYPE_CHECKING:
    from flows.fhir_nodes import Node

TYPES = frozenset(
    "group display boolean decimal integer date dateTime time string text url choice open-choice attachment reference quantity".split()
)
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
DEEPEST = 30  # levels of items; the deepest form known has 8
MEGABYTE = 1_000_000  # maxSize is in megabytes
CHILD_TEXTS = {"flyover": "why", "help": "help"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Above:
    """What an item stands under."""

    value_sets: ValueSets
    parent: str | None = None
    scopes: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    level: int = 0


def read_items(parent: Node, above: Above) -> tuple[Item, ...]:
    """The items of a form, a group or a question, with everything below them."""
    return tuple(_item(node, above) for node in parent.children("item"))


def _item(node: Node, above: Above) -> Item:
    link_id = node.text("linkId")
    if not link_id.strip():
        node.wrong("is missing or empty", "linkId")
    item = Item(
        link_id=link_id,
        name=name_of(link_id),
        type=_type(node),
        text=node.text("text"),
        prefix=node.text("prefix"),
        required=node.flag("required"),
        repeats=node.flag("repeats"),
        read_only=node.flag("readOnly"),
        hidden=node.extension(f"{HL7}questionnaire-hidden") is True,
        control=control_of(node),
        parent=above.parent,
        scopes=above.scopes,
        **_conditions(node),
        **_own(node),
    )
    item = replace(item, **_answers(node, item, above), **_limits(node, item))
    return _with_children(node, _with_gates(item, above), above)


def _type(node: Node) -> str:
    item_type = node.text("type")
    if item_type in TYPES:
        return item_type
    hint = " (R5 forms are not read: use choice or open-choice)" if item_type == "coding" else ""
    node.wrong(f"{item_type!r} is not an item type of FHIR R4{hint}" if item_type else "is missing", "type")
    return "display"


def control_of(node: Node) -> str:
    """The code of the itemControl extension."""
    concept = node.extension(f"{HL7}questionnaire-itemControl")
    codings = concept.get("coding") if isinstance(concept, dict) else None
    codes = [coding.get("code") for coding in codings if isinstance(coding, dict)] if isinstance(codings, list) else []
    return next((code for code in codes if isinstance(code, str)), "")


def _conditions(node: Node) -> dict[str, Any]:
    behavior = node.text("enableBehavior")
    return {
        "enable_when": tuple(condition for one in node.children("enableWhen") if (condition := _condition(one))),
        "enable_behavior": behavior if behavior in {"all", "any"} else "any",
    }


def _condition(node: Node) -> EnableWhen | None:
    question, operator = node.text("question"), node.text("operator")
    if not question or operator not in OPERATORS:
        node.wrong("needs a question and one of the operators exists = != > < >= <=")
        return None
    answer = read_value(node, "answer")
    if operator == "exists" and not isinstance(answer, bool):
        node.wrong("exists needs answerBoolean")
        return None
    return None if answer is None else EnableWhen(question=question, operator=cast("Operator", operator), answer=answer)


def _own(node: Node) -> dict[str, Any]:
    """What our own extensions say (and `legal`, which asks for the same as a card)."""
    reasons = (one.value.get("valueCode") for one in node.extensions(f"{OWN}absent"))
    return {
        "absent": frozenset(reason for reason in reasons if reason in {"asked-unknown", "asked-declined"}),
        "consent": node.extension(f"{OWN}consent"),
        "card": node.extension(f"{OWN}card") is True or control_of(node) == "legal",
        "confirm": node.extension(f"{OWN}confirm") is True,
        "past": node.extension(f"{OWN}past") is True,
    }


def _answers(node: Node, item: Item, above: Above) -> dict[str, Any]:
    """Options, units, codes and initial values."""
    options = read_options(node, item.link_id, above.value_sets) if item.is_question else ()
    chosen = tuple(option.value for option in options if option.initial)
    return {
        "options": options,
        "open": item.type == "open-choice",
        "open_label": _string(node.extension(f"{SDC}openLabel")),
        "code": tuple(_codings(node)),
        "units": tuple(_units(node)),
        "initial": chosen or _initial(node, item),
    }


def _as_quantity(value: Value, item: Item) -> Value:
    """Some forms give a plain number as the initial value of a quantity."""
    plain = item.type == "quantity" and isinstance(value, int | Decimal) and not isinstance(value, bool)
    return Quantity(value=Decimal(value)) if plain else value  # type: ignore[arg-type]


def _codings(node: Node) -> Iterator[Coding]:
    for code in node.children("code"):
        yield Coding(system=code.text("system"), code=code.text("code"), display=code.text("display"))


def _initial(node: Node, item: Item) -> Values:
    nodes = list(node.children("initial"))
    usable = [one for one in nodes if not {"valueAttachment", "valueReference"} & set(one.value)]
    if len(usable) < len(nodes):
        node.simpler("an initial file or reference is not offered", "initial")
    values = tuple(_as_quantity(value, item) for one in usable if (value := read_value(one)) is not None)
    return values if item.repeats else values[:1]


def _units(node: Node) -> Iterator[Unit]:
    limits = dict(_unit_limits(one) for one in node.extensions(f"{OWN}unit-limits"))
    for one in node.extensions(f"{HL7}questionnaire-unitOption", f"{HL7}questionnaire-unit"):
        coding = one.child("valueCoding")
        if coding is None:
            one.wrong("needs a valueCoding")
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


def _limits(node: Node, item: Item) -> dict[str, Any]:
    size = as_decimal(node.extension(f"{HL7}maxSize"))
    return {
        "minimum": _limit(node, item, f"{HL7}minValue", f"{SDC}minQuantity"),
        "maximum": _limit(node, item, f"{HL7}maxValue", f"{SDC}maxQuantity"),
        "decimal_places": _whole(node.extension(f"{HL7}maxDecimalPlaces")),
        "min_length": _whole(node.extension(f"{HL7}minLength")),
        "max_length": node.whole("maxLength"),
        "pattern": _pattern(node),
        "entry_format": _string(node.extension(f"{HL7}entryFormat", f"{SDC}entryFormat")),
        "mime_types": tuple(code for one in node.extensions(f"{HL7}mimeType") if (code := one.text("valueCode"))),
        "max_size": None if size is None else int(size * MEGABYTE),
        "min_occurs": _whole(node.extension(f"{HL7}questionnaire-minOccurs")) or 0,
        "max_occurs": _whole(node.extension(f"{HL7}questionnaire-maxOccurs")),
    }


def _limit(node: Node, item: Item, *urls: str) -> Value | None:
    for one in node.extensions(*urls):
        if one.typed("value") is None:
            one.simpler("a limit that is calculated is not checked")
        elif item.is_question:
            return read_value(one)
    return None


def _pattern(node: Node) -> str:
    pattern = _string(node.extension(f"{HL7}regex"))
    if not readable(pattern):
        node.simpler("the regex cannot be read and is not checked")
        return ""
    if may_run_long(pattern):
        node.simpler("the regex could run for very long and is not checked")
        return ""
    return pattern


def _string(raw: object) -> str:
    return raw if isinstance(raw, str) else ""


def _whole(raw: object) -> int | None:
    number = as_decimal(raw)
    return None if number is None else int(number)


def _with_gates(item: Item, above: Above) -> Item:
    own = Gate(link_id=item.link_id, when=item.enable_when, behavior=item.enable_behavior, depth=len(item.scopes))
    return replace(item, gates=(*above.gates, own) if item.enable_when else above.gates)


def _with_children(node: Node, item: Item, above: Above) -> Item:
    if above.level >= DEEPEST:
        node.wrong(f"items are nested more than {DEEPEST} levels deep")
        return item
    scoped = item.repeating_group or item.is_question
    below = replace(
        above,
        parent=item.link_id,
        scopes=(*item.scopes, item.link_id) if scoped else item.scopes,
        gates=item.gates,
        level=above.level + 1,
    )
    return _with_child_texts(replace(item, items=read_items(node, below)))


def _with_child_texts(item: Item) -> Item:
    """Texts that explain a question are its own, not steps of the form: why it is asked, where to find it, its unit."""
    if not item.is_question:
        return item
    told: dict[str, Item] = {}
    units: list[Unit] = []
    left = []
    for child in item.items:
        kind = CHILD_TEXTS.get(child.control, "") if child.type == "display" else ""
        if kind and kind not in told:
            told[kind] = child
        elif child.type == "display" and child.control == "unit" and not item.units:
            units.append(Unit(code="", display=child.text))
        else:
            left.append(child)
    return replace(item, items=tuple(left), units=item.units or tuple(units[:1]), **cast("Mapping[str, Any]", told))
