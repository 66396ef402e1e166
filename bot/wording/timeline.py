"""What happened in a case, one line for each thing, in the coordinator's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.catalogues import Catalogue

KINDS = ("message", "note", "answer", "document", "stage", "submission", "task", "reminder")


def kinds(words: Catalogue) -> dict[str, str]:
    """The kinds of things, as the filter names them."""
    return {
        "message": words.pgettext("timeline", "Messages"),
        "note": words.pgettext("timeline", "Notes"),
        "answer": words.pgettext("timeline", "Answers"),
        "document": words.pgettext("timeline", "Documents"),
        "stage": words.pgettext("timeline", "Stages"),
        "submission": words.pgettext("timeline", "Submissions"),
        "task": words.pgettext("timeline", "Tasks"),
        "reminder": words.pgettext("timeline", "Reminders"),
    }


def said(words: Catalogue, direction: str) -> str:
    return {
        "in": words.pgettext("timeline", "wrote"),
        "out": words.pgettext("timeline", "to the patient’s side"),
        "note": words.pgettext("timeline", "note"),
    }[direction]


def opened(words: Catalogue) -> str:
    return words.gettext("The case was opened.")


def begun(words: Catalogue) -> str:
    return words.gettext("The questions were begun.")


def changed(words: Catalogue, question: str) -> str:
    return words.gettext("Answer changed: {question}").format(question=question)


def agreed(words: Catalogue, consent: str, *, given: bool) -> str:
    """A consent by its id."""
    names = {
        "keep": words.pgettext("consent", "keeping the answers"),
        "share": words.pgettext("consent", "sharing with hospitals"),
        "reminders": words.pgettext("consent", "reminders"),
        "contact": words.pgettext("consent", "being written to again"),
    }
    text = words.gettext("Yes to: {what}") if given else words.gettext("No to: {what}")
    return text.format(what=names.get(consent, consent))


def document(words: Catalogue, record: str, *, ours: bool) -> str:
    text = words.gettext("Document sent to the family: {record}") if ours else words.gettext("Document received: {record}")
    return text.format(record=record)


def moved(words: Catalogue, stage: str) -> str:
    return words.gettext("Moved to: {stage}").format(stage=stage)


def closed(words: Catalogue, reason: str) -> str:
    return words.gettext("Closed: {reason}").format(reason=reason) if reason else words.gettext("Closed")


def held(words: Catalogue, *, claimed: bool) -> str:
    return words.gettext("holds the case from now on") if claimed else words.gettext("let go of the case")


def reminded(words: Catalogue, what: str) -> str:
    return words.gettext("Sent: {what}").format(what=what)


def page(words: Catalogue) -> dict[str, str]:
    return {
        "timeline": words.gettext("Timeline"),
        "everything": words.gettext("Everything"),
        "older": words.gettext("Earlier"),
        "newest_first": words.gettext("The newest first."),
    }
