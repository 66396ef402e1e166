"""Values over time, drawn: what was answered, and what stood there before under another day, beside the protocol's limit."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from bot.dossier.timeline import span
from bot.wording import dossier as wording
from bot.wording import values
from flows import value_json
from flows.response import PartialDate, Quantity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.catalogues import Catalogue
    from bot.dossier.material import Material
    from bot.dossier.sides import Sides
    from flows.criteria import Criteria, Threshold
    from flows.grounds.variables import Variable
    from flows.response import Value
    from storage.rows import AnswerChange

DATES = {"lvef": "heart-date"}  # the question for the day of a value, where it is not that for the blood tests
BLOOD = "blood-date"
UNDATED = {"weight", "oxygen"}  # nobody asks for their day
HEADROOM = Decimal("0.15")  # of the span of values, above and below it


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One measurement. `number`: in the variable's unit, for drawing; `amount`: as it was typed, for reading."""

    amount: Quantity
    number: Decimal
    when: PartialDate | None


def block(sides: Sides, material: Material) -> dict[str, object] | None:
    charts = [chart for variable in _measured(sides, material) if (chart := _chart(sides, material, variable))]
    if not charts:
        return None
    return {"kind": "labs", "title": sides.pair(lambda words: wording.headings(words)["labs"]), "charts": charts}


def _measured(sides: Sides, material: Material) -> list[Variable]:
    known = wording.tests(sides.languages[0])
    return [one for one in material.card.definition.criteria.variables.values()
            if one.kind == "quantity" and one.link_ids[0] in known]  # fmt: skip


def _chart(sides: Sides, material: Material, variable: Variable) -> dict[str, object] | None:
    points = series(material, variable)
    if not points:
        return None
    found = limit_of(material.card.definition.criteria, variable.name)
    limit, least = found or (None, False)
    link_id = variable.link_ids[0]
    numbers = [point.number for point in points] + ([Decimal(str(limit.value[0]))] if limit else [])
    low, high = min(numbers), max(numbers)
    room = (high - low) * HEADROOM or Decimal(1)
    return {
        "title": sides.pair(lambda words: wording.tests(words)[link_id], "strong"),
        "points": [
            {"x": x, "y": _share(point.number, low - room, high + room), "text": sides.pair(partial(_read, point))}
            for x, point in zip(_across(points), points, strict=True)
        ],
        "limit": _share(Decimal(str(limit.value[0])), low - room, high + room) if limit else None,
        "limit_text": sides.pair(
            lambda words: wording.limit(words, f"{limit.value[0]} {_unit(material, variable)}", least=least), "note"
        )
        if limit
        else [],
    }


def _unit(material: Material, variable: Variable) -> str:
    item = material.card.definition.questionnaire.by_link_id[variable.link_ids[0]]
    return next((unit.display for unit in item.units if unit.code == variable.unit), variable.unit)


def _read(point: Point, words: Catalogue) -> str:
    amount = words.isolate(f"{values.number(point.amount.value)} {point.amount.unit}".strip())
    return f"{amount} · {values.partial_date(words, point.when) if point.when else wording.no_date(words)}"


def _share(number: Decimal, low: Decimal, high: Decimal) -> float:
    return round(float((number - low) / (high - low)), 4)


def _across(points: list[Point]) -> list[float]:
    """Where each point stands between the first and the last day; one alone stands in the middle."""
    days = [span(point.when)[0].toordinal() if point.when else 0 for point in points]
    width = max(days) - min(days)
    if not all(days) or not width:
        return [(number + 1) / (len(points) + 1) for number in range(len(points))]
    return [round((day - min(days)) / width, 4) for day in days]


def limit_of(criteria: Criteria, name: str) -> tuple[Threshold, bool] | None:
    """The protocol's limit for a variable, and whether it is a least value. Thresholds are named after what they limit."""
    name = name.removesuffix("Given")
    for end, least in (("Min", True), ("Max", False)):
        found = criteria.protocol.thresholds.get(f"p{name[0].upper()}{name[1:]}{end}")
        if found is not None:
            return found, least
    return None


def series(material: Material, variable: Variable) -> list[Point]:
    """Every value with its day, oldest first. Of two values of one day the later word counts, and what was read in a report most."""
    found = {point.when.text if point.when else "": point for point in _told(material, variable)}
    for one in material.card.measured:
        if one.link_id == variable.link_ids[0] and (
            point := _point(variable, one.amount, PartialDate(text=one.day.isoformat()))
        ):
            found[one.day.isoformat()] = point
    return sorted(found.values(), key=_day)


def _told(material: Material, variable: Variable) -> list[Point]:
    """What the family told.

    An amount that stayed when only the day was changed stands once, under the newest day: nobody said that it was measured twice.
    """
    response = material.card.response
    if response is None:
        return []
    link_id = variable.link_ids[0]
    day_id = DATES.get(link_id, BLOOD)
    now = {key: _first(response.answers.get(key, ())) for key in (link_id, day_id) if key not in response.parked}
    states = [*_before(material.changes, link_id, day_id, now), now]
    found: dict[str, Point] = {}
    for state in states:
        point = _point(variable, state.get(link_id), None if link_id in UNDATED else state.get(day_id))
        if point is not None:
            found[point.when.text if point.when else ""] = point
    ordered = sorted(found.values(), key=_day)
    carried = [one for one, after in pairwise(ordered) if one.amount != after.amount]
    return [*carried, *ordered[-1:]]


def _day(point: Point) -> date:
    return span(point.when)[0] if point.when else date.min


def _before(
    changes: Iterable[AnswerChange], link_id: str, day_id: str, now: dict[str, Value | None]
) -> list[dict[str, Value | None]]:
    """What stood at the two places before each change, oldest first: read backwards from what stands there now."""
    states, state = [], dict(now)
    for change in reversed([one for one in changes if one.key in (link_id, day_id)]):
        state = {**state, change.key: _first([value_json.from_json(one) for one in json.loads(change.before)])}
        states.append(state)
    return states[::-1]


def _first(said: Iterable[Value]) -> Value | None:
    return next(iter(said), None)


def _point(variable: Variable, amount: Value | None, when: Value | None) -> Point | None:
    number = variable.plain(amount) if amount is not None else None
    if not isinstance(amount, Quantity) or not isinstance(number, Decimal | int) or isinstance(number, bool):
        return None
    return Point(amount=amount, number=Decimal(number), when=when if isinstance(when, PartialDate) else None)
