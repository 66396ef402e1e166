"""Pressing: what each button of a question does. A press that means nothing here is outdated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from flows.changing import changed
from flows.dialogue import picker
from flows.dialogue.answering import answer, give, measure, plain, settle, toggle
from flows.dialogue.navigating import ANYWHERE
from flows.dialogue.offering import is_collecting, kept
from flows.dialogue.patience import is_over, may_skip
from flows.dialogue.places import has_room
from flows.dialogue.prompt import Expects
from flows.dialogue.prompting import expects_of, meant_days, offered_options, prompt_of, selected
from flows.dialogue.recording import accept_offered, add_occurrence, close_group, record
from flows.dialogue.refusal import Refusal
from flows.dialogue.refusing import refuse
from flows.dialogue.scene import Scene, ask_again, move, redraw
from flows.dialogue.turns import Turn
from flows.events import Explained, Outdated, Reason
from flows.inputs import Control, Press
from flows.response import Cursor
from flows.values import Absent, AbsentReason, PartialDate
from flows.words.dates import check_date

if TYPE_CHECKING:
    from flows.dialogue.place import Place

Act = Callable[[Scene, "Place", int], Turn | None]


def press(scene: Scene, said: Press) -> Turn:
    """One press. Buttons of an earlier question change nothing."""
    turn = None if _is_old(scene, said) else _act(scene, said)
    return turn or Turn(response=scene.response, events=(Outdated(),))


def _is_old(scene: Scene, said: Press) -> bool:
    """A button is good from the turn that gave its question the present face, so that quick taps on several options all count."""
    return said.revision is not None and not scene.cursor.since <= said.revision <= scene.response.revision


def _act(scene: Scene, said: Press) -> Turn | None:
    if said.control in ANYWHERE:
        return ANYWHERE[said.control](scene, said.number)
    if said.control not in AT_A_QUESTION:
        return ask_again(scene)
    if scene.place is None:
        return None
    number = 0 if said.number is None and said.control not in NUMBERED else said.number
    return None if number is None or number < 0 else AT_A_QUESTION[said.control](scene, scene.place, number)


# ---- a question


def _option(scene: Scene, place: Place, number: int) -> Turn | None:
    if expects_of(place, scene.cursor) is Expects.DATE:
        days = () if place.item.several else meant_days(scene.cursor.draft or ())
        return _day(scene, place, days[number]) if number < len(days) else None
    options = offered_options(place.item, selected(place, scene.response) if place.item.several else ())
    if place.kind == "more" or number >= len(options) or scene.cursor.face not in {"main", "other", "confirm"}:
        return None
    if scene.cursor.face == "main" and place.item.several:
        return toggle(scene, place, options[number])
    return answer(replace(scene, response=changed(scene.response, cursor=plain(scene))), place, options[number].value)


def _truth(truth: bool) -> Act:  # noqa: FBT001 - which of the two buttons it is
    def act(scene: Scene, place: Place, number: int) -> Turn | None:
        expects = expects_of(place, scene.cursor)
        if expects is Expects.YES_NO:
            return give(scene, place, (truth,))
        if expects is Expects.MORE:
            return _add(scene, place, number) if truth else _done(scene, place, number)
        if expects is not Expects.CONFIRM_ANSWER:
            return None
        return record(scene, place, scene.cursor.draft or ()) if truth else _ask_anew(scene)

    return act


def _ask_anew(scene: Scene) -> Turn:
    return ask_again(scene.with_cursor(plain(scene), new_face=True))


def _ok(scene: Scene, place: Place, _number: int) -> Turn | None:
    return record(scene, place, (True,)) if place.item.type == "display" else None


def _done(scene: Scene, place: Place, _number: int) -> Turn | None:
    if place.kind == "more":
        return close_group(scene, place)
    if scene.cursor.face == "picker":
        picked = picker.picked_date(scene.cursor.picked)
        return _day(scene, place, picked) if picked else None
    if scene.cursor.face == "time":
        return settle(scene, place, PartialDate(text=scene.cursor.words))
    if place.item.options and place.item.several:
        return _chosen(scene, place)
    return _finished(scene, place) if is_collecting(place.item, scene.cursor) else None


def _chosen(scene: Scene, place: Place) -> Turn:
    values = selected(place, scene.response)
    least = max(place.item.min_occurs, 1)
    if not values and not place.item.required and place.item.min_occurs == 0:
        return record(scene, place, (Absent(reason="skipped"),))
    if len(values) < least and not any(option.absent and option.value in values for option in place.item.options):
        return refuse(scene, place, Refusal(reason=Reason.TOO_FEW, limit=str(least)))
    return give(scene, place, values)


def _finished(scene: Scene, place: Place) -> Turn:
    if len(scene.cursor.draft or ()) < place.item.min_occurs and not is_over(place.item, scene.cursor):
        return refuse(scene, place, Refusal(reason=Reason.TOO_FEW, limit=str(place.item.min_occurs)))
    return move(scene, Cursor())


def _other(scene: Scene, place: Place, _number: int) -> Turn | None:
    if not (place.item.open and place.item.options):
        return None
    chosen = selected(place, scene.response) if place.item.several else None
    return redraw(scene, plain(scene, face="other", draft=chosen), new_face=True)


def _unit(scene: Scene, place: Place, number: int) -> Turn | None:
    if scene.cursor.face != "unit" or number >= len(place.item.units):
        return None
    return measure(scene, place, Decimal(scene.cursor.words), place.item.units[number], sure=scene.cursor.doubted)


def _page(scene: Scene, _place: Place, number: int) -> Turn | None:
    pages = prompt_of(scene.questionnaire, scene.response, scene.places, scene.at or 0).pages
    return redraw(scene, changed(scene.cursor, page=number)) if number < pages else None


def _keep(scene: Scene, place: Place, _number: int) -> Turn | None:
    values = kept(place, scene.response)
    if scene.cursor.face == "confirm" or not values:
        return None
    if place.key in scene.response.answers and not scene.cursor.warned:
        return accept_offered(scene, place)
    return record(scene, place, values)


def _add(scene: Scene, place: Place, _number: int) -> Turn | None:
    if place.kind != "more":
        return None
    if not has_room(place, scene.response.groups):
        return refuse(scene, place, Refusal(reason=Reason.TOO_MANY, limit=str(place.item.max_occurs or "")))
    return add_occurrence(scene, place)


def _ago(days: int) -> Act:
    def act(scene: Scene, place: Place, _number: int) -> Turn | None:
        return _day(scene, place, PartialDate(text=(scene.today - timedelta(days=days)).isoformat()))

    return act


def _day(scene: Scene, place: Place, day: PartialDate) -> Turn | None:
    if place.kind != "asked" or place.item.type not in {"date", "dateTime"}:
        return None
    checked = check_date(day, place.item, scene.today)
    return refuse(scene, place, checked) if isinstance(checked, Refusal) else answer(scene, place, checked)


def _pick(scene: Scene, place: Place, number: int) -> Turn | None:
    if place.kind != "asked" or place.item.type not in {"date", "dateTime"} or place.item.options:
        return None
    if scene.cursor.face != "picker":
        opened = plain(scene, face="picker", picked=(picker.newest(place.item, scene.today),))
        return redraw(scene, opened, new_face=True) if number == 0 else None
    if number not in picker.shown(place.item, scene.cursor.picked, scene.cursor.page).picker.numbers:
        return None
    picked = (*scene.cursor.picked, number)
    if len(picked) < 4:  # noqa: PLR2004 - newest, year, month
        return redraw(scene, changed(scene.cursor, picked=picked, page=0), new_face=True)
    day = picker.picked_date(picked)
    return _day(scene, place, day) if day else None


def _absent(reason: AbsentReason) -> Act:
    def act(scene: Scene, place: Place, number: int) -> Turn | None:
        if place.kind == "more" or place.item.type == "display":
            return None
        if is_collecting(place.item, scene.cursor):
            return _done(scene, place, number) if reason == "skipped" else None
        option = place.item.unknown_option if reason == "asked-unknown" else None
        if option is not None:
            return record(scene, place, (option.value,))
        if reason in place.item.absent or (reason == "skipped" and may_skip(place.item, scene.cursor)):
            return record(scene, place, (Absent(reason=reason),))
        return refuse(scene, place, Refusal(reason=Reason.REQUIRED))

    return act


def _why(scene: Scene, place: Place, _number: int) -> Turn | None:
    return ask_again(scene, *((Explained(key=place.key, what="why"),) if place.item.why else ()))


def _help(scene: Scene, place: Place, _number: int) -> Turn | None:
    return ask_again(scene, *((Explained(key=place.key, what="help"),) if place.item.help else ()))


NUMBERED = frozenset({Control.OPTION, Control.UNIT, Control.PAGE})  # these mean nothing without their number

AT_A_QUESTION: dict[Control, Act] = {
    Control.OPTION: _option,
    Control.YES: _truth(True),
    Control.NO: _truth(False),
    Control.OK: _ok,
    Control.DONE: _done,
    Control.OTHER: _other,
    Control.UNIT: _unit,
    Control.PAGE: _page,
    Control.KEEP: _keep,
    Control.ADD: _add,
    Control.TODAY: _ago(0),
    Control.YESTERDAY: _ago(1),
    Control.PICK: _pick,
    Control.SKIP: _absent("skipped"),
    Control.UNKNOWN: _absent("asked-unknown"),
    Control.DECLINE: _absent("asked-declined"),
    Control.WHY: _why,
    Control.HELP: _help,
}
