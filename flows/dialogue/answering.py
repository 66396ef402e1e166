"""Answering: a value that was understood becomes the answer, a choice among several, or something to be confirmed first."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flows.changing import changed
from flows.dialogue.offering import is_collecting
from flows.dialogue.prompting import offered_options, selected
from flows.dialogue.recording import record
from flows.dialogue.refusal import Refusal
from flows.dialogue.refusing import refuse, refuse_with
from flows.dialogue.scene import redraw
from flows.events import Reason
from flows.items import AnswerOption, Item, Unit
from flows.response import Cursor
from flows.values import Absent, PartialDate, TimeOfDay, Value, Values, is_absent, same
from flows.words.clock_times import DAY, check_moment, moment
from flows.words.quantities import check_quantity

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.dialogue.scene import Scene
    from flows.dialogue.turns import Turn


def answer(scene: Scene, place: Place, value: Value) -> Turn:
    """One value for the open question. A full day asks for its time of day where the form has room for one."""
    if place.item.type == "dateTime" and isinstance(value, PartialDate) and _has_time(place.item, value):
        return redraw(scene, plain(scene, face="time", words=value.text), new_face=True)
    return settle(scene, place, value)


def _has_time(item: Item, day: PartialDate) -> bool:
    return not item.options and len(day.text) == DAY and (item.max_length is None or item.max_length > DAY)


def give_moment(scene: Scene, place: Place, clock: TimeOfDay) -> Turn:
    """The time of the day that waits for it."""
    stated = check_moment(moment(PartialDate(text=scene.cursor.words), clock, scene.zone), place.item)
    return refuse(scene, place, stated) if isinstance(stated, Refusal) else settle(scene, place, stated)


def settle(scene: Scene, place: Place, value: Value) -> Turn:
    """One value as it is."""
    item = place.item
    if item.several and item.options:
        return choose(scene, place, (value,))
    if item.several:
        return collect(scene, place, value)
    return give(scene, place, (value,))


def give(scene: Scene, place: Place, values: Values) -> Turn:
    """The whole answer: put down, or shown back first where the form wants that."""
    if place.item.confirm and not all(map(is_absent, values)):
        return redraw(scene, plain(scene, face="confirm", draft=values), new_face=True)
    return record(scene, place, values)


def plain(scene: Scene, **changes: object) -> Cursor:
    """The cursor at the same place, with nothing begun there but what was given already of several answers."""
    several = scene.place is not None and scene.place.item.several
    cursor = Cursor(
        key=scene.cursor.key,
        mode=scene.cursor.mode,
        since=scene.cursor.since,
        draft=scene.cursor.draft if several else None,
        refused=scene.cursor.refused,
        warned=scene.cursor.warned,
    )
    return changed(cursor, **changes) if changes else cursor  # type: ignore[arg-type]


def collect(scene: Scene, place: Place, value: Value) -> Turn:
    """One more answer to a question that takes several, one message or file each. Each is kept at once."""
    given = _collected(scene, place)
    item = place.item
    if item.max_occurs is not None and len(given) >= item.max_occurs:
        return refuse(scene, place, Refusal(reason=Reason.TOO_MANY, limit=str(item.max_occurs)))
    values = given if any(same(one, value) for one in given) else (*given, value)
    return record(scene, place, values, stay=len(values) != item.max_occurs)


def _collected(scene: Scene, place: Place) -> Values:
    """What new answers are added to. Coming back to a question, files are added; words and numbers begin anew."""
    if is_collecting(place.item, scene.cursor):
        return scene.cursor.draft or ()
    stored = scene.response.answers.get(place.key, ()) if place.item.type == "attachment" else ()
    return tuple(value for value in stored if not isinstance(value, Absent))


def toggle(scene: Scene, place: Place, option: AnswerOption) -> Turn:
    """Choose an option of several, or take it back."""
    chosen = selected(place, scene.response)
    if not any(same(value, option.value) for value in chosen):
        return choose(scene, place, (option.value,))
    return redraw(
        scene, plain(scene, draft=tuple(value for value in chosen if not same(value, option.value)), page=scene.cursor.page)
    )


def choose(scene: Scene, place: Place, values: Values) -> Turn:
    """Add to the options chosen; what excludes the others does so."""
    chosen = selected(place, scene.response)
    for value in values:
        chosen = _with(place.item, chosen, value)
    most = place.item.max_occurs
    if most is not None and len(chosen) > most:
        return refuse(scene, place, Refusal(reason=Reason.TOO_MANY, limit=str(most)))
    return redraw(scene, plain(scene, draft=chosen, page=scene.cursor.page))


def _with(item: Item, chosen: Values, value: Value) -> Values:
    if any(same(value, one) for one in chosen):
        return chosen
    if _excludes(item, value):
        return (value,)
    order = [option.value for option in offered_options(item, (*chosen, value))]
    kept = [one for one in chosen if not _excludes(item, one)]
    return tuple(one for one in order if any(same(one, other) for other in (*kept, value)))


def _excludes(item: Item, value: Value) -> bool:
    return any((option.exclusive or option.absent) and same(option.value, value) for option in item.options)


def measure(scene: Scene, place: Place, number: Decimal, unit: Unit | None, *, sure: bool = False) -> Turn:
    """A number with its unit; without one, the unit is asked for where there are several."""
    if unit is None and place.item.units:
        return redraw(scene, plain(scene, face="unit", words=f"{number:f}"), new_face=True)
    checked = check_quantity(number, unit, place.item, sure=sure)
    if not isinstance(checked, Refusal):
        return answer(scene, place, checked)
    if checked.reason is Reason.IMPLAUSIBLE_UNIT:
        return refuse_with(scene, place, checked, plain(scene, face="unit", words=f"{number:f}", doubted=True))
    if scene.cursor.face == "unit":
        return refuse_with(scene, place, checked, plain(scene))
    return refuse(scene, place, checked)
