"""The keyboards of the desk: under the card, and the choices that open in its place. A press means one verb on one case."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import TYPE_CHECKING

from bot.messages import Button, DeskPress, Rows, clip
from bot.wording import values
from bot.wording.controls import Style, rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.catalogues import Catalogue
    from flows.records import Record


@unique
class Verb(StrEnum):
    """What a desk button does: the short code that travels in it, so it never changes meaning."""

    CLAIM = "c"
    TAKE_OVER = "t"
    RELEASE = "u"
    HAND_OVER = "h"  # opens the choice; with a number: to the coordinator with this id, once it is said why
    HAND_OVER_WHY = "hw"  # number: that id and a reason, see `joined`
    STAGE = "s"  # opens the choice; with a number: to stage n (index into flows.case.STAGES)
    FOLLOW_UP = "f"  # opens the choice; with a number: delay n (index into DELAYS)
    CLOSE = "e"  # opens the choice; with a number: reason n (index into the definition's close reasons)
    ACKNOWLEDGE = "k"
    CANCEL = "x"  # number: the id of the follow-up
    EVIDENCE = "g"  # opens the choice; with a number: criterion n gets its next grade
    GUARDED = "a"  # number: the document's number in its chat; it is sent to the private chat of whoever presses
    CANNED = "cn"  # number: canned reply n of the definition's desk
    SHOW_CANNED = "cs"  # likewise: it is shown in both languages first
    UNDO = "n"  # number: the message of the topic that is taken back
    BACK = "b"  # the card's own buttons again
    PREVIEW = "p"  # number: a document and a page of it, see `joined`
    NAME = "i"  # number: a document and a record, or OPEN for the choice
    DOCUMENT = "m"  # a document's own buttons again; here and below the number is the document's in its chat
    UNREADABLE = "q"
    OUTDATED = "o"
    TELL_UNREADABLE = "v"
    TELL_OUTDATED = "w"
    MARK_UNREADABLE = "j"
    MARK_OUTDATED = "l"
    DATED = "y"  # number: a document and a day (document * DAYS + the day's ordinal)
    DOSSIER = "d"  # number: language n of the dossiers
    PACKET = "z"  # likewise
    SUBMIT = "sb"  # opens the choice; with a number: to hospital n of the list
    NAME_HOSPITAL = "nh"  # number: hospital n of the list; the family is told its name
    KNOWN_HOSPITAL = "kh"  # likewise: they know it
    SUBMISSION = "sn"  # number: the submission's place in the log, from 1
    SUBMISSION_STATE = "ss"  # number: that place and a state, see `joined`
    SUBMISSION_REASON = "sr"  # number: that place and a reason
    ASK_TASK = "ak"  # opens the choice; with a number: request n of the definition is given to the family
    PATH = "pa"  # number: reason n of the definition's support
    ASK_AGAIN = "aa"
    ANEW = "an"
    TASK = "tk"  # number: the id of the task
    TASK_STATE = "ts"  # number: that id and a state, see `joined`
    FILE = "fl"  # number: a message of the topic and a question of the form, see `joined`
    TAKE_BACK = "tb"  # number: the id of a value that was read in a report


LABEL = 60  # characters of a record on a button
PLACES = 1000  # pages of a document, or records, that a button can tell apart
OPEN = PLACES - 1  # instead of a record: opens the choice
DAYS = 10_000_000  # more than any day's ordinal
DELAYS = (1, 3, 7, 14, 30)  # days


def _button(text: str, verb: Verb, case: int, number: int | None = None, style: Style | None = None) -> Button:
    return Button(text=text, desk=DeskPress(verb=verb, case_id=case, number=number), style=style)


def claim(words: Catalogue, case: int) -> Button:
    return _button(words.gettext("Claim"), Verb.CLAIM, case, style="primary")


def claim_listed(words: Catalogue, case: int, number: str) -> Button:
    """One of several in a list."""
    return _button(words.gettext("Claim {number}").format(number=number), Verb.CLAIM, case)


def take_over(words: Catalogue, case: int) -> Button:
    return _button(words.gettext("Take over"), Verb.TAKE_OVER, case)


def acknowledge(words: Catalogue, case: int) -> Button:
    return _button(words.gettext("Acknowledge the red flag"), Verb.ACKNOWLEDGE, case, style="danger")


def guarded(words: Catalogue, case: int, document: int) -> Rows:
    """Under a document that is kept apart; who has seen it can say that it is something else."""
    return (
        (_button(words.gettext("Send it to me in private"), Verb.GUARDED, case, document),),
        (_name(words, case, document),),
    )


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


def numbered(text: str, verb: Verb, case: int, number: int) -> Button:
    """A button with its own words."""
    return _button(text, verb, case, number)


def delay(words: Catalogue, days: int) -> str:
    return words.ngettext("In {n} day, 10:00", "In {n} days, 10:00", days).format(n=days)


def undo(words: Catalogue, case: int, said_at: int) -> Rows:
    return ((_button(words.gettext("Undo"), Verb.UNDO, case, said_at, style="danger"),),)


def send_canned(words: Catalogue, case: int, number: int) -> Rows:
    return ((_button(words.gettext("Send this reply"), Verb.CANNED, case, number, style="primary"),),)


def show_canned(case: int, labels: Sequence[str]) -> Rows:
    return rows(*(_button(clip(label, LABEL), Verb.SHOW_CANNED, case, number) for number, label in enumerate(labels)))


def cancel_appointment(words: Catalogue, case: int, reminder: int) -> Rows:
    return ((_button(words.gettext("Call this appointment off"), Verb.CANCEL, case, reminder),),)


def ask_again(words: Catalogue, case: int) -> tuple[Button, ...]:
    return (_button(words.gettext("Ask the family whether we may write again"), Verb.ASK_AGAIN, case, style="primary"),)


def anew(words: Catalogue, case: int) -> tuple[Button, ...]:
    return (_button(words.gettext("Open a new case for this family"), Verb.ANEW, case, style="primary"),)


def take_back(words: Catalogue, case: int, value: int) -> Rows:
    return ((_button(words.gettext("Take this value back"), Verb.TAKE_BACK, case, value),),)


def joined(document: int, place: int) -> int:
    """A document (or anything else that is counted) and a place in it in one number."""
    return document * PLACES + place


def apart(number: int) -> tuple[int, int]:
    return divmod(number, PLACES)


def _name(words: Catalogue, case: int, number: int) -> Button:
    return _button(words.gettext("It is…"), Verb.NAME, case, joined(number, OPEN))


def document(words: Catalogue, case: int, number: int) -> Rows:
    """Under a document in the topic. `number`: the document's in its chat."""
    return (
        (
            _button(words.gettext("Preview"), Verb.PREVIEW, case, joined(number, 0)),
            _name(words, case, number),
        ),
        (
            _button(words.gettext("Cannot be read…"), Verb.UNREADABLE, case, number),
            _button(words.gettext("Too old…"), Verb.OUTDATED, case, number),
        ),
    )


