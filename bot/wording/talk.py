"""Words about talking with a person: red flags first, then coordinators. Everything is escaped here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import controls, values
from bot.wording.controls import rows
from bot.wording.markup import bold, lines, paragraphs, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from flows.staff.desk import Promise


def red_flag(texts: Sequence[str]) -> Message:
    """The safety texts of red_flags.json, translated already: the first is what to do now."""
    first, *rest = texts
    return Message(text=paragraphs(bold(first), *map(plain, rest)))


def talk_started(words: Catalogue, *, claimed: bool, questions_open: bool, promise: Promise) -> Message:
    usual = words.gettext("Write what you want to say. Your coordinator reads it here.") if claimed else _usual(words, promise)
    kept = words.gettext("Your messages are saved. Photos and files work too.")
    waits = words.gettext("The questions wait until you want to go on.") if questions_open else ""
    go_on = controls.go_on(words) if questions_open else None
    meant = "" if claimed else plain(by_then(words, promise))
    return Message(text=paragraphs(lines(plain(usual), meant), plain(kept), plain(waits)), rows=rows(go_on))


def _usual(words: Catalogue, promise: Promise) -> str:
    text = words.ngettext(
        "Write what you want to say. A coordinator reads it here and answers, usually within {n} working day.",
        "Write what you want to say. A coordinator reads it here and answers, usually within {n} working days.",
        promise.working_days,
    )
    return text.format(n=promise.working_days)


def by_then(words: Catalogue, promise: Promise) -> str:
    """The day that is meant: the desk's nights, weekends and holidays are counted."""
    return words.gettext("That usually means by {day}.").format(day=values.day(words, promise.by))


def talk_ended(words: Catalogue, *, questions_open: bool) -> str:
    if questions_open:
        return plain(words.gettext("Let us go on with the questions. The coordinator still sees what you wrote."))
    return plain(words.gettext("The coordinator still sees what you wrote. To write again, send /human."))


def passed_on(words: Catalogue) -> str:
    return plain(words.gettext("I have saved this and passed it on to the coordinators."))


def kept_for_desk(words: Catalogue) -> str:
    return plain(words.gettext("I have saved your words for the coordinator."))
