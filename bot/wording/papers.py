"""Words about single documents: what the desk reads of them, and what the patient's side is told when one does not serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message, Rows
from bot.wording import values
from bot.wording.markup import bold, lines, paragraphs, plain, quote
from bot.wording.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from bot.catalogues import Catalogue

FACT = 60  # characters of what a file says of itself
WORDS = 3000  # characters of a text that are shown


def to_patient(words: Catalogue, verdict: str, record: str) -> str:
    """In the patient's language; plain, for it goes as a coordinator's words."""
    what = words.gettext("“{record}”").format(record=record) if record else words.gettext("the document that you sent")
    sentences = {
        "unreadable": words.gettext(
            "Thank you for {what}. We cannot read all of it. Could you send it again? In good light, the whole page, as a file if you can."
        ),
        "outdated": words.gettext(
            "Thank you for {what}. It is too old by now. If there is a newer one, could you send it here?"
        ),
    }
    return sentences[verdict].format(what=what)


def previewed(words: Catalogue, text: str, rows: Rows) -> Message:
    """What would be sent, before it is."""
    return Message(text=paragraphs(bold(words.gettext("The patient’s side would read:")), quote(text)), rows=rows)


def filed(words: Catalogue, name: str, record: str) -> str:
    text = words.gettext("{name}: this document is “{record}”. It counts as received.")
    return plain(text.format(name=words.isolate(name), record=record))


def judged(words: Catalogue, name: str, verdict: str, record: str) -> str:
    what = words.gettext("“{record}”").format(record=record) if record else words.gettext("a document without a name")
    sentences = {
        "unreadable": words.gettext("{name}: {what} cannot be read. It is asked for again."),
        "outdated": words.gettext("{name}: {what} is too old. A newer one is asked for."),
    }
    return plain(sentences[verdict].format(name=words.isolate(name), what=what))


def dated(words: Catalogue, name: str, day: str, record: str) -> str:
    what = words.gettext("“{record}”").format(record=record) if record else words.gettext("a document without a name")
    return plain(words.gettext("{name}: {what} is from {day}.").format(name=words.isolate(name), what=what, day=day))


def reply_to_it(words: Catalogue) -> str:
    return words.gettext("Which document? Reply to it in the topic of the case: /dated 2026-11-02")


def in_the_future(words: Catalogue) -> str:
    return words.gettext("That day is still to come.")


# ---- previews


def page(words: Catalogue, number: int, count: int, facts: Mapping[str, str], suggested: date | None) -> str:
    """Under a picture of a page: where it is, and what the file says of itself."""
    names = {
        "modality": words.gettext("Kind of study"),
        "study": words.gettext("Study"),
        "series": words.gettext("Series"),
        "body_part": words.gettext("Part of the body"),
        "maker": words.gettext("Device"),
        "images": words.gettext("Images"),
    }
    told = [plain(f"{label}: {words.isolate(one_line(facts[name], FACT))}") for name, label in names.items() if facts.get(name)]
    where = words.gettext("Page {number} of {count}").format(number=number, count=count) if count > 1 else ""
    day = words.gettext("By the file itself: {day}").format(day=values.day(words, suggested)) if suggested else ""
    return lines(bold(words.gettext("Preview, not the original")), plain(where), *told, plain(day))


def text_of(words: Catalogue, text: str) -> str:
    """The words of a document in a quote."""
    shown = text[:WORDS] + ("…" if len(text) > WORDS else "")
    return paragraphs(bold(words.gettext("Preview, not the original")), quote(shown))


def no_preview(words: Catalogue, content_type: str) -> str:
    text = words.gettext("There is no preview of this kind of file ({kind}). The original is above.")
    return plain(text.format(kind=words.isolate(one_line(content_type, FACT))))


def not_opened(words: Catalogue) -> str:
    return plain(words.gettext("This file does not open. It may be damaged, or locked with a password."))


def gone(words: Catalogue) -> str:
    return plain(words.gettext("This document is not there any more."))
