"""Every word of the upload page. It is read on a phone in a corridor: short, and one thing at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.catalogues import Catalogue


def page(words: Catalogue) -> dict[str, str]:
    """By the names that the page and its script use."""
    return {
        "title": words.gettext("Send large files"),
        "lead": words.gettext("Choose files, or a whole folder or CD. If the connection breaks, it goes on where it stopped."),
        "files": words.gettext("Choose files"),
        "folder": words.gettext("Choose a folder or CD"),
        "safe": words.gettext("Everything is encrypted before it is stored. Only the team of this case can open it."),
        "preparing": words.gettext("Getting the files ready…"),
        "sending": words.gettext("On its way"),
        "progress": words.gettext("{done} of {all}"),
        "speed": words.gettext("{speed} a second"),
        "left": words.gettext("about {minutes} min left"),
        "waiting": words.gettext("No connection. It goes on by itself when the connection is back."),
        "paused": words.gettext("Paused"),
        "pause": words.gettext("Pause"),
        "resume": words.gettext("Go on"),
        "cancel": words.gettext("Take it back"),
        "cancelled": words.gettext("Taken back. Nothing of it is kept."),
        "arrived": words.gettext("It has arrived. The answer comes in the chat."),
        "failed": words.gettext("This could not be sent. Please choose it once more."),
        "too_large": words.gettext("This is more than {limit}. Please ask in the chat how to hand it over."),
        "empty": words.gettext("There is nothing in it."),
        "expired": words.gettext("This link does not work any more. Write /upload in the chat and you get a new one."),
        "unfinished": words.gettext("Not finished: {name}. Choose it again and it goes on where it stopped."),
    }


def nothing(words: Catalogue) -> str:
    """What stands behind a link that does not work, whatever the cause."""
    return words.gettext("This link does not work any more. Write /upload in the chat and you get a new one.")
