"""Answer options: listed in the item, or those of a value set."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.fhir.nodes import HL7, OWN, as_decimal
from flows.fhir.value_sets import WEIGHTS, ValueSets
from flows.fhir.values import read_value, takes
from flows.items import AnswerOption
from flows.values import Coding, Value, is_absent, is_number, same

if TYPE_CHECKING:
    from flows.fhir.nodes import Node

EXCLUSIVE = f"{HL7}questionnaire-optionExclusive"
PREFIX = f"{HL7}questionnaire-optionPrefix"
ALSO = f"{OWN}also-said"

CODED = frozenset({"choice", "open-choice", "string", "text"})  # types whose answer can be a code, or its text
MOST_MARKS = 20  # steps of a slider that become buttons


def read_options(item: Node, link_id: str, value_sets: ValueSets) -> tuple[AnswerOption, ...]:
    """The options of an item, in the form's order. What cannot be offered is named as a problem."""
    made: list[AnswerOption] = []
    for node in item.children("answerOption"):
        value = read_value(node)
        if value is not None and not takes(item.text("type"), value):
            node.simpler(f"an option that is no answer to a question of type {item.text('type')} is not offered")
        elif value is not None and not any(same(value, other.value) for other in made):
            made.append(_named(node, _option(node, value, link_id, len(made))))
    return tuple(made) or _expanded(item, link_id, value_sets)


def _option(node: Node, value: Value, link_id: str, index: int) -> AnswerOption:
    prefix, also = node.extension(PREFIX), node.extension(ALSO)
    return AnswerOption(
        value=value,
        display=display_of(value),
        prefix=prefix if isinstance(prefix, str) else "",
        context=f"{link_id}/{code_of(value)}",
        index=index,
        exclusive=node.extension(EXCLUSIVE) is True,
        absent=is_absent(value),
        ordinal=_ordinal(node),
        initial=node.flag("initialSelected"),
        also=also if isinstance(also, str) else "",
    )


def _named(node: Node, option: AnswerOption) -> AnswerOption:
    if option.display.strip():
        return option
    node.simpler("an option without a text is offered by its number")
    return replace(option, display=str(option.index + 1))


def _ordinal(node: Node) -> Decimal | None:
    coding = node.child("valueCoding")
    own = as_decimal(node.extension(*WEIGHTS))
    return as_decimal(coding.extension(*WEIGHTS)) if own is None and coding else own


def read_scale(item: Node, item_type: str, link_id: str, low: Value | None, high: Value | None) -> tuple[AnswerOption, ...]:
    """The marks of a slider as options, where there are few enough for buttons."""
    step = as_decimal(item.extension(f"{HL7}questionnaire-sliderStepValue")) or Decimal(1)
    if not is_number(low) or not is_number(high) or step <= 0:
        return ()
    bottom, top = Decimal(low), Decimal(high)  # type: ignore[arg-type]
    if not bottom <= top or (top - bottom) / step > MOST_MARKS:
        return ()
    marks = [bottom + step * number for number in range(int((top - bottom) / step) + 1)]
    values: list[Value] = [int(mark) if item_type == "integer" else mark for mark in marks]
    return tuple(
        AnswerOption(value=value, display=str(value), context=f"{link_id}/{value}", index=index)
        for index, value in enumerate(values)
    )


def display_of(value: Value) -> str:
    return value.display or value.code if isinstance(value, Coding) else str(value)


def code_of(value: Value) -> str:
    """What names an option in a gettext context."""
    return value.code or value.display if isinstance(value, Coding) else str(value)


def _expanded(item: Node, link_id: str, value_sets: ValueSets) -> tuple[AnswerOption, ...]:
    address = item.text("answerValueSet").partition("|")[0]
    if not address:
        return ()
    if item.text("type") not in CODED:
        item.simpler("a value set is for choices: not used for a question of another type", "answerValueSet")
        return ()
    if address not in value_sets:
        item.simpler(f"the value set {address} is not here: answered in own words", "answerValueSet")
        return ()
    return tuple(
        AnswerOption(
            value=coding,
            display=display_of(coding),
            context=f"{link_id}/{coding.code}",
            index=index,
            absent=is_absent(coding),
            ordinal=ordinal,
        )
        for index, (coding, ordinal) in enumerate(value_sets[address])
    )
