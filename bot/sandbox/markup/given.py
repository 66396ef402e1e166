"""Entities that a bot lists itself (`entities`, `caption_entities`), instead of a parse_mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup.text import Entity, in_order, units

PLAIN = (
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "blockquote",
    "expandable_blockquote",
)
NEEDED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(PLAIN, ()),
    "text_link": ("url",),
    "text_mention": ("user",),
    "custom_emoji": ("custom_emoji_id",),
    "date_time": ("unix_time",),
}
FOUND_ANYWAY = ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number")
FARTHEST = 1_000_000


def read(entities: object) -> list[Entity]:
    """Those that count; what is no list counts as none, and types that Telegram finds by itself are passed over."""
    if not isinstance(entities, list):
        return []
    for entity in entities:
        if words := _problem(entity):
            raise bad(f"Can't parse MessageEntity: {words}")
    return in_order([dict(entity) for entity in entities if entity["type"] not in FOUND_ANYWAY])


def _problem(entity: Any) -> str:
    if not isinstance(entity, dict):
        return "expected an Object"
    for name in ("offset", "length", "type"):
        if name not in entity:
            return f'Can\'t find field "{name}"'
    for name in ("offset", "length"):
        if not isinstance(entity[name], int) or isinstance(entity[name], bool):
            return f'Field "{name}" must be a Number'
    kind = entity["type"]
    if not isinstance(kind, str) or (kind not in NEEDED and kind not in FOUND_ANYWAY):
        return "Unsupported type specified"
    missing = next((name for name in NEEDED.get(kind, ()) if entity.get(name) is None), "")
    return f'Can\'t find field "{missing}"' if missing else ""


def placed(entities: list[Entity], text: str) -> list[Entity]:
    """Without empty ones; refused when one begins or ends inside of a character, or beyond the text."""
    for entity in entities:
        for name in ("offset", "length"):
            if not 0 <= entity[name] <= FARTHEST:
                raise bad(f"receive an entity with incorrect {name} {entity[name]}")
    kept = [entity for entity in entities if entity["length"]]
    if kept:
        bounds, length = _bounds(text), units(text)
        for entity in kept:
            _check(entity, bounds, length)
    return kept


def _bounds(text: str) -> dict[int, int]:
    """UTF-16 offsets at which a character begins (and the text ends) -> byte offsets."""
    bounds, offset, byte = {}, 0, 0
    for character in text:
        bounds[offset] = byte
        offset += 2 if character > "\uffff" else 1
        byte += len(character.encode("utf-8", "replace"))
    bounds[offset] = byte
    return bounds


def _check(entity: Entity, bounds: dict[int, int], length: int) -> None:
    start, stop = entity["offset"], entity["offset"] + entity["length"]
    if start > length:
        raise bad(f"entity begins after the end of the text at UTF-16 offset {start}")
    if start not in bounds:
        raise bad(f"entity begins in a middle of a UTF-16 symbol at byte offset {bounds[start + 1]}")
    if stop > length:
        raise bad(f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {stop}")
    if stop not in bounds:
        raise bad(
            f"entity beginning at UTF-16 offset {start} ends in a middle of a UTF-16 symbol at byte offset {bounds[stop + 1]}"
        )
