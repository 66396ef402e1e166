"""Words about records: the checklist, one record at a time, and the end of the intake."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import controls, values
from bot.wording.controls import button, column, rows
from bot.wording.markup import bold, lines, paragraphs, plain
from flows.inputs import Control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from flows.inputs import Attachment
    from flows.records import Record, RecordState


def name(words: Catalogue, record: Record) -> str:
    return record.text.worded(words.worded)


def asked(words: Catalogue, record: Record, index: int, place: tuple[int, int], all_of_them: int, preface: str) -> Message:
    """One record: what it is, why, what it looks like.

    `index` is its place in the whole list of records, `all_of_them` how long that list is; `place`: which of how many asked for.
    """
    number, count = place
    head = words.gettext("Record {number} of {count}").format(number=number, count=count)
    why, looks = record.why.worded(words.worded), record.looks_like.worded(words.worded)
    send = words.gettext("Send it here as a photo or a file. A file keeps more detail than a photo.")
    return Message(
        text=paragraphs(preface, plain(head), bold(name(words, record)), plain(why), plain(looks), plain(send)),
        rows=(
            *column(button(words.gettext("I will send it later"), Control.RECORD_LATER, index)),
            *column(button(words.gettext("I don't have it"), Control.RECORD_NONE, index)),
            *column(button(words.gettext("I will send everything later"), Control.RECORD_LATER, all_of_them)),
            *rows(button(words.gettext("All records"), Control.RECORDS), controls.ask_person(words)),
        ),
    )


def received(words: Catalogue, attachment: Attachment, record: Record | None) -> str:
    """Said only when the bytes are stored; escaped."""
    what = values.pages(words, attachment)
    if record is None:
        return plain(words.gettext("Saved: {what}.").format(what=what))
    return plain(words.gettext("Saved: {what}, as “{record}”.").format(what=what, record=name(words, record)))


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
    }
    rows_ = "\n".join(f"• {plain(name(words, state.record))}: {bold(in_words[state.state])}" for state in states)
    hint = words.gettext("You can send a photo or a file here at any time.")
    go_on = controls.go_on(words) if questions_open else None
    return Message(
        text=paragraphs(bold(words.gettext("Your records")), rows_, plain(hint)), rows=rows(go_on, controls.ask_person(words))
    )


def finished(words: Catalogue, number: str, missing: Sequence[Record], disclaimer: str) -> Message:
    """The end of the intake: the number, what happens next, when a human answers."""
    still = "\n".join(f"• {plain(name(words, record))}" for record in missing)
    text = paragraphs(
        bold(words.gettext("Your case number is {number}").format(number=words.isolate(number))),
        plain(
            words.gettext(
                "A coordinator reads your answers and records and writes to you here, usually within one working day."
            )
        ),
        plain(words.gettext("Then the papers are prepared for a hospital. The doctors there decide what is possible.")),
        lines(plain(words.gettext("Still missing. You can send them here at any time:")), still) if still else "",
        plain(words.gettext("Write here whenever something changes or you have a question.")),
        plain(disclaimer),
    )
    documents = button(words.gettext("Records"), Control.RECORDS)
    return Message(
        text=text, rows=rows(button(words.gettext("Where things stand"), Control.STATUS), documents, controls.ask_person(words))
    )


def held(words: Catalogue) -> str:
    return plain(
        words.gettext(
            "Thank you, I see your file. I may only keep it after your yes, which I ask for in a moment. Then I fetch it myself."
        )
    )


def too_large(words: Catalogue, limit: int) -> str:
    said = words.gettext(
        "This file is larger than {limit} MB, and Telegram does not let me fetch it. "
        "You can send it in parts, or as a smaller PDF, or ask a person how to send it."
    )
    return plain(said.format(limit=words.isolate(str(limit // (1024 * 1024)))))


def refused(words: Catalogue, reason: str) -> str:
    """Why a file could not be kept; unknown reasons get the general sentence."""
    sentences = {
        "empty": words.gettext("That file is empty. Could you send it again?"),
        "active": words.gettext("I cannot take this kind of file, because it can run programs. A photo or a PDF is best."),
        "too-large": words.gettext("That file is too large when it is opened. Could you send it in parts?"),
        "unsupported": words.gettext("I cannot use this kind of file. A photo, a PDF or a Word file works best."),
        "damaged": words.gettext("That file seems to be damaged and does not open. Could you send it again?"),
        "encrypted": words.gettext("That file is locked with a password. Could you send it without one?"),
        "gone": words.gettext("I could not fetch that file from Telegram. Could you send it again?"),
    }
    general = words.gettext("I could not use that file. A photo, a PDF or a Word file works best. Could you send it again?")
    return plain(lines(sentences.get(reason, general)))
