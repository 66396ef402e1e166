"""Formatted text: a text and its entities, with offsets in UTF-16 code units as Telegram counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Entity = dict[str, Any]
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
    text: str
    entities: list[Entity] = field(default_factory=list)


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


def trimmed(formatted: Formatted) -> Formatted:
    """Without white space at both ends; entities are moved and cut with it, empty ones vanish."""
    text = formatted.text
    body = text.rstrip()
    lead = len(body) - len(body.lstrip())
    starts = [entity["offset"] for entity in formatted.entities if entity["type"] not in ("bot_command", "url")]
    lead = min([lead, *starts])
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
