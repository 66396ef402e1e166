"""What the desk reads about cases that wait, and whom news of a case addresses: numbers and coded words only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import values
from bot.wording.markup import bold, lines, link, paragraphs, plain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.catalogues import Catalogue
    from flows.staff.desk import About
    from storage.rows import Case, Coordinator

LISTED = 25  # lines of one message
BROKEN = 2  # the level at which the promised time is over


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One thing that waits. `level`: see flows.staff.desk.Desk.level; `address`: of the topic."""

    case: Case
    about: About
    since: datetime
    level: int
    address: str


def listed(words: Catalogue, due: Sequence[Waiting], people: Sequence[Coordinator], zone: str) -> Message:
    """`zone`: in which the times are told."""
    rest = len(due) - LISTED
    more = words.ngettext("and {n} more case", "and {n} more cases", rest).format(n=rest) if rest > 0 else ""
    head = (
        "🚩 " + words.gettext("Red flags that nobody has acknowledged") if due[0].about == "flag" else words.gettext("Waiting")
    )
    return Message(
        text=paragraphs(
            bold(head), lines(*(_line(words, one, zone) for one in due[:LISTED]), plain(more)), mentions(words, people)
        )
    )


def mentions(words: Catalogue, people: Sequence[Coordinator]) -> str:
    """Names that Telegram tells their owners of."""
    names = ", ".join(link(words.isolate(one.name), f"tg://user?id={one.telegram_id}") for one in people)
    return plain(words.gettext("For: {names}")).replace("{names}", names) if people else ""


def _line(words: Catalogue, one: Waiting, zone: str) -> str:
    number = words.isolate(one.case.number)
    shown = link(number, one.address) if one.address else bold(number)
    return f"{shown}: {plain(_why(words, one, zone))}"


def _why(words: Catalogue, one: Waiting, zone: str) -> str:
    since = values.moment(words, one.since, zone)
    if one.about == "flag":
        return words.gettext("red flag since {when} ({zone})").format(when=since, zone=words.isolate(zone))
    late = one.level >= BROKEN
    if one.about == "claim":
        text = (
            words.gettext("the promised time is over, nobody took it since {when} ({zone})")
            if late
            else words.gettext("nobody took it since {when} ({zone})")
        )
    else:
        text = (
            words.gettext("the promised time is over, no answer since {when} ({zone})")
            if late
            else words.gettext("no answer since {when} ({zone})")
        )
    return text.format(when=since, zone=words.isolate(zone))
