"""Formatted text: a text and its entities, with offsets in UTF-16 code units as Telegram counts."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]
SPACES = " \n"  # what is trimmed; all other white space stays
CONTROL = re.compile("[\0-\x09\x0b\x0c\x0e-\x1f]")
DROPPED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
BLANK = re.compile("[ \n\u00a0\u1680\u180e\u2000-\u200f\u202e\u202f\u205f\u2800\u3000\ufeff\ufffc\U000e0000-\U000e007f]*")
NESTING = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "bold": 1,
    "italic": 2,
    "underline": 3,
    "strikethrough": 4,
    "spoiler": 5,
    "text_link": 6,
    "text_mention": 6,
    "custom_emoji": 7,
    "date_time": 7,
    "pre": 8,
    "code": 9,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Formatted:
    """`listed`: the entities are the bot's own, not compared with the text yet."""

    text: str
    entities: list[Entity] = field(default_factory=list)
    listed: bool = False


class Unparsable(ValueError):
    """Words of Telegram's own, to be put after "can't parse entities: "."""


def units(text: str) -> int:
    """Length in UTF-16 code units."""
    if text.isascii():
        return len(text)
    return len(text) + sum(character > "\uffff" for character in text)


def byte_offset(text: str, index: int) -> int:
    return len(text[:index].encode("utf-8", "replace"))


def in_order(entities: list[Entity]) -> list[Entity]:
    """Outer entities first, as Telegram sorts them."""
    return sorted(entities, key=lambda e: (e["offset"], -e["length"], NESTING.get(e["type"], 10)))


def blank(text: str) -> bool:
    """Whether Telegram sees nothing in it: spaces of all kinds, joiners, direction marks."""
    return BLANK.fullmatch(text) is not None


def cleaned(formatted: Formatted) -> Formatted:
    """Control characters become spaces; carriage returns, embedded directions and combining lines go (isolates stay)."""
    text = CONTROL.sub(" ", formatted.text)
    if DROPPED.search(text) is None:
        return Formatted(text=text, entities=formatted.entities)
    gone = _places(text)

    def moved(offset: int) -> int:
        return offset - bisect_left(gone, offset)

    entities = []
    for entity in formatted.entities:
        start, stop = moved(entity["offset"]), moved(entity["offset"] + entity["length"])
        if stop > start:
            entities.append(entity | {"offset": start, "length": stop - start})
    return Formatted(text=DROPPED.sub("", text), entities=entities)


def _places(text: str) -> list[int]:
    """Where, in UTF-16 code units, the characters stand that will go; each is one unit wide."""
    places, offset, done = [], 0, 0
    for match in DROPPED.finditer(text):
        offset += units(text[done : match.start()])
        places.append(offset)
        offset, done = offset + 1, match.end()
    return places


def trimmed(formatted: Formatted) -> Formatted:
    """Without spaces and empty lines at both ends; entities are moved and cut with it, empty ones vanish."""
    text = formatted.text
    body = text.rstrip(SPACES)
    lead = len(body) - len(body.lstrip(SPACES))
    lead = min([lead, *(entity["offset"] for entity in formatted.entities)])
    body = body[lead:]
    if body == text:
        return formatted
    end, shift = units(body), lead
    entities = []
    for entity in formatted.entities:
        start = max(entity["offset"] - shift, 0)
        stop = min(entity["offset"] + entity["length"] - shift, end)
        if stop > start:
            entities.append(entity | {"offset": start, "length": stop - start})
    return Formatted(text=body, entities=entities)
