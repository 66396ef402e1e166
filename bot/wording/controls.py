"""The buttons that several messages share, and how they stand in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.messages import Button, Rows
from flows.inputs import Control, Press

if TYPE_CHECKING:
    from bot.catalogues import Catalogue

Style = Literal["primary", "success", "danger"]

SHORT = 16  # characters: two such labels fit side by side on a small phone


def button(
    text: str, control: Control, number: int | None = None, revision: int | None = None, *, style: Style | None = None
) -> Button:
    return Button(text=text, press=Press(control=control, number=number, revision=revision), style=style)


def rows(*buttons: Button | None) -> Rows:
    """Short labels two in a row, long ones alone; what is None is left out."""
    made: list[tuple[Button, ...]] = []
    for one in (each for each in buttons if each is not None):
        if made and len(made[-1]) == 1 and max(len(one.text), len(made[-1][0].text)) <= SHORT:
            made[-1] = (*made[-1], one)
        else:
            made.append((one,))
    return tuple(made)


def column(*buttons: Button) -> Rows:
    return tuple((one,) for one in buttons)


def go_on(words: Catalogue) -> Button:
    return button(words.gettext("Back to the questions"), Control.CONTINUE)


def ask_person(words: Catalogue) -> Button:
    return button(words.gettext("Ask a person"), Control.HUMAN)
