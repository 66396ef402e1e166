"""The log of submissions in words, for the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message, clip
from bot.wording import keys, values
from bot.wording.keys import Verb
from bot.wording.markup import bold, lines, paragraphs, plain
from bot.wording.visible import one_line
from flows.casework.submissions import MOVES, STATES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from flows.casework.submissions import Fault
    from flows.library import Definition
    from storage.desk.submissions import Line, Submission

WORDS, LABEL = 300, 40  # characters shown of what a hospital said; of a button
LAST = 8  # lines of one submission


def states(words: Catalogue) -> dict[str, str]:
    """In the order of flows.casework.submissions.STATES."""
    return {
        "sent": words.pgettext("submission", "sent"),
        "received": words.pgettext("submission", "received"),
        "questions": words.pgettext("submission", "questions back"),
        "answered": words.pgettext("submission", "questions answered"),
        "screening": words.pgettext("submission", "accepted for screening"),
        "declined": words.pgettext("submission", "declined"),
        "taken-back": words.pgettext("submission", "taken back"),
    }


def centre(definition: Definition, id_: str) -> str:
    """Name and city; the id of one that is in the list no more."""
    known = definition.support.centre(id_)
    return f"{known.name}, {known.city}" if known else id_


def brief(words: Catalogue, definition: Definition, found: Sequence[Submission]) -> str:
    """One line of the card: each hospital with its state and the day of it."""
    if not found:
        return ""
    listed = (
        f"{words.isolate(centre(definition, one.centre))}: {states(words)[one.state]} ({values.day(words, one.lines[-1].day)})"
        for one in found
    )
    return words.gettext("Hospitals: {list}").format(list="; ".join(listed))


def log(words: Catalogue, definition: Definition, case: int, found: Sequence[Submission], names: dict[int, str]) -> Message:
    """Every submission with its lines, and a button for each that is open. `names`: of coordinators, by id."""
    if not found:
        return Message(text=plain(words.gettext("This case was sent to no hospital yet. /submit offers the hospitals.")))
    texts = [
        lines(
            bold(f"{number}. {words.isolate(centre(definition, one.centre))}"),
            plain(" ".join(one.protocols)),
            *_lines(words, definition, one, names),
        )
        for number, one in enumerate(found, start=1)
    ]
    how = words.gettext("What happened, with its day and the words of the hospital: /submission 1 questions 2026-11-20 WORDS")
    open_ = [
        (number, clip(f"{number}. {centre(definition, one.centre)}", LABEL))
        for number, one in enumerate(found, start=1)
        if MOVES[one.state]
    ]
    return Message(
        text=paragraphs(bold(words.gettext("Submissions")), *texts, plain(how)),
        rows=keys.choices(words, Verb.SUBMISSION, case, open_)[:-1],
    )


def _lines(words: Catalogue, definition: Definition, one: Submission, names: dict[int, str]) -> list[str]:
    return [
        plain(f"– {line(words, definition, each)} ({words.isolate(names.get(each.by, str(each.by)))})")
        for each in one.lines[-LAST:]
    ]


def line(words: Catalogue, definition: Definition, one: Line) -> str:
    """One thing that happened; plain."""
    reason = definition.support.reason(one.reason)
    records = [known.text.worded(words.worded) for known in definition.records if known.id in one.documents]
    went = words.gettext("with: {records}").format(records=", ".join(records)) if records else ""
    parts = [
        f"{values.day(words, one.day)}: {states(words)[one.state]}",
        reason.label.worded(words.worded) if reason else "",
        went,
        f"“{words.isolate(one_line(one.body, WORDS))}”" if one.body else "",
    ]
    return "; ".join(part for part in parts if part)


def told(words: Catalogue, name: str, where: str, what: str) -> str:
    """The line in the topic; escaped."""
    text = words.gettext("{name}: {hospital}, {what}.")
    return plain(text.format(name=words.isolate(name), hospital=words.isolate(where), what=what))


def still_at(words: Catalogue, stage: str) -> str:
    return words.gettext("The case is still at “{stage}”. /stage moves it.").format(stage=stage)


def what_happened(words: Catalogue, definition: Definition, case: int, number: int, one: Submission) -> Message:
    """The next states as buttons; today is taken for the day."""
    text = words.gettext("What happened at {hospital}? A button means today.").format(
        hospital=words.isolate(centre(definition, one.centre))
    )
    made = [(keys.joined(number, STATES.index(state)), states(words)[state]) for state in MOVES[one.state]]
    return Message(text=plain(text), rows=keys.choices(words, Verb.SUBMISSION_STATE, case, made))


def why(words: Catalogue, definition: Definition, case: int, number: int) -> Message:
    made = [(keys.joined(number, at), one.label.worded(words.worded)) for at, one in enumerate(definition.support.reasons)]
    text = words.gettext("For which reason did the hospital decline?")
    how = words.gettext("With its day and words: {command}").format(
        command=words.isolate(f"/submission {number} declined {definition.support.reasons[0].id} 2026-11-20 …")
    )
    return Message(text=lines(plain(text), plain(how)), rows=keys.choices(words, Verb.SUBMISSION_REASON, case, made))


def refused(words: Catalogue, fault: Fault) -> str:
    sentences: dict[str, str] = {
        "silent": words.gettext("This case is closed or stopped, so nothing is sent."),
        "underway": words.gettext("This hospital has the case already. /submission shows how it stands."),
        "future": words.gettext("That day has not come yet."),
        "earlier": words.gettext("That day lies before what is written down already."),
        "no-such-move": words.gettext("That cannot follow here. /submission shows what can."),
        "no-reason": words.gettext("A hospital declines for a reason: /submission 1 declined REASON"),
    }
    return sentences[fault]


def no_such(words: Catalogue) -> str:
    return words.gettext("There is no such submission. /submission shows the numbers.")


def how(words: Catalogue) -> str:
    return words.gettext(
        "Which hospital? A number of a protocol, a day and words may follow: /submit HOSPITAL NCT05679687 2026-11-20 WORDS"
    )
