"""The copy of everything that is kept, sent to the person whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording.controls import button, column
from bot.wording.markup import bold, paragraphs, plain
from flows.inputs import Control

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.messages import Button


def offer(words: Catalogue) -> Button:
    return button(words.gettext("Send me a copy"), Control.COPY, 0)


def asked(words: Catalogue) -> Message:
    """Before it is sent: a phone may be in other hands."""
    text = paragraphs(
        bold(words.gettext("Send a copy of everything?")),
        plain(words.gettext("Your answers, messages and files come into this chat. Whoever holds this phone can read them.")),
    )
    yes = button(words.gettext("Yes, send it here"), Control.COPY, 1)
    return Message(text=text, rows=column(yes, button(words.gettext("No, not now"), Control.CONTINUE)))


def comes(words: Catalogue, *, files: int, larger: int) -> Message:
    """`larger`: how many files Telegram does not carry for a bot."""
    first = words.gettext("Here is what we keep of you: one file with your answers and messages.")
    own = words.ngettext("Then comes {n} file that you sent.", "Then come {n} files that you sent.", files).format(n=files)
    left = words.ngettext(
        "{n} file is too large to send here. Ask the coordinator for it.",
        "{n} files are too large to send here. Ask the coordinator for them.",
        larger,
    ).format(n=larger)
    return Message(text=paragraphs(plain(first), plain(own) if files else "", plain(left) if larger else ""))
