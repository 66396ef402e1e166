"""How Python looks for garbage here."""

from __future__ import annotations

import gc

NEW = (
    20_000  # objects; the things of one turn hardly ever refer to each other in a circle, and many turns are under way at once
)


def at_rest() -> None:
    """What is built when the program is ready stays: nobody need walk through it, not even at the end. And seldom through the rest."""
    gc.freeze()
    gc.set_threshold(NEW, *gc.get_threshold()[1:])
