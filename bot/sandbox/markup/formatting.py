"""parse_mode and entities of a request -> formatted text, checked for emptiness and length."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox import schema
from bot.sandbox.errors import bad
from bot.sandbox.markup import html, markdown
from bot.sandbox.markup.detection import detected
from bot.sandbox.markup.text import Entity, Formatted, Unparsable, in_order, trimmed, units

MAX_TEXT = 4096  # characters, after parsing
MAX_CAPTION = 1024
MAX_ENTITIES = 100  # Telegram keeps so many and drops the rest
MODES: dict[str, Callable[[str], Formatted]] = {
    "html": html.parse,
    "markdownv2": markdown.parse,
    "markdown": markdown.parse_legacy,
}
Mention = Callable[[int], dict[str, Any] | None]


def text_of(params: Mapping[str, Any], mention: Mention) -> Formatted:
    """The text of a message; raises Refusal with Telegram's words when it is empty or too long."""
    source = params.get("text", "")
    if not source:
        raise bad("message text is empty")
    formatted = parsed(source, params.get("parse_mode", ""), params.get("entities"), mention)
    if not formatted.text.strip():
        raise bad("text must be non-empty")
    if len(formatted.text) > MAX_TEXT:
        raise bad("message is too long")
    return formatted


def caption_of(params: Mapping[str, Any], mention: Mention) -> Formatted:
    formatted = parsed(params.get("caption", ""), params.get("parse_mode", ""), params.get("caption_entities"), mention)
    if len(formatted.text) > MAX_CAPTION:
        raise bad("message caption is too long")
    return formatted


def parsed(source: str, mode: str, entities: object, mention: Mention) -> Formatted:
    """Parsed, trimmed, and with the entities that Telegram finds by itself."""
    source = source.replace("\r", "").replace("\0", "")
    if mode and (parse := MODES.get(mode.lower())) is None:
        raise bad("unsupported parse_mode")
    if mode and parse is not None:
        formatted = _parsed(parse, source)
    else:
        formatted = Formatted(text=source, entities=_given(entities, source))
    formatted = trimmed(formatted)
    found = detected(formatted.text, _mentions(formatted.entities, mention))[:MAX_ENTITIES]
    return Formatted(text=formatted.text, entities=found)


def _parsed(parse: Callable[[str], Formatted], source: str) -> Formatted:
    try:
        return parse(source)
    except Unparsable as error:
        raise bad(f"can't parse entities: {error}") from error


def _given(entities: object, text: str) -> list[Entity]:
    """Entities as the bot listed them; those beyond the text are refused, as unknown types are."""
    if not entities:
        return []
    if not isinstance(entities, list):
        raise bad("can't parse entities JSON object")
    length = units(text)
    for entity in entities:
        if words := schema.problem("MessageEntity", entity, "MessageEntity"):
            raise bad(f"can't parse MessageEntity: {words}")
    kept = [entity for entity in entities if 0 <= entity["offset"] < entity["offset"] + entity["length"] <= length]
    return in_order([dict(entity) for entity in kept])


def _mentions(entities: list[Entity], mention: Mention) -> list[Entity]:
    """A mention of a person whom the bot cannot know is no mention."""
    if not any(entity["type"] == "text_mention" for entity in entities):
        return entities
    known = []
    for entity in entities:
        if entity["type"] != "text_mention":
            known.append(entity)
        elif (user := mention(entity["user"]["id"])) is not None:
            known.append(entity | {"user": user})
    return known
