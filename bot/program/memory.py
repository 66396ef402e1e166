"""How Python looks for garbage here."""

from __future__ import annotations

import gc

NEW = (
    20_000  # objects; the things of one turn hardly ever refer to each other in a circle, and many turns are under way at once
)


def starting() -> None:
    """Nothing that a start builds is garbage: not to look for it saves a fifth of the start. `at_rest` must follow."""
    gc.disable()


def at_rest() -> None:
    """What is built when everything is loaded stays: nobody need walk through it, not even at the end. And seldom through the rest."""
    gc.freeze()
    gc.set_threshold(NEW, *gc.get_threshold()[1:])
    gc.enable()
