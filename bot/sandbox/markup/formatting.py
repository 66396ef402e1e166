"""parse_mode and entities of a request -> formatted text, checked for emptiness and length.

As Telegram does it in two strides: what the Bot API server refuses by itself (`read…`) comes before it looks for the chat, what
Telegram refuses (`…_in`) after that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.errors import bad
from bot.sandbox.markup import given, html, legacy, markdown
from bot.sandbox.markup.detection import detected
from bot.sandbox.markup.text import Entity, Formatted, Unparsable, blank, cleaned, trimmed

MAX_BYTES = 32768  # of the source, before parsing
MAX_TEXT = 4096  # characters, after parsing
MAX_CAPTION = 1024
MAX_ENTITIES = 100  # Telegram keeps so many and drops the rest
MODES: dict[str, Callable[[str], Formatted]] = {
    "html": html.parse,
    "markdownv2": markdown.parse,
    "markdown": legacy.parse,
}
Mention = Callable[[int], dict[str, Any] | None]


def read_text(params: Mapping[str, Any]) -> Formatted:
    """The text of a message, parsed."""
    if not (source := params.get("text", "")):
        raise bad("Message text is empty")
    return read(source, params.get("parse_mode", ""), params.get("entities"))


def read_caption(params: Mapping[str, Any]) -> Formatted:
    return read(params.get("caption", ""), params.get("parse_mode", ""), params.get("caption_entities"))


def text_in(formatted: Formatted, mention: Mention) -> Formatted:
    """The text as Telegram stores it; refused when there is nothing in it, or too much."""
    finished = finish(formatted, mention)
    if blank(finished.text):
        raise bad("text must be non-empty")
    if len(finished.text) > MAX_TEXT:
        raise bad("message is too long")
    return finished


def caption_in(formatted: Formatted, mention: Mention) -> Formatted:
    """The caption as Telegram stores it; one with nothing in it is none."""
    finished = finish(formatted, mention)
    if blank(finished.text):
        return Formatted(text="")
    if len(finished.text) > MAX_CAPTION:
        raise bad("message caption is too long")
    return finished


def parsed(source: str, mode: str, entities: object, mention: Mention) -> Formatted:
    """Both strides at once."""
    return finish(read(source, mode, entities), mention)


def read(source: object, mode: object, entities: object) -> Formatted:
    """Parsed as the mode says, or with the entities beside it."""
    source = source if isinstance(source, str) else ""
    if len(source) * 4 > MAX_BYTES and len(source.encode("utf-8", "replace")) > MAX_BYTES:
        raise bad("Text is too long")
    mode = mode.lower() if isinstance(mode, str) else ""
    if not source or mode in ("", "none"):
        return Formatted(text=source, entities=given.read(entities), listed=bool(entities))
    if (parse := MODES.get(mode)) is None:
        raise bad("Unsupported parse_mode")
    try:
        return parse(source)
    except Unparsable as error:
        raise bad(f"Can't parse entities: {error}") from error


def finish(formatted: Formatted, mention: Mention) -> Formatted:
    """Cleaned, trimmed, and with the entities that Telegram finds by itself."""
    entities = given.placed(formatted.entities, formatted.text) if formatted.listed else formatted.entities
    tidy = trimmed(cleaned(Formatted(text=formatted.text, entities=entities)))
    return Formatted(text=tidy.text, entities=detected(tidy.text, _mentions(tidy.entities, mention))[:MAX_ENTITIES])


def _mentions(entities: list[Entity], mention: Mention) -> list[Entity]:
    """A mention of a person whom the bot cannot know is no mention."""
    if not any(entity["type"] == "text_mention" for entity in entities):
        return entities
    known = []
    for entity in entities:
        if entity["type"] != "text_mention":
            known.append(entity)
        elif (user := mention(_person(entity["user"]))) is not None:
            known.append(entity | {"user": user})
    return known


def _person(user: object) -> int:
    number = user.get("id") if isinstance(user, dict) else 0
    return number if isinstance(number, int) else 0
