"""Words about records: the checklist, one record at a time, and the end of the intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Button, Message
from bot.wording import controls, values
from bot.wording.controls import button, column, rows
from bot.wording.markup import bold, lines, paragraphs, plain
from bot.wording.talk import by_then
from flows.inputs import Control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from flows.events import DocumentReceived
    from flows.records import Record, RecordState
    from flows.staff.desk import Promise


def name(words: Catalogue, record: Record) -> str:
    return record.text.worded(words.worded)


def asked(
    words: Catalogue,
    record: Record,
    index: int,
    place: tuple[int, int],
    all_of_them: int,
    preface: str,
    *,
    state: str = "missing",
) -> Message:
    """One record: what it is, why, what it looks like.

    `index` is its place in the whole list of records, `all_of_them` how long that list is; `place`: which of how many asked for.
    """
    number, count = place
    head = words.gettext("Record {number} of {count}").format(number=number, count=count)
    why, looks = record.why.worded(words.worded), record.looks_like.worded(words.worded)
    send = words.gettext("Send it here as a photo or a file, with as many pages as it has.")
    again = plain(_again(words, state))
    large = (button(words.gettext("It is large, or on a CD"), Control.UPLOAD, index + 1),) if record.large else ()
    return Message(
        text=paragraphs(preface, plain(head), bold(name(words, record)), again, plain(why), plain(looks), plain(send)),
        rows=(
            *column(*large),
            *column(button(words.gettext("I will send it later"), Control.RECORD_LATER, index)),
            *column(button(words.gettext("I don't have it"), Control.RECORD_NONE, index)),
            *column(button(words.gettext("I will send everything later"), Control.RECORD_LATER, all_of_them)),
            *rows(button(words.gettext("All records"), Control.RECORDS), controls.ask_person(words)),
        ),
    )


def _again(words: Catalogue, state: str) -> str:
    """Why a record that has come is asked for once more."""
    if state == "unreadable":
        return words.gettext("What you sent for this could not be read. Could you send it again?")
    return words.gettext("What you sent for this is too old by now. Is there a newer one?") if state == "outdated" else ""


def received(words: Catalogue, event: DocumentReceived, record: Record | None) -> str:
    """Said only when the bytes are stored; escaped."""
    what = values.pages(words, event.attachment)
    if record is None:
        said = words.gettext("Saved: {what}.").format(what=what)
    else:
        said = words.gettext("Saved: {what}, as “{record}”.").format(what=what, record=name(words, record))
    return paragraphs(plain(said), plain(_closed(words, event)), plain(_photo(words)) if event.photo else "")


def _closed(words: Catalogue, event: DocumentReceived) -> str:
    """What does not open; kept all the same, for a person may know how."""
    if not event.unreadable:
        return ""
    if event.unreadable == event.files == 1:
        return words.gettext("But I cannot open it. Could you send it once more, as a photo or a PDF?")
    return words.ngettext(
        "But {n} file of it does not open. Could you send that one once more?",
        "But {n} files of it do not open. Could you send those once more?",
        event.unreadable,
    ).format(n=event.unreadable)


def _photo(words: Catalogue) -> str:
    return words.gettext(
        "A small hint: Telegram makes photos smaller, and small print suffers. If a page is hard to read, send it with the paper "
        "clip as “File”."
    )


def repeated(words: Catalogue, record: Record | None) -> str:
    """The same bytes came before."""
    if record is None:
        return plain(words.gettext("I have this very file already. Once is enough."))
    return plain(words.gettext("I have this very file already, as “{record}”.").format(record=name(words, record)))


def upload(words: Catalogue, url: str, days: int, preface: str) -> Message:
    """The link is a button, never text: it is a key to one family's page."""
    large = words.gettext(
        "Large files, a CD or a whole folder go through a page of ours. If the connection breaks, it goes on where it stopped."
    )
    alone = words.ngettext(
        "The link is yours alone and works for {n} day. Please do not pass it on.",
        "The link is yours alone and works for {n} days. Please do not pass it on.",
        days,
    ).format(n=days)
    return Message(
        text=paragraphs(preface, plain(large), plain(alone)),
        rows=column(
            Button(text=words.gettext("Open the page"), url=url),
            button(words.gettext("End this link"), Control.UPLOAD, 0),
        ),
        protect=True,
    )


def no_upload(words: Catalogue, preface: str) -> Message:
    """Nobody set up a page: what can be done instead, and nothing promised."""
    said = words.gettext(
        "Files larger than 20 MB cannot reach me at the moment. The written report is a good beginning: send that here. "
        "For the pictures, ask a person how to hand over the CD."
    )
    return Message(text=paragraphs(preface, plain(said)), rows=rows(controls.ask_person(words)))


def upload_ended(words: Catalogue) -> str:
    return plain(words.gettext("The link does not work any more. What came through it is kept."))


