"""The one question after the end, in words: what a mark is called, and what follows a tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import controls
from bot.wording.controls import button, rows
from bot.wording.markup import bold, lines, paragraphs, plain
from bot.wording.visible import visible
from flows.inputs import Control
from flows.presses import MARKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.catalogues import Catalogue
    from bot.messages import Button

BEST = MARKS[-1]

# ---- for the family


def mark(words: Catalogue, value: int) -> str:
    return {
        1: words.pgettext("rating", "Bad"),
        2: words.pgettext("rating", "Not good"),
        3: words.pgettext("rating", "In between"),
        4: words.pgettext("rating", "Good"),
        5: words.pgettext("rating", "Very good"),
    }[value]


def choice(words: Catalogue, case: int, value: int) -> Button:
    return button(mark(words, value), Control.RATE, case, value)


def thanks(words: Catalogue, case: int, value: int, *, low: bool) -> Message:
    """What was tapped stays to be seen."""
    sorry = words.gettext("We are sorry that it was not better. If you like, tell us what went wrong, or talk with a person.")
    more = button(words.gettext("Add a few words"), Control.RATE, case)
    told = words.gettext("Your answer: {mark}. Thank you for telling us.").format(mark=mark(words, value))
    return Message(text=paragraphs(plain(told), plain(sorry if low else "")), rows=rows(more, controls.ask_person(words)))


def ask(words: Catalogue) -> Message:
    text = words.gettext(
        "Please write it in one message now. The team reads it, but nobody answers it. If you need an answer, ask a person."
    )
    return Message(text=plain(text), rows=rows(controls.ask_person(words)))


def kept(words: Catalogue) -> Message:
    return Message(text=plain(words.gettext("Thank you. The team will read it.")), rows=rows(controls.ask_person(words)))


def known(words: Catalogue) -> str:
    return words.gettext("Your answer is kept already.")


# ---- for the desk


def given(words: Catalogue, value: int) -> str:
    """A line for the topic of the case; escaped."""
    text = words.gettext("How it was to be looked after: {mark} ({value} of {best}).")
    return plain(text.format(mark=mark(words, value), value=value, best=BEST))


def worded(words: Catalogue, body: str) -> Message:
    """What the family wrote with it; nobody has answered."""
    head = words.gettext("With it the family wrote:")
    return Message(text=paragraphs(plain(head), plain(visible(body)[0])))


def results(words: Catalogue, found: Mapping[int, int]) -> Message:
    """How many answered, and what."""
    if not found:
        return Message(text=plain(words.gettext("Nobody has answered yet how it was.")))
    counts = (f"{mark(words, value)}: {found.get(value, 0)}" for value in reversed(MARKS))
    return Message(text=paragraphs(bold(title(words)), plain(mean(words, found)), lines(*map(plain, counts))))


def title(words: Catalogue) -> str:
    return words.gettext("How it was, after the end")


def mean(words: Catalogue, found: Mapping[int, int]) -> str:
    many = sum(found.values())
    middle = sum(value * count for value, count in found.items()) / many
    said = words.ngettext("{n} answer, {mean} of {best}", "{n} answers, on average {mean} of {best}", many)
    return said.format(n=many, mean=f"{middle:.1f}", best=BEST)
