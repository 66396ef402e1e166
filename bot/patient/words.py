"""What people and their clients write, as it may be stored and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.arrivals import clean
from flows.fhir.launch import Writer
from flows.inputs import Command, Words

if TYPE_CHECKING:
    from flows.inputs import Input

TELEGRAM_ITSELF = 777000  # Telegram's own notices


def said(sent: str) -> Input:
    """Typed text: a command, or words."""
    text = clean(sent)
    if not text.startswith("/"):
        return Words(text=text)
    name, *argument = text[1:].split(maxsplit=1) or [""]
    return Command(name=name.partition("@")[0].lower(), argument="".join(argument).strip())


def writer(first_name: str, last_name: str | None) -> Writer:
    return Writer(given=clean(first_name), family=clean(last_name or ""))