def what_is_it(words: Catalogue, records: Sequence[Record], document: int, preface: str) -> Message:
    """The checklist as buttons; `document` is the document's number in this chat."""
    made = [button(name(words, record), Control.RECORD_IS, index, document) for index, record in enumerate(records)]
    other = button(words.gettext("Something else"), Control.RECORD_IS, len(records), document)
    return Message(text=paragraphs(preface, bold(words.gettext("What is this document?"))), rows=column(*made, other))


def marked(words: Catalogue, record: Record | None, mark: str) -> str:
    if record is None:
        return plain(words.gettext("Fine. You can send your records at any time."))
    if mark == "later":
        return plain(words.gettext("Fine. You can send “{record}” at any time.").format(record=name(words, record)))
    return plain(
        words.gettext("Noted: you do not have “{record}”. The coordinator will see that.").format(record=name(words, record))
    )


def listed(words: Catalogue, states: Sequence[RecordState], *, questions_open: bool) -> Message:
    in_words = {
        "received": words.gettext("received"),
        "missing": words.gettext("still missing"),
        "later": words.gettext("you will send it later"),
        "none": words.gettext("you do not have it"),
        "unreadable": words.gettext("cannot be read, please send it again"),
        "outdated": words.gettext("too old, please send a newer one"),
    }
    rows_ = "\n".join(f"• {plain(name(words, state.record))}: {bold(in_words[state.state])}" for state in states)
    none = "" if states else plain(words.gettext("No particular records are asked for so far."))
    hint = words.gettext("You can send a photo or a file here at any time.")
    go_on = controls.go_on(words) if questions_open else None
    return Message(
        text=paragraphs(bold(words.gettext("Your records")), rows_, none, plain(hint)),
        rows=rows(go_on, controls.ask_person(words)),
    )


def _usual(words: Catalogue, days: int) -> str:
    text = words.ngettext(
        "A coordinator reads your answers and records and writes to you here, usually within {n} working day.",
        "A coordinator reads your answers and records and writes to you here, usually within {n} working days.",
        days,
    )
    return text.format(n=days)


def finished(
    words: Catalogue, number: str, missing: Sequence[Record], disclaimer: str, promise: Promise, *, shared: bool
) -> Message:
    """The end of the intake: the number, what happens next, when a human answers. `shared`: hospitals may see the case."""
    still = "\n".join(f"• {plain(name(words, record))}" for record in missing)
    text = paragraphs(
        bold(words.gettext("Your case number is {number}").format(number=words.isolate(number))),
        lines(plain(_usual(words, promise.working_days)), plain(by_then(words, promise))),
        plain(_what_next(words, shared=shared)),
        lines(plain(words.gettext("Still missing. You can send them here at any time:")), still) if still else "",
        plain(words.gettext("Write here whenever something changes or you have a question.")),
        plain(disclaimer),
    )
    documents = button(words.gettext("Records"), Control.RECORDS)
    return Message(
        text=text, rows=rows(button(words.gettext("Where things stand"), Control.STATUS), documents, controls.ask_person(words))
    )


def _what_next(words: Catalogue, *, shared: bool) -> str:
    if shared:
        return words.gettext("Then the papers are prepared for a hospital. The doctors there decide what is possible.")
    return words.gettext(
        "You have not said yes to showing the case to hospitals, so we send it to no one. You can change that with /answers."
    )


def held(words: Catalogue) -> str:
    return plain(
        words.gettext(
            "Thank you, I see your file. I may only keep it after your yes, which I ask for in a moment. Then I fetch it myself."
        )
    )


def too_large(words: Catalogue, limit: int) -> str:
    said = words.gettext("This file is larger than {limit} MB, and Telegram does not let me fetch it.")
    return plain(said.format(limit=words.isolate(str(limit // (1024 * 1024)))))


def page_later(words: Catalogue) -> str:
    """Behind `too_large`, before anything may be kept."""
    return plain(words.gettext("Once you have said yes to keeping things, there is a page for such files: /upload"))


def refused(words: Catalogue, reason: str) -> str:
    """Why a file could not be kept; unknown reasons get the general sentence."""
    sentences = {
        "empty": words.gettext("That file is empty. Could you send it again?"),
        "active": words.gettext("I cannot take this kind of file, because it can run programs. A photo or a PDF is best."),
        "too-large": words.gettext("That file is too large when it is opened. Could you send it in parts?"),
        "unsupported": words.gettext("I cannot use this kind of file. A photo, a PDF or a Word file works best."),
        "damaged": words.gettext("That file seems to be damaged and does not open. Could you send it again?"),
        "encrypted": words.gettext("That file is locked with a password. Could you send it without one?"),
        "infected": words.gettext(
            "The virus check found something in that file, so I did not keep it. A photo of the page is safe."
        ),
        "gone": words.gettext("I could not fetch that file from Telegram. Could you send it again?"),
    }
    general = words.gettext("I could not use that file. A photo, a PDF or a Word file works best. Could you send it again?")
    return plain(lines(sentences.get(reason, general)))
