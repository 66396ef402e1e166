"""The keyboards of the desk: under the card, and the choices that open in its place. A press means one verb on one case."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.messages import Button, DeskPress, Rows
from bot.wording.controls import Style, rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue


class Verb(StrEnum):
    """What a desk button does: the short code that travels in it, so it never changes meaning."""

    CLAIM = "c"
    TAKE_OVER = "t"
    RELEASE = "u"
    HAND_OVER = "h"  # opens the choice; with a number: to the coordinator with this id
    STAGE = "s"  # opens the choice; with a number: to stage n (index into flows.case.STAGES)
    FOLLOW_UP = "f"  # opens the choice; with a number: delay n (index into DELAYS)
    CLOSE = "e"  # opens the choice; with a number: reason n (index into the definition's close reasons)
    ACKNOWLEDGE = "k"
    CANCEL = "x"  # number: the id of the follow-up
    EVIDENCE = "g"  # opens the choice; with a number: criterion n gets its next grade
    BACK = "b"  # the card's own buttons again
    DOSSIER = "d"  # number: language n of the dossiers
    PACKET = "z"  # likewise


DELAYS = (1, 3, 7, 14, 30)  # days


def _button(text: str, verb: Verb, case: int, number: int | None = None, style: Style | None = None) -> Button:
    return Button(text=text, desk=DeskPress(verb=verb, case_id=case, number=number), style=style)


def claim(words: Catalogue, case: int) -> Button:
    return _button(words.gettext("Claim"), Verb.CLAIM, case, style="primary")


def take_over(words: Catalogue, case: int) -> Button:
    return _button(words.gettext("Take over"), Verb.TAKE_OVER, case)


def acknowledge(words: Catalogue, case: int) -> Button:
    return _button(words.gettext("Acknowledge the red flag"), Verb.ACKNOWLEDGE, case, style="danger")


def card(words: Catalogue, case: int, *, held: bool, alarmed: bool, closed: bool) -> Rows:
    """Under the pinned card."""
    if closed:
        return ()
    mine = (
        (_button(words.gettext("Release"), Verb.RELEASE, case), _button(words.gettext("Hand over"), Verb.HAND_OVER, case))
        if held
        else (claim(words, case),)
    )
    more = rows(
        _button(words.gettext("Stage…"), Verb.STAGE, case),
        _button(words.gettext("Follow-up…"), Verb.FOLLOW_UP, case),
        _button(words.gettext("Evidence…"), Verb.EVIDENCE, case),
        _button(words.gettext("Close…"), Verb.CLOSE, case),
    )
    return (*(((acknowledge(words, case),),) if alarmed else ()), mine, *more)


def alert(words: Catalogue, case: int, *, alarmed: bool, held: bool) -> Rows:
    """Under the alert in the General topic."""
    return (*(((acknowledge(words, case),),) if alarmed else ()), (take_over(words, case) if held else claim(words, case),))


def choices(words: Catalogue, verb: Verb, case: int, labels: Sequence[tuple[int, str]]) -> Rows:
    """One button for each (number, label), and the way back."""
    made = [_button(label, verb, case, number) for number, label in labels]
    return (*rows(*made), (_button(words.gettext("Back"), Verb.BACK, case),))


def delay(words: Catalogue, days: int) -> str:
    return words.ngettext("In {n} day, 10:00", "In {n} days, 10:00", days).format(n=days)


def cancel_appointment(words: Catalogue, case: int, reminder: int) -> Rows:
    return ((_button(words.gettext("Call this appointment off"), Verb.CANCEL, case, reminder),),)


def cancel(words: Catalogue, case: int, follow_up: int) -> Rows:
    return ((_button(words.gettext("Cancel this follow-up"), Verb.CANCEL, case, follow_up),),)
