"""Items from FHIR JSON: one function for each group of an item's fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from flows.fhir.limit_reading import read_limits, read_units, string
from flows.fhir.nodes import HL7, OWN, SDC
from flows.fhir.option_reading import read_options, read_scale
from flows.fhir.value_sets import ValueSets
from flows.fhir.values import read_value, takes
from flows.items import AnswerOption, EnableWhen, Gate, Item, Operator, Unit, name_of
from flows.texts import Text
from flows.values import Coding, Quantity, Value, Values, same

if TYPE_CHECKING:
    from flows.fhir.nodes import Node

TYPES = frozenset(
    {
        *("group", "display", "boolean", "decimal", "integer", "date", "dateTime", "time", "string", "text", "url"),
        *("choice", "open-choice", "attachment", "reference", "quantity"),
    }
)
OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
DEEPEST = 30  # levels of items; the deepest form known has 8
CHILD_TEXTS = {"flyover": "why", "help": "help"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Above:
    """What an item stands under. `computed`: linkIds of all items that an expression switches on and off; `heading`: the nearest text."""

    value_sets: ValueSets
    parent: str | None = None
    scopes: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    level: int = 0
    computed: frozenset[str] = frozenset()
    heading: Text | None = None


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
    item = replace(item, **_answers(node, item, above), **read_limits(node, item))
    if item.control == "slider" and item.type in {"integer", "decimal"} and not item.options:
        item = replace(item, options=read_scale(node, item.type, link_id, item.minimum, item.maximum))
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
    conditions = tuple(condition for one in node.children("enableWhen") if (condition := _condition(one)))
    if len(conditions) > 1 and not behavior:
        node.simpler("several conditions and no enableBehavior: one of them is enough", "enableWhen")
    return {
        "enable_when": conditions,
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
    reasons = [one.value.get("valueCode") for one in node.extensions(f"{OWN}absent")]
    return {
        "absent": frozenset(reason for reason in ("asked-unknown", "asked-declined") if reason in reasons),
        "consent": node.extension(f"{OWN}consent"),
        "card": node.extension(f"{OWN}card") is True or control_of(node) == "legal",
        "confirm": node.extension(f"{OWN}confirm") is True,
        "alphabetical": node.extension(f"{OWN}alphabetical") is True,
        "past": node.extension(f"{OWN}past") is True,
    }


def _answers(node: Node, item: Item, above: Above) -> dict[str, Any]:
    """Options, units, codes and initial values."""
    options = read_options(node, item.link_id, above.value_sets) if item.is_question else ()
    chosen = tuple(option.value for option in options if option.initial)
    if len(chosen) > 1 and not item.repeats:
        node.simpler("of several options that are chosen already the first is offered", "answerOption")
        chosen = chosen[:1]
    return {
        "options": options,
        "open": item.type == "open-choice",
        "open_label": string(node.extension(f"{SDC}openLabel")),
        "code": tuple(_codings(node)),
        "units": tuple(read_units(node)),
        "initial": chosen or _offered(node, item, options, tuple(read_units(node))),
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
    numbered = [one for one in usable if "valueQuantity" not in one.value or _has_number(one)]
    if len(numbered) < len(usable):
        node.simpler("an initial unit without a number is not offered", "initial")
    values = tuple(_as_quantity(value, item) for one in numbered if (value := read_value(one)) is not None)
    fitting = tuple(value for value in values if takes(item.type, value))
    if len(fitting) < len(values):
        node.simpler(f"an initial value that is no {item.type} is not offered", "initial")
    return fitting if item.repeats else fitting[:1]


def _offered(node: Node, item: Item, options: tuple[AnswerOption, ...], units: tuple[Unit, ...]) -> Values:
    """The initial values that could also be given as answers: one of the options, in one of the units."""
    values = _initial(node, item)
    if item.type == "choice" and options:
        named = [next((one.value for one in options if fits_option(value, one.value)), None) for value in values]
        fitting = tuple(value for value in named if value is not None)
    elif item.type == "quantity" and units:
        names = {name for unit in units for name in (unit.code, unit.display) if name}
        fitting = tuple(
            one for one in values if not isinstance(one, Quantity) or not (one.code or one.unit) or {one.code, one.unit} & names
        )
    else:
        return values
    if len(fitting) < len(values):
        node.simpler("an initial value that the question does not take is not offered", "initial")
    return fitting


def fits_option(value: Value, option: Value) -> bool:
    """Whether a value is an option, or the text of one."""
    named = isinstance(option, Coding) and isinstance(value, str) and value in {option.code, option.display}
    return named or same(value, option)


def _has_number(node: Node) -> bool:
    quantity = node.value["valueQuantity"]
    return not isinstance(quantity, dict) or quantity.get("value") is not None


def _with_gates(item: Item, above: Above) -> Item:
    computed = item.link_id in above.computed
    if not item.enable_when and not computed:
        return replace(item, gates=above.gates)
    own = Gate(
        link_id=item.link_id,
        when=item.enable_when,
        behavior=item.enable_behavior,
        depth=len(item.scopes),
        name=item.name,
        computed=computed,
    )
    return replace(item, gates=(*above.gates, own), conditional=True)


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
        heading=item.label if item.text else above.heading,
    )
    return _called(_with_child_texts(replace(item, items=read_items(node, below))), above)


def _called(item: Item, above: Above) -> Item:
    """A question without a text is called by the text that explains it, by its code, or by what it stands in."""
    if item.text or not item.is_question:
        return item
    if item.why and item.why.text:
        return replace(item, called=item.why.label, why=None)
    code = next((code.display for code in item.code if code.display), "")
    return replace(item, called=Text(context="", english=code) if code else above.heading)


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
