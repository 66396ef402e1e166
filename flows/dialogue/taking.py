"""Whether answers that were given once could be given to a question as it is now: type, options, units, limits and number."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flows.dialogue.fitting import fits
from flows.inputs import Attachment
from flows.values import Absent, Coding, DateTime, PartialDate, Quantity, TimeOfDay, Value, Values, is_number, same
from flows.words.numbers import too_precise

if TYPE_CHECKING:
    from flows.items import Item

PLAIN: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "quantity": Quantity,
    "date": PartialDate,
    "dateTime": (PartialDate, DateTime),
    "time": TimeOfDay,
    "attachment": Attachment,
    "choice": (str, Coding),  # without options here it was answered in own words
    "open-choice": (str, Coding),
}


def takes(item: Item, values: Values) -> bool:
    """Whether these are an answer to this question."""
    given = [value for value in values if not isinstance(value, Absent)]
    most = (item.max_occurs or len(given)) if item.several else 1
    return len(given) <= most and all(_takes(item, value) for value in values)


def _takes(item: Item, value: Value) -> bool:
    if isinstance(value, Absent):
        return not item.required or value.reason in item.absent
    if item.options:
        return any(same(option.value, value) for option in item.options) or (item.open and isinstance(value, str))
    return _is_typed(item, value) and fits(value, item)


def _is_typed(item: Item, value: Value) -> bool:
    match value:
        case int() | Decimal() if is_number(value):
            return _counts(item, Decimal(value))
        case Quantity():
            return item.type == "quantity" and _measures(item, value)
        case Attachment():
            return item.type == "attachment" and _is_kind(item, value.content_type)
    return isinstance(value, PLAIN.get(item.type, str))


def _counts(item: Item, number: Decimal) -> bool:
    if item.type == "integer":
        return number == number.to_integral_value()
    return item.type == "decimal" and too_precise(number, item) is None


def _measures(item: Item, quantity: Quantity) -> bool:
    name = quantity.code or quantity.unit
    unit = next((one for one in item.units if name in {one.code, one.display}), None)
    return not item.units or (unit is not None and unit.fits(quantity.value))


def _is_kind(item: Item, content_type: str) -> bool:
    wanted = {content_type, f"{content_type.partition('/')[0]}/*", "*/*"}
    return not item.mime_types or bool(wanted & set(item.mime_types))
