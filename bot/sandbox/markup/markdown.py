"""Telegram's MarkdownV2, with its errors word by word."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.markup.html import link
from bot.sandbox.markup.text import Entity, Formatted, Unparsable, byte_offset, in_order, units

RESERVED = "_*[]()~`>#+-=|{}.!"
NAMES = {  # as Telegram's errors call them
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
MARKS = {"*": "bold", "~": "strikethrough"}
CLOSING = {
    "bold": "*",
    "italic": "_",
    "underline": "__",
    "strikethrough": "~",
    "spoiler": "||",
    "code": "`",
    "pre": "```",
    "text_link": "]",
    "custom_emoji": "]",
}
VERBATIM = ("code", "pre")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Open:
    type: str
    offset: int
    begin: int
    index: int
    language: str = ""


def parse(source: str) -> Formatted:
    """Raises Unparsable with Telegram's words."""
    return _Parser(source).run()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []
        self.line_start = True

    def run(self) -> Formatted:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "\\" and "\0" < self.source[self.at + 1 : self.at + 2] < "\x7f":
                self.at += 1
                self._put(self.source[self.at])
            elif character == "\n":
                self._line_end()
            elif self._closes():
                self._close()
            elif character in RESERVED and not (self.open and self.open[-1].type in VERBATIM and character != "`"):
                self._begin(character)
            else:
                self._put(character)
        self._quote_end()
        if self.open:
            last = self.open[-1]
            raise self._error(f"Can't find end of {NAMES[last.type]} entity", last.index)
        return Formatted(text="".join(self.text), entities=in_order(self.entities))

    def _put(self, character: str) -> None:
        self.text.append(character)
        self.offset += 2 if character > "\uffff" else 1
        self.at += 1
        self.line_start = False

    def _line_end(self) -> None:
        """A quotation goes on while each line begins with `>`."""
        quoted = bool(self.open) and self.open[-1].type == "blockquote"
        if quoted and self.source[self.at + 1 : self.at + 2] == ">":
            self._put("\n")
            self.at += 1
            return
        if quoted:
            self._quote_end()
        self._put("\n")
        self.line_start = True

    def _quote_end(self) -> None:
        if self.open and self.open[-1].type == "blockquote":
            opened = self.open.pop()
            expandable = "".join(self.text[-2:]) == "||"
            self._add(opened, {"type": "expandable_blockquote" if expandable else "blockquote"})

    def _closes(self) -> bool:
        if not self.open or self.open[-1].type == "blockquote":
            return False
        kind = self.open[-1].type
        if kind == "italic" and self.source.startswith("__", self.at):
            return False
        return self.source.startswith(CLOSING[kind], self.at)

    def _close(self) -> None:
        opened = self.open.pop()
        self.at += len(CLOSING[opened.type])
        entity: Entity | None = {"type": opened.type}
        if opened.type == "text_link":
            url = self._address("Can't find end of a URL") if self._now() == "(" else "".join(self.text[opened.begin :])
            entity = link(url)
        elif opened.type == "custom_emoji":
            entity = self._emoji()
        elif opened.language:
            entity = {"type": "pre", "language": opened.language}
        if entity is not None:
            self._add(opened, entity)
        self.line_start = False

    def _add(self, opened: _Open, entity: Entity) -> None:
        if self.offset > opened.offset:
            self.entities.append(entity | {"offset": opened.offset, "length": self.offset - opened.offset})

    def _emoji(self) -> Entity:
        if self._now() != "(":
            message = "Custom emoji entity must contain a tg://emoji URL"
            raise Unparsable(message)
        url = self._address("Can't find end of a custom emoji URL")
        if url.startswith("tg://time?"):
            unix = url.partition("unix=")[2].partition("&")[0]
            return {"type": "date_time", "unix_time": int(unix) if unix.isdecimal() else 0}
        return {"type": "custom_emoji", "custom_emoji_id": url.rpartition("id=")[2]}

    def _address(self, error: str) -> str:
        self.at += 1
        begin, url = self.at, ""
        while self.at < len(self.source) and self.source[self.at] != ")":
            if self.source[self.at] == "\\" and "\0" < self.source[self.at + 1 : self.at + 2] < "\x7f":
                self.at += 1
            url += self.source[self.at]
            self.at += 1
        if self._now() != ")":
            raise self._error(error, begin)
        self.at += 1
        return url

    def _begin(self, character: str) -> None:
        index = self.at
        kind, width = self._mark(character)
        if not kind:
            raise Unparsable(f"Character '{character}' is reserved and must be escaped with the preceding '\\'")
        self.at += width
        language = self._language() if kind == "pre" else ""
        self.open.append(_Open(type=kind, offset=self.offset, begin=len(self.text), index=index, language=language))

    def _mark(self, character: str) -> tuple[str, int]:
        pair = self.source[self.at : self.at + 2]
        if character == "_":
            return ("underline", 2) if pair == "__" else ("italic", 1)
        if character == "`":
            return ("pre", 3) if self.source.startswith("```", self.at) else ("code", 1)
        if pair in ("||", "!["):
            return ("spoiler" if pair == "||" else "custom_emoji"), 2
        if character == "[":
            return "text_link", 1
        if character == ">" and self.line_start:
            return "blockquote", 1
        return MARKS.get(character, ""), 1

    def _language(self) -> str:
        end = self.at
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        language = ""
        if self.at < end < len(self.source) and self.source[end] != "`":
            language, self.at = self.source[self.at : end], end
        if self._now() in "\r\n":
            self.at += 2 if self.source[self.at : self.at + 2] in ("\r\n", "\n\r") else 1
        return language

    def _now(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else "\0"

    def _error(self, words: str, index: int) -> Unparsable:
        return Unparsable(f"{words} at byte offset {byte_offset(self.source, index)}")


def parse_legacy(source: str) -> Formatted:
    """The old Markdown: *bold*, _italic_, `code`, ```pre``` and [text](address); nothing nests."""
    text: list[str] = []
    entities: list[Entity] = []
    at = offset = 0
    while at < len(source):
        character = source[at]
        if character == "\\" and source[at + 1 : at + 2] in ("_", "*", "`", "["):
            character, at = source[at + 1], at + 1
        elif character in "_*`[":
            at, piece, entity = _legacy_entity(source, at)
            text.append(piece)
            if piece and entity is not None:
                entities.append(entity | {"offset": offset, "length": units(piece)})
            offset += units(piece)
            continue
        text.append(character)
        offset += units(character)
        at += 1
    return Formatted(text="".join(text), entities=entities)


def _legacy_entity(source: str, at: int) -> tuple[int, str, Entity | None]:
    """Where it ends, its text, and what it is."""
    mark = "```" if source.startswith("```", at) else source[at]
    closing = "]" if mark == "[" else mark
    end = source.find(closing, at + len(mark))
    if end < 0:
        words = f"Can't find end of the entity starting at byte offset {byte_offset(source, at)}"
        raise Unparsable(words)
    piece, after = source[at + len(mark) : end], end + len(closing)
    if mark != "[":
        return after, piece, {"type": {"_": "italic", "*": "bold", "`": "code", "```": "pre"}[mark]}
    close = source.find(")", after) if source.startswith("(", after) else -1
    if close < 0:
        return after, piece, link(piece)
    return close + 1, piece, link(source[after + 1 : close])
