"""A way that closes, in words: why, for the desk; whether somebody may write again, for the family. Never what it means for the patient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import controls, keys, trials, values
from bot.wording.controls import button, column, rows
from bot.wording.keys import Verb
from bot.wording.markup import bold, lines, link, paragraphs, plain
from flows.inputs import Control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from bot.messages import Button
    from flows.library import Definition
    from flows.trials.rescreening import Touched
    from storage.desk.closed_paths import ClosedPath

LISTED = 25  # cases, or protocols, of one message


@dataclass(frozen=True, kw_only=True, slots=True)
class Changed:
    """A case with a closed way that is worth another look. `count`: of protocols."""

    number: str
    address: str
    count: int


# ---- for the family


def question(words: Catalogue) -> str:
    """What is agreed to; plain."""
    return words.gettext(
        "Things can change: a new programme may open, or a new result may come. May we write to you again then?"
    )


def ask(words: Catalogue, other_way: int | None) -> Message:
    """`other_way`: the number of the page's answer about one of the other ways."""
    free = words.gettext("This is no promise, and you can change your answer at any time.")
    others = words.gettext(
        "There are also other ways, such as CAR-NK. What they would mean is something to talk about with a person."
    )
    read = button(words.gettext("What is CAR-NK?"), Control.FAQ, other_way) if other_way is not None else None
    return Message(
        text=paragraphs(plain(question(words)), plain(free), plain(others)),
        rows=(*column(_yes(words), _no(words)), *rows(read, controls.ask_person(words))),
    )


def answered(words: Catalogue, *, given: bool) -> Message:
    text = (
        words.gettext("Thank you. We may write to you again.")
        if given
        else words.gettext("All right. We will not write about this.")
    )
    return Message(text=plain(text), rows=rows(_no(words) if given else _yes(words), controls.ask_person(words)))


def _yes(words: Catalogue) -> Button:
    return button(words.gettext("Yes, you may write to me"), Control.RECONTACT, 1)


def _no(words: Catalogue) -> Button:
    return button(words.gettext("No, please do not write"), Control.RECONTACT, 0)


# ---- for the desk


def reason(words: Catalogue, definition: Definition, id_: str) -> str:
    """One that a clinic took out of its list since is shown as it was kept."""
    known = definition.support.reason(id_)
    return known.label.worded(words.worded) if known else id_


def closed(words: Catalogue, definition: Definition, case: int, name: str, id_: str) -> Message:
    text = words.gettext("{name}: this way is closed. {reason}. The family has not been told; that is a person’s to do.")
    said = text.format(name=words.isolate(name), reason=reason(words, definition, id_))
    return Message(text=plain(said), rows=(keys.ask_again(words, case),))


def log(words: Catalogue, definition: Definition, case: int, found: Sequence[ClosedPath], *, said: bool | None) -> Message:
    """Every closed way, whether the family may be written to again, and what can be done."""
    written = [f"{values.day(words, one.at.date())}: {reason(words, definition, one.reason)}" for one in found if one.by]
    how = words.gettext(
        "A way is closed? A button keeps the reason. When you have talked with the family, ask whether we may write again."
    )
    made = [(number, one.label.worded(words.worded)) for number, one in enumerate(definition.support.reasons)]
    return Message(
        text=paragraphs(
            bold(words.gettext("Closed ways")) if written else "",
            lines(*map(plain, written)),
            recontact(words, given=said),
            plain(how),
        ),
        rows=(*keys.choices(words, Verb.PATH, case, made)[:-1], keys.ask_again(words, case)),
    )


def recontact(words: Catalogue, *, given: bool | None) -> str:
    """Escaped."""
    texts = {
        True: words.gettext("The family may be written to again when something changes."),
        False: words.gettext("The family does not want to be written to about other ways."),
        None: words.gettext("The family has not been asked whether we may write again."),
    }
    return plain(texts[given])


def ask_sent(words: Catalogue, name: str) -> str:
    return plain(words.gettext("{name} asked the family whether we may write again.").format(name=words.isolate(name)))


def changed(words: Catalogue, case: int, touched: Sequence[Touched], *, closed: bool) -> Message:
    """In the topic: which protocols, and what changed. `closed`: only a new case can be talked in."""
    head = words.gettext("A closed way is worth another look")
    rest = len(touched) - LISTED
    more = words.ngettext("and {n} more", "and {n} more", rest).format(n=rest) if rest > 0 else ""
    note = words.gettext("Nobody has told the family. /protocols shows the table; a hospital decides.")
    found = lines(*(plain(_touched(words, one)) for one in touched[:LISTED]), plain(more))
    return Message(text=paragraphs(bold(head), found, plain(note)), rows=(keys.anew(words, case),) if closed else ())


def _touched(words: Catalogue, one: Touched) -> str:
    texts = {
        "new": words.gettext("{protocol}: new in the list, takes patients"),
        "takes-patients": words.gettext("{protocol}: takes patients now"),
        "fact": words.gettext("{protocol}: no longer against it: {criteria}"),
    }
    columns = trials.names(words)
    criteria = values.comma(words).join(columns.get(each, each) for each in one.gone)
    return texts[one.what].format(protocol=words.isolate(one.protocol), criteria=criteria)


def listed(words: Catalogue, found: Sequence[Changed]) -> Message:
    """In General: the cases; what changed stands in their topics."""
    shown = [
        f"{link(words.isolate(one.number), one.address) if one.address else bold(words.isolate(one.number))}: "
        + plain(words.ngettext("{n} protocol", "{n} protocols", one.count).format(n=one.count))
        for one in found[:LISTED]
    ]
    rest = len(found) - LISTED
    more = words.ngettext("and {n} more case", "and {n} more cases", rest).format(n=rest) if rest > 0 else ""
    head = words.gettext("Closed ways that are worth another look")
    return Message(text=paragraphs(bold(head), lines(*shown, plain(more))))


def no_consent(words: Catalogue) -> str:
    return words.gettext("The family has not said that it may be written to, or a case is open already.")
