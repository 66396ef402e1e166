"""What an expression gave, as values that an item can hold. What does not fit the item is left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flows.fhir.nodes import as_decimal
from flows.fhir.values import DATE, DATE_TIME, TIME, takes
from flows.values import Coding, DateTime, PartialDate, Quantity, TimeOfDay, Value, Values, same

if TYPE_CHECKING:
    from flows.items import Item

DAY = 10  # characters of a full date


def converted(found: Iterable[Any], item: Item) -> Values:
    """Values for this item; only the first one where it takes one."""
    values = tuple(value for one in found if (value := convert(one, item)) is not None)
    return values if item.several else values[:1]


def convert(found: Any, item: Item) -> Value | None:
    """One value; None when it is not of the item's kind."""
    if (
        isinstance(found, Mapping)
        and "value" in found
        and "system" not in found
        and item.type not in {"quantity", "attachment"}
    ):
        found = found["value"]
    return CONVERTERS.get(item.type, _text)(found, item)


def _boolean(found: Any, _item: Item) -> Value | None:
    return found if isinstance(found, bool) else {"true": True, "false": False}.get(found) if isinstance(found, str) else None


def _integer(found: Any, _item: Item) -> Value | None:
    number = as_decimal(found)
    return int(number) if number is not None and number == number.to_integral_value() else None


def _decimal(found: Any, _item: Item) -> Value | None:
    return _short(as_decimal(found))


def _short(number: Decimal | None) -> Decimal | None:
    """At most twelve digits: a quotient has no end."""
    if number is None:
        return None
    rounded = number.normalize() if len(number.as_tuple().digits) > 12 else number  # noqa: PLR2004
    return round(rounded, 8) if len(rounded.as_tuple().digits) > 12 else rounded  # noqa: PLR2004


def _quantity(found: Any, item: Item) -> Value | None:
    if isinstance(found, Mapping):
        number = as_decimal(found.get("value"))
        texts = {name: str(found.get(name, "")) for name in ("unit", "code", "system")}
        return None if number is None else Quantity(value=number, **texts)
    if hasattr(found, "unit") and hasattr(found, "value"):
        number, code = as_decimal(found.value), str(found.unit or "").strip("'")
        return None if number is None else Quantity(value=number, unit=code, code=code, system="http://unitsofmeasure.org")
    number = _short(as_decimal(found))
    unit = item.units[0] if item.units else None
    if number is None or unit is None:
        return None if number is None else Quantity(value=number)
    return Quantity(value=number, unit=unit.display, code=unit.code, system=unit.system)


def _date(found: Any, _item: Item) -> Value | None:
    day = str(found)[:DAY]
    return PartialDate(text=day) if isinstance(found, str) and DATE.fullmatch(day) else None


def _date_time(found: Any, item: Item) -> Value | None:
    full = isinstance(found, str) and DATE_TIME.fullmatch(found)
    return DateTime(text=str(found)) if full else _date(found, item)


def _time(found: Any, _item: Item) -> Value | None:
    return TimeOfDay(text=found) if isinstance(found, str) and TIME.fullmatch(found) else None


def _choice(found: Any, item: Item) -> Value | None:
    """A code, or the option whose code or label the text is."""
    if isinstance(found, Mapping):
        inner = found.get("valueCoding", found)
        coded = Coding(**{name: str(inner.get(name, "")) for name in ("system", "code", "display")})
        if item.options and not item.open:
            return next((option.value for option in item.options if same(option.value, coded)), None)
        return coded if coded.code or coded.display else None
    for option in item.options:
        label = (option.value.code, option.value.display) if isinstance(option.value, Coding) else (option.value,)
        if found in label:
            return option.value
    plain = isinstance(found, str) and found != "" and (item.open or not item.options)
    return found if plain else None


def _text(found: Any, _item: Item) -> Value | None:
    if isinstance(found, Mapping):
        label = found.get("display") or found.get("code") or found.get("text")
        return str(label) if label else None
    if isinstance(found, bool):
        return str(found).lower()
    return str(found) if isinstance(found, str | int | Decimal) and str(found).strip() else None


def _url(found: Any, item: Item) -> Value | None:
    text = _text(found, item)
    return text if text is not None and takes("url", text) else None


def _none(_found: Any, _item: Item) -> Value | None:
    return None


CONVERTERS: Mapping[str, Callable[[Any, Item], Value | None]] = {
    "boolean": _boolean,
    "integer": _integer,
    "decimal": _decimal,
    "quantity": _quantity,
    "date": _date,
    "dateTime": _date_time,
    "time": _time,
    "choice": _choice,
    "open-choice": _choice,
    "url": _url,
    "attachment": _none,
    "reference": _none,
    "group": _none,
    "display": _none,
}


def plain_text(found: Iterable[Any]) -> str:
    """What a computed text says."""
    return " ".join(str(one) for one in found if isinstance(one, str | int | Decimal) and not isinstance(one, bool))