def records(words: Catalogue, case: int, number: int, known: Sequence[Record]) -> Rows:
    """Which record a document is."""
    made = [
        _button(clip(one.text.worded(words.worded), LABEL), Verb.NAME, case, joined(number, n)) for n, one in enumerate(known)
    ]
    return (*((one,) for one in made), (_button(words.gettext("Back"), Verb.DOCUMENT, case, number),))


def judged(words: Catalogue, case: int, number: int, verdict: str) -> Rows:
    """Under the message that the patient's side would get."""
    tell, mark = {
        "unreadable": (Verb.TELL_UNREADABLE, Verb.MARK_UNREADABLE),
        "outdated": (Verb.TELL_OUTDATED, Verb.MARK_OUTDATED),
    }[verdict]
    return (
        (_button(words.gettext("Send this to the patient"), tell, case, number, style="primary"),),
        (_button(words.gettext("Mark it, send nothing"), mark, case, number),),
    )


def pages(words: Catalogue, case: int, number: int, page: int, count: int, suggested: date | None) -> Rows:
    """Under a preview: the pages beside it, and the day that the file names."""
    last = min(count, PLACES) - 1
    around = [(page - 1, "‹"), (page + 1, "›")]
    turning = tuple(_button(sign, Verb.PREVIEW, case, joined(number, to)) for to, sign in around if 0 <= to <= last)
    day = words.gettext("It is from {day}").format(day=values.day(words, suggested)) if suggested else ""
    dated = ((_button(day, Verb.DATED, case, number * DAYS + suggested.toordinal()),),) if suggested else ()
    return (*((turning,) if turning else ()), *dated)


def cancel(words: Catalogue, case: int, follow_up: int) -> Rows:
    return ((_button(words.gettext("Cancel this follow-up"), Verb.CANCEL, case, follow_up),),)
