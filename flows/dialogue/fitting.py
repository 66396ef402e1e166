"""Whether a value that nobody typed, such as the form's initial value, is one that a person could give as the answer."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.answers import text_answer
from flows.dialogue.refusal import Refusal
from flows.values import PartialDate, Quantity, Value
from flows.words.dates import check_date
from flows.words.numbers import beyond, too_precise

if TYPE_CHECKING:
    from flows.items import Item


def fits(value: Value, item: Item) -> bool:
    """Whether the value is within the item's limits."""
    match value:
        case bool():
            return True
        case int() | Decimal():
            refused = beyond(Decimal(value), item) or too_precise(Decimal(value), item)
        case Quantity():
            refused = beyond(value.value, item, value.code or value.unit)
        case PartialDate():
            return not isinstance(check_date(value, item, date.max), Refusal)
        case str() if not item.options:
            return not isinstance(text_answer(value, item), Refusal)
        case _:
            return True
    return refused is None
