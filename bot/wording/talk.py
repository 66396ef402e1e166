"""Words about talking with a person: red flags first, then coordinators. Everything is escaped here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import controls
from bot.wording.controls import rows
from bot.wording.markup import bold, paragraphs, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue


def red_flag(texts: Sequence[str]) -> Message:
    """The safety texts of red_flags.json, translated already: the first is what to do now."""
    first, *rest = texts
    return Message(text=paragraphs(bold(first), *map(plain, rest)))


def talk_started(words: Catalogue, *, claimed: bool, questions_open: bool) -> Message:
    usual = (
        words.gettext("Write what you want to say. Your coordinator reads it here.")
        if claimed
        else words.gettext(
            "Write what you want to say. A coordinator reads it here and answers, usually within one working day."
        )
    )
    kept = words.gettext("Your messages are saved. Photos and files work too.")
    waits = words.gettext("The questions wait until you want to go on.") if questions_open else ""
    go_on = controls.go_on(words) if questions_open else None
    return Message(text=paragraphs(plain(usual), plain(kept), plain(waits)), rows=rows(go_on))


def talk_ended(words: Catalogue, *, questions_open: bool) -> str:
    if questions_open:
        return plain(words.gettext("Let us go on with the questions. The coordinator still sees what you wrote."))
    return plain(words.gettext("The coordinator still sees what you wrote. To write again, send /human."))


def passed_on(words: Catalogue) -> str:
    return plain(words.gettext("I have saved this and passed it on to the coordinators."))


def kept_for_desk(words: Catalogue) -> str:
    return plain(words.gettext("I have saved your words for the coordinator."))
