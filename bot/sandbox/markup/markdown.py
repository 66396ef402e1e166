"""Telegram's MarkdownV2, with its errors word by word."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.markup.html import link, special
from bot.sandbox.markup.text import Entity, Formatted, Unparsable, byte_offset, in_order

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
            elif character == "\n" and not self._verbatim():
                self._line_end()
            elif self._closes():
                self._close()
            elif character in RESERVED and not (self._verbatim() and character != "`"):
                self._begin(character)
            else:
                self._put(character)
        if self._quoted():
            kind = self._quotation()
            self._add(self.open.pop(), {"type": kind})
        if self.open:
            raise self._open_still()
        return Formatted(text="".join(self.text), entities=in_order(self.entities))

    def _put(self, character: str) -> None:
        self.text.append(character)
        self.offset += 2 if character > "\uffff" else 1
        self.at += 1
        self.line_start = False

    def _verbatim(self) -> bool:
        return bool(self.open) and self.open[-1].type in VERBATIM

    def _line_end(self) -> None:
        """A quotation goes on while each line begins with `>`; its last line end belongs to it."""
        quoted = self._quoted()
        if quoted and self.source[self.at + 1 : self.at + 2] == ">":
            self._put("\n")
            self.at += 1
            return
        kind = self._quotation() if quoted else ""
        self._put("\n")
        if kind:
            self._add(self.open.pop(), {"type": kind})
        self.line_start = True

    def _quoted(self) -> bool:
        return any(opened.type == "blockquote" for opened in self.open)

    def _quotation(self) -> str:
        """What kind ends here: `||` that hides nothing makes it one that can be expanded; nothing else in it may be open."""
        hollow = self.open[-1].type == "spoiler" and self.open[-1].index == self.at - 2
        if hollow:
            self.open.pop()
        if self.open[-1].type != "blockquote":
            raise self._open_still()
        return "expandable_blockquote" if hollow else "blockquote"

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
            url = self._address() if self._now() == "(" else "".join(self.text[opened.begin :])
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
            raise Unparsable("The entity must contain a tg://emoji or tg://time URL")
        entity = special(self._address())
        if entity is None:
            raise Unparsable("Invalid tg://emoji or tg://time URL specified")
        return entity

    def _address(self) -> str:
        self.at += 1
        begin, url = self.at, ""
        while self.at < len(self.source) and self.source[self.at] != ")":
            if self.source[self.at] == "\\" and "\0" < self.source[self.at + 1 : self.at + 2] < "\x7f":
                self.at += 1
            url += self.source[self.at]
            self.at += 1
        if self._now() != ")":
            raise self._error("Can't find end of a URL", begin)
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
        language, self.at = fenced(self.source, self.at)
        return language

    def _now(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else "\0"

    def _open_still(self) -> Unparsable:
        last = self.open[-1]
        return self._error(f"Can't find end of {NAMES[last.type]} entity", last.index)

    def _error(self, words: str, index: int) -> Unparsable:
        return Unparsable(f"{words} at byte offset {byte_offset(self.source, index)}")


def fenced(source: str, at: int) -> tuple[str, int]:
    """The language named after three backticks, and where the code begins: one line end is passed over."""
    end, language = at, ""
    while end < len(source) and not source[end].isspace() and source[end] != "`":
        end += 1
    if at < end < len(source) and source[end] != "`":
        language, at = source[at:end], end
    if source[at : at + 1] in ("\r", "\n"):
        at += 2 if source[at : at + 2] in ("\r\n", "\n\r") else 1
    return language, at
