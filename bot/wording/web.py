"""The words of the desk's web pages, by the names that the templates use. In the coordinator's language; the templates escape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.catalogues import Catalogue


def texts(words: Catalogue) -> Mapping[str, str]:
    """Headings, labels and sentences of every page."""
    return _lists(words) | _case(words) | _door(words)


def _lists(words: Catalogue) -> dict[str, str]:
    return {
        "cases": words.gettext("Cases"),
        "open": words.gettext("Open"),
        "closed": words.gettext("Closed"),
        "mine": words.gettext("Mine"),
        "unclaimed": words.gettext("Not claimed"),
        "flagged": words.gettext("Red flags"),
        "number": words.gettext("Case number"),
        "search": words.gettext("Search"),
        "stage": words.gettext("Stage"),
        "urgency": words.gettext("Urgency"),
        "holder": words.gettext("Held by"),
        "language": words.gettext("Language"),
        "waiting": words.gettext("Waiting since"),
        "anybody": words.gettext("anybody"),
        "any": words.gettext("any"),
        "nobody": words.gettext("nobody yet"),
        "none": words.gettext("There is no case here."),
        "more": words.gettext("More cases"),
        "show": words.gettext("Show"),
        "case": words.gettext("Case"),
    }


def _case(words: Catalogue) -> dict[str, str]:
    return {
        "summary": words.gettext("Summary and criteria"),
        "conversation": words.gettext("Conversation and notes"),
        "documents": words.gettext("Documents"),
        "patient": words.gettext("Patient’s side"),
        "note": words.gettext("Note"),
        "file": words.gettext("File"),
        "unnamed": words.gettext("not named yet"),
        "files": words.gettext("Files"),
        "received": words.gettext("Received"),
        "nothing": words.gettext("Nothing here yet."),
        "back": words.gettext("All cases"),
        "utc": words.gettext("Times are in UTC."),
        "skip": words.gettext("Go to the content"),
    }


def _door(words: Catalogue) -> dict[str, str]:
    return {
        "desk": words.gettext("Careline desk"),
        "opening": words.gettext("Opening the desk…"),
        "closed_door": words.gettext("Open this page from the menu of the desk bot in Telegram."),
        "left": words.gettext("This page is for people on the roster of the desk. Ask an administrator."),
        "missing": words.gettext("There is no such page."),
    }
