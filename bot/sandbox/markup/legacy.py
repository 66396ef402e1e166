"""Telegram's old Markdown: *bold*, _italic_, `code`, ```pre``` and [text](address); nothing nests."""

from __future__ import annotations

from bot.sandbox.markup.html import link
from bot.sandbox.markup.markdown import fenced
from bot.sandbox.markup.text import Entity, Formatted, Unparsable, byte_offset, units

TYPES = {"_": "italic", "*": "bold", "`": "code", "```": "pre"}


def parse(source: str) -> Formatted:
    """Raises Unparsable with Telegram's words."""
    text: list[str] = []
    entities: list[Entity] = []
    at = offset = 0
    while at < len(source):
        character = source[at]
        if character == "\\" and source[at + 1 : at + 2] in ("_", "*", "`", "["):
            character, at = source[at + 1], at + 1
        elif character in "_*`[":
            at, piece, entity = _entity(source, at)
            text.append(piece)
            if piece and entity is not None:
                entities.append(entity | {"offset": offset, "length": units(piece)})
            offset += units(piece)
            continue
        text.append(character)
        offset += units(character)
        at += 1
    return Formatted(text="".join(text), entities=entities)


def _entity(source: str, at: int) -> tuple[int, str, Entity | None]:
    """Where it ends, its text, and what it is."""
    mark = "```" if source.startswith("```", at) else source[at]
    closing = "]" if mark == "[" else mark
    language, begin = fenced(source, at + 3) if mark == "```" else ("", at + 1)
    end = source.find(closing, begin)
    if end < 0:
        words = f"Can't find end of the entity starting at byte offset {byte_offset(source, at)}"
        raise Unparsable(words)
    piece, after = source[begin:end], end + len(closing)
    if mark == "[":
        return _link(source, after, piece)
    return after, piece, {"type": TYPES[mark]} | ({"language": language} if language else {})


def _link(source: str, after: int, piece: str) -> tuple[int, str, Entity | None]:
    """An address that is not closed reaches to the end."""
    if not source.startswith("(", after):
        return after, piece, link(piece)
    close = source.find(")", after)
    close = len(source) if close < 0 else close
    return close + 1, piece, link(source[after + 1 : close])
