"""Refusing: saying why not. The question stays open as it is, until it can be left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.changing import changed
from flows.dialogue.patience import counted, is_over
from flows.dialogue.scene import ask_again
from flows.question_events import Refused

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.dialogue.refusal import Refusal
    from flows.dialogue.scene import Scene
    from flows.dialogue.turns import Turn
    from flows.response import Cursor
    from flows.values import Values


def refuse(scene: Scene, place: Place, refusal: Refusal) -> Turn:
    """Say why not."""
    after = counted(scene, place)
    told = Refused(
        key=place.key,
        reason=refusal.reason,
        limit=refusal.limit,
        candidates=refusal.candidates,
        text=refusal.text,
        may_skip=is_over(place.item, after.cursor) and after.cursor.face != "confirm",
    )
    return ask_again(after, told)


def refuse_with(scene: Scene, place: Place, refusal: Refusal, cursor: Cursor) -> Turn:
    """Say why not, and change the face of the question: ask for the unit, offer the days that were meant."""
    return refuse(scene.with_cursor(cursor, new_face=True), place, refusal)


def warn(scene: Scene, place: Place, refusal: Refusal, values: Values) -> Turn:
    """Say what is unusual, once: the same answer is taken when it is given again, or kept by a button."""
    face = scene.cursor.face if scene.cursor.face == "confirm" else "main"
    cursor = changed(scene.cursor, warned=values, face=face, words="", hits=(), page=0)
    told = Refused(key=place.key, reason=refusal.reason, candidates=refusal.candidates)
    return ask_again(scene.with_cursor(cursor, new_face=True), told)
