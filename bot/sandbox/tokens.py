"""Bot tokens: what may be one here, and what looks like a real one and must never come near."""

from __future__ import annotations

import re

from bot.sandbox.errors import Unable

SHAPE = re.compile(r"[1-9][0-9]{0,15}:[A-Za-z0-9_-]+")
LONGEST = 80
REAL = re.compile(r"[0-9]{8,16}:(?:[A-Za-z0-9_-]{35}|AA[A-Za-z0-9_-]{30,40})")


def well_formed(token: str) -> bool:
    return len(token) <= LONGEST and SHAPE.fullmatch(token) is not None


def looks_real(token: str) -> bool:
    """Made by BotFather, by its shape: 8 digits or more, a colon, then 35 characters (after AA, a few more or less count too)."""
    return REAL.fullmatch(token) is not None


def check(token: str) -> None:
    """Raises Unable, in words that do not repeat the token."""
    if looks_real(token):
        message = "this looks like a real bot's token; it does not belong here"
        raise Unable(message, 422)
    if not well_formed(token):
        message = "a token is digits, a colon, then letters, digits, - or _"
        raise Unable(message, 422)


def bot_id(token: str) -> int:
    return int(token.partition(":")[0])
