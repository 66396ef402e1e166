"""Telegram's HTML: its tags, its few entities, and its errors word by word (byte offsets count UTF-8)."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from bot.sandbox.markup.links import checked, mentioned
from bot.sandbox.markup.text import Entity, Formatted, Unparsable, byte_offset, in_order, units

PLAIN = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
TAGS = {*PLAIN, "a", "pre", "code", "blockquote", "tg-emoji", "tg-time"}
CHARACTER = re.compile(r"&(?:(lt|gt|amp|quot)(?![A-Za-z])|#x([0-9a-fA-F]{1,6})(?![0-9a-fA-F])|#([0-9]{1,7})(?![0-9]));?")
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']*")
NAME_TOKEN = re.compile(r"[A-Za-z0-9.\-]*")
SURROGATES = range(0xD800, 0xE000)
HALF_A_CHARACTER = (
    "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units"
)
EMOJI_ID = re.compile(r"-?[0-9]{1,19}")
END = re.compile(r"</([^\s>]*)(\s*)")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    offset: int
    begin: int


def parse(source: str) -> Formatted:
    """Raises Unparsable with Telegram's words."""
    if "<" not in source and "&" not in source:
        return Formatted(text=source)
    return _Parser(source).run()


class _Parser:
    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.text: list[str] = []
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def run(self) -> Formatted:
        while self.at < len(self.source):
            if self.source[self.at] != "<":
                self._words()
            elif self.source.startswith("</", self.at):
                self._close()
            else:
                self._begin()
        if self.open:
            raise Unparsable(f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"')
        return Formatted(text="".join(self.text), entities=in_order(self.entities))

    def _words(self) -> None:
        end = self.source.find("<", self.at)
        end = len(self.source) if end < 0 else end
        piece = decoded(self.source[self.at : end])
        self.text.append(piece)
        self.offset += units(piece)
        self.at = end

    def _begin(self) -> None:
        begin = self.at
        end = self.at + 1
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != ">":
            end += 1
        if end == len(self.source):
            raise self._error("Unclosed start tag", begin)
        tag = self.source[begin + 1 : end].lower()
        if tag not in TAGS:
            raise self._error(f'Unsupported start tag "{tag}"', begin)
        self.at = end
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._error('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_Open(tag=tag, attributes=attributes, offset=self.offset, begin=len(self.text)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._blanks()
            if self._now() == ">":
                self.at += 1
                return attributes
            name = self._match(ATTRIBUTE_NAME)
            if not name:
                raise self._error(f'Empty attribute name in the tag "{tag}"', begin)
            self._blanks()
            if self._now() != "=":
                self._unclosed(begin, tag)
                attributes[name.lower()] = ""
                continue
            self.at += 1
            self._blanks()
            self._unclosed(begin, tag)
            attributes[name.lower()] = self._value(begin)

    def _value(self, begin: int) -> str:
        quote = self._now()
        if quote not in ('"', "'"):
            start = self.at
            token = self._match(NAME_TOKEN)
            if not (self._now().isspace() or self._now() == ">"):
                raise self._error("Unexpected end of name token", start)
            return token.lower()
        end = self.source.find(quote, self.at + 1)
        if end < 0 or end + 1 == len(self.source):
            raise self._error("Unclosed start tag", begin)
        value = decoded(self.source[self.at + 1 : end])
        self.at = end + 1
        return value

    def _close(self) -> None:
        begin = self.at
        if not self.open:
            raise self._error("Unexpected end tag", begin)
        match = END.match(self.source, begin)
        name, end = (match[1].lower(), match.end()) if match else ("", begin + 2)
        if end >= len(self.source) or self.source[end] != ">":
            raise self._error("Unclosed end tag", begin)
        opened = self.open[-1]
        if name and name != opened.tag:
            words = f'Unmatched end tag at byte offset {byte_offset(self.source, begin)}, expected "</{opened.tag}>", found "</{name}>"'
            raise Unparsable(words)
        self.at = end + 1
        self.open.pop()
        if self.offset > opened.offset:
            self._finish(opened)

    def _finish(self, opened: _Open) -> None:
        place = {"offset": opened.offset, "length": self.offset - opened.offset}
        if opened.tag in ("pre", "code"):
            self._code(opened, place)
        elif (entity := _entity(opened, "".join(self.text[opened.begin :]))) is not None:
            self.entities.append(entity | place)

    def _code(self, opened: _Open, place: Entity) -> None:
        """<pre><code class="language-x"> is one entity; a language without <pre> means nothing."""
        language = opened.attributes.get("class", "").removeprefix("language-") if opened.tag == "code" else ""
        last = self.entities[-1] if self.entities else {}
        same = last.get("offset") == place["offset"] and last.get("length") == place["length"]
        if opened.tag == "pre" and same and last["type"] == "code" and last.get("language"):
            last["type"] = "pre"
            return
        for entity in self.entities:
            if entity["type"] == "code":
                entity.pop("language", None)
        self.entities.append({"type": opened.tag} | place)
        if language and any(outer.tag == "pre" for outer in self.open):
            self.entities[-1]["language"] = language

    def _now(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else "\0"

    def _blanks(self) -> None:
        while self.at < len(self.source) and self.source[self.at].isspace():
            self.at += 1

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.source, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _unclosed(self, begin: int, tag: str) -> None:
        if self.at >= len(self.source):
            raise self._error(f'Unclosed start tag "{tag}"', begin)

    def _error(self, words: str, index: int) -> Unparsable:
        return Unparsable(f"{words} at byte offset {byte_offset(self.source, index)}")


def _entity(opened: _Open, text: str) -> Entity | None:
    if opened.tag in PLAIN:
        return {"type": PLAIN[opened.tag]}
    if opened.tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in opened.attributes else "blockquote"}
    if opened.tag == "tg-emoji":
        return _emoji(opened.attributes.get("emoji-id", ""))
    if opened.tag == "tg-time":
        return _time(opened.attributes)
    return link(opened.attributes.get("href") or text)


def _emoji(number: str) -> Entity:
    if EMOJI_ID.fullmatch(number) is None or not int(number):
        raise Unparsable("Invalid custom emoji identifier specified")
    return {"type": "custom_emoji", "custom_emoji_id": number}


def _time(attributes: dict[str, str]) -> Entity | None:
    unix = attributes.get("unix", "")
    if not unix.isdecimal():
        return None
    entity: Entity = {"type": "date_time", "unix_time": int(unix)}
    if shown := attributes.get("format", ""):
        entity["date_time_format"] = shown
    return entity


def link(url: str) -> Entity | None:
    """A text_link, or a mention of a person (whose particulars the caller fills in), or nothing."""
    if number := mentioned(url):
        return {"type": "text_mention", "user": {"id": number}}
    whole = checked(url)
    return {"type": "text_link", "url": whole} if whole else None


def special(url: str) -> Entity | None:
    """What stands behind `tg://emoji?id=…` and `tg://time?unix=…&format=…`; nothing behind any other address."""
    parts = urlsplit(url)
    fields = dict(parse_qsl(parts.query))
    if parts.scheme != "tg":
        return None
    if parts.netloc == "emoji" and EMOJI_ID.fullmatch(fields.get("id", "")) and int(fields["id"]):
        return {"type": "custom_emoji", "custom_emoji_id": fields["id"]}
    return _time(fields) if parts.netloc == "time" else None


def decoded(text: str) -> str:
    """Only the entities that Telegram knows, with or without a semicolon; all others stay as they are."""
    return CHARACTER.sub(_character, text) if "&" in text else text


def _character(match: re.Match[str]) -> str:
    if match[1]:
        return NAMED[match[1]]
    code = int(match[2], 16) if match[2] else int(match[3])
    if code in SURROGATES:
        raise Unparsable(HALF_A_CHARACTER)
    return chr(code) if 0 < code < sys.maxunicode else match[0]
