"""Entities that Telegram finds by itself: commands, mentions, hashtags, addresses, e-mail and phone numbers."""

from __future__ import annotations

import re

from bot.sandbox.markup.text import Entity, units

HINTS = re.compile(r"[/@#$+.:]")
BEFORE = r"(?<![\w/<>])"
PATTERNS = {
    "url": re.compile(
        r"(?<![\w@.])(?:(?:https?|tg|ton)://[^\s<>\"]+|(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|dev|example|edu|gov|info|ru|de|uk)\b(?:[/?#][^\s<>\"]*)?)",
        re.IGNORECASE,
    ),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE),
    "bot_command": re.compile(BEFORE + r"/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?(?![\w/<>])"),
    "mention": re.compile(r"(?<![\w@])@[a-zA-Z][a-zA-Z0-9_]{3,31}(?!\w)"),
    "hashtag": re.compile(r"(?<![\w#])#(?=\w*[^\W\d])\w{1,256}"),
    "cashtag": re.compile(r"(?<![\w$])\$[A-Z]{1,8}(?![\w$])"),
    "phone_number": re.compile(r"(?<![\w+])\+\d[\d ()-]{6,18}\d(?!\w)"),
}
TRAILING = ".,:;!?'\")]}»"
VERBATIM = ("pre", "code", "text_link", "text_mention")


def detected(text: str, marked: list[Entity]) -> list[Entity]:
    """All entities: those marked already, and the ones found outside of code and links."""
    if HINTS.search(text) is None:
        return marked
    taken = [_span(text, entity) for entity in marked if entity["type"] in VERBATIM]
    found: list[Entity] = []
    for kind, pattern in PATTERNS.items():
        for match in pattern.finditer(text):
            start, end = match.start(), match.start() + len(match[0].rstrip(TRAILING))
            if end > start and not any(start < stop and begin < end for begin, stop in taken):
                taken.append((start, end))
                found.append({"type": kind, "offset": units(text[:start]), "length": units(text[start:end])})
    if not found:
        return marked
    return sorted([*marked, *found], key=lambda entity: (entity["offset"], -entity["length"]))


def _span(text: str, entity: Entity) -> tuple[int, int]:
    """Offsets in Python's characters."""
    return index(text, entity["offset"]), index(text, entity["offset"] + entity["length"])


def index(text: str, offset: int) -> int:
    """The character index of a UTF-16 offset."""
    if text.isascii():
        return offset
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * offset].decode("utf-16-le", "replace"))
