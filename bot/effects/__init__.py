"""Effects: one function per event type, which writes what the event means into rows.

`apply` runs inside the transaction of the turn; nothing here sends anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import around, copying, desk, measuring, page, paths, questions, rating, records, submitting, talk, tasking
from bot.effects.fates import after_failed, after_sent
from bot.effects.registry import collect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.effects.scene import Scene
    from flows.events import Event

__all__ = ["EFFECTS", "after_failed", "after_sent", "apply"]

EFFECTS = collect(
    one.EFFECTS
    for one in (questions, around, copying, talk, records, page, desk, measuring, submitting, tasking, paths, rating)
)


def apply(scene: Scene, events: Iterable[Event]) -> None:
    """Every event's effect in order and what the desk is told of it, then whatever was left to be said, and an answer to the press."""
    for event in events:
        EFFECTS[type(event)](scene, event)
        desk.announce(scene, event)
    scene.finish()
