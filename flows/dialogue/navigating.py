"""Navigating: back, the review, changing one answer, and the confirmation that everything is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.changing import changed
from flows.dialogue.answering import plain
from flows.dialogue.place import is_shown
from flows.dialogue.places import is_open
from flows.dialogue.reviewing import reviewable
from flows.dialogue.scene import Scene, ask_again, first_open, move, redraw
from flows.dialogue.turns import Turn
from flows.events import Completed
from flows.inputs import Control
from flows.response import Cursor, Status

if TYPE_CHECKING:
    from flows.dialogue.place import Place


def _review(scene: Scene, number: int | None) -> Turn | None:
    if scene.cursor.mode == "done" and number is not None:
        return None
    return move(scene, Cursor(mode="review", page=min(max(number or 0, 0), len(scene.places))))


def _change(scene: Scene, number: int | None) -> Turn | None:
    listed = reviewable(scene.places)
    if number is None or not 0 <= number < len(listed):
        return None
    return move(scene, Cursor(key=listed[number].key, mode="changing"))


def _confirm(scene: Scene, _number: int | None) -> Turn | None:
    """Complete, when nothing is left to be asked."""
    if scene.cursor.mode == "done":
        return None
    if first_open(scene.questionnaire, scene.places, scene.response) is not None:
        return move(scene, Cursor())
    amended = scene.response.status != "in-progress"
    status: Status = "amended" if amended else "completed"
    after = scene.with_cursor(Cursor(mode="done"), new_face=True)
    return Turn(response=replace(after.response, status=status, authored=scene.now), events=(Completed(amended=amended),))


def _back(scene: Scene, _number: int | None) -> Turn | None:
    cursor = scene.cursor
    if cursor.mode == "done":
        return None
    if cursor.face == "picker" and len(cursor.picked) > 1:
        return redraw(scene, changed(cursor, picked=cursor.picked[:-1]), new_face=True)
    if cursor.face != "main" or cursor.hits:
        return redraw(scene, plain(scene), new_face=True)
    if cursor.mode == "changing":
        return move(scene, Cursor(mode="review"))
    return _previous(scene)


def _previous(scene: Scene) -> Turn:
    """The place before; from the review the question that is open, else the last one."""
    if scene.at is None:
        open_one = first_open(scene.questionnaire, scene.places, scene.response)
        if open_one is not None:
            return move(scene, Cursor())
    before = _asked_before(scene)
    return move(scene, Cursor(key=before[-1].key)) if before else ask_again(scene)


def _asked_before(scene: Scene) -> list[Place]:
    """The places shown before this one. Where questions may be asked in another order than the form's, those that are answered."""
    before = [place for place in scene.places[: scene.at] if is_shown(place)]
    if scene.questionnaire.burden is None or scene.at is None:
        return before
    here = scene.places[scene.at]
    answered = [place for place in scene.places if is_shown(place) and not is_open(place, scene.response)]
    earlier = [place for place in before if not is_open(place, scene.response)]
    beside = [place for place in answered if place.part == here.part] if is_open(here, scene.response) else []
    return beside or earlier


ANYWHERE: dict[Control, Callable[[Scene, int | None], Turn | None]] = {
    Control.REVIEW: _review,
    Control.CHANGE: _change,
    Control.CONFIRM: _confirm,
    Control.BACK: _back,
}
