"""Patience: a question that refused somebody a few times can be left out, so that no form holds anybody for ever.

Some forms have rules that no answer satisfies, and some questions nobody at hand can answer. A consent is never passed over this way.
A response that lacks a required answer is exported as in-progress, see completeness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.changing import changed

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.dialogue.scene import Scene
    from flows.items import Item
    from flows.response import Cursor

PATIENCE = 3  # refusals of one question, one after the other


def is_over(item: Item, cursor: Cursor) -> bool:
    """Whether the question was refused so often that it can be left out whatever the form says."""
    return cursor.refused >= PATIENCE and item.consent is None


def may_skip(item: Item, cursor: Cursor) -> bool:
    return not item.required or is_over(item, cursor)


def counted(scene: Scene, place: Place) -> Scene:
    """The scene after one more refusal, where it may come to count."""
    cursor = scene.cursor
    if place.kind != "asked" or cursor.refused >= PATIENCE or place.item.consent:
        return scene
    return scene.with_cursor(changed(cursor, refused=cursor.refused + 1), new_face=False)
