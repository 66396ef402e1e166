"""A rich message's HTML -> blocks: headings, paragraphs, lists, tables, details, quotations and marked-up text.

A fair part of Telegram's rules, not all of them: unknown tags are refused, media in HTML are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from bot.sandbox.errors import bad

INLINE = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "strike": "strikethrough",
    "tg-spoiler": "spoiler",
    "sub": "subscript",
    "sup": "superscript",
    "mark": "marked",
    "code": "code",
    "a": "url",
}
TEXTS = {"p": "paragraph", "pre": "pre", "footer": "footer", "aside": "pullquote"} | {
    f"h{size}": "heading" for size in range(1, 7)
}
HOLDERS = {"blockquote": "blockquote", "details": "details"}
LISTS = ("ul", "ol", "li")
TABLES = ("table", "tr", "td", "th", "thead", "tbody", "caption", "summary")
SINGLE = ("hr", "br", "input")
KNOWN = {*INLINE, *TEXTS, *HOLDERS, *LISTS, *TABLES, *SINGLE}
Attributes = list[tuple[str, str | None]]


@dataclass(kw_only=True, slots=True)
class _Node:
    tag: str
    attributes: dict[str, str]
    inside: list[_Node | str] = field(default_factory=list)


def parse(source: str) -> list[dict[str, Any]]:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    if len(reader.open) > 1:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{reader.open[-1].tag}\"")
    return _blocks(reader.open[0])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open = [_Node(tag="", attributes={})]

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag not in KNOWN:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}"')
        node = _Node(tag=tag, attributes={name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in SINGLE:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in SINGLE:
            return
        if len(self.open) == 1:
            raise bad("can't parse entities: Unexpected end tag")
        if self.open[-1].tag != tag:
            words = f'Unmatched end tag, expected "</{self.open[-1].tag}>", found "</{tag}>"'
            raise bad(f"can't parse entities: {words}")
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].inside.append(data)


def _blocks(node: _Node) -> list[dict[str, Any]]:
    """Loose text between blocks becomes paragraphs."""
    blocks: list[dict[str, Any]] = []
    loose: list[_Node | str] = []
    for inner in [*node.inside, None]:
        if inner is not None and (isinstance(inner, str) or inner.tag in INLINE or inner.tag == "br"):
            loose.append(inner)
            continue
        text = _text(loose)
        loose = []
        if text not in ("", " ") and str(text).strip():
            blocks.append({"type": "paragraph", "text": text})
        if isinstance(inner, _Node):
            blocks += _block(inner)
    return blocks


def _block(node: _Node) -> list[dict[str, Any]]:
    if (make := MAKERS.get(node.tag)) is not None:
        return [make(node)]
    return [_worded(node)] if node.tag in TEXTS else _blocks(node)


def _worded(node: _Node) -> dict[str, Any]:
    block: dict[str, Any] = {"type": TEXTS[node.tag], "text": _text(node.inside)}
    return block | ({"size": int(node.tag[1])} if block["type"] == "heading" else {})


def _list(node: _Node) -> dict[str, Any]:
    items = [inner for inner in node.inside if isinstance(inner, _Node) and inner.tag == "li"]
    return {"type": "list", "items": [_item(item, index, ordered=node.tag == "ol") for index, item in enumerate(items, 1)]}


def _quotation(node: _Node) -> dict[str, Any]:
    return {"type": "blockquote", "blocks": _blocks(node)}


def _divider(_node: _Node) -> dict[str, Any]:
    return {"type": "divider"}


def _item(node: _Node, index: int, *, ordered: bool) -> dict[str, Any]:
    boxes = [inner for inner in node.inside if isinstance(inner, _Node) and inner.tag == "input"]
    node.inside = [inner for inner in node.inside if inner not in boxes]
    item: dict[str, Any] = {"label": f"{index}." if ordered else "•", "blocks": _blocks(node)}
    if ordered:
        item |= {"value": index, "type": "1"}
    if boxes:
        item["has_checkbox"] = True
        if "checked" in boxes[0].attributes:
            item["is_checked"] = True
    return item


def _details(node: _Node) -> dict[str, Any]:
    summaries = [inner for inner in node.inside if isinstance(inner, _Node) and inner.tag == "summary"]
    node.inside = [inner for inner in node.inside if inner not in summaries]
    block = {"type": "details", "summary": _text(summaries[0].inside) if summaries else "", "blocks": _blocks(node)}
    return block | ({"is_open": True} if "open" in node.attributes else {})


def _table(node: _Node) -> dict[str, Any]:
    rows: list[_Node] = []
    for inner in node.inside:
        if isinstance(inner, _Node):
            rows += (
                [inner] if inner.tag == "tr" else [row for row in inner.inside if isinstance(row, _Node) and row.tag == "tr"]
            )
    cells = [[_cell(cell) for cell in row.inside if isinstance(cell, _Node)] for row in rows]
    block: dict[str, Any] = {"type": "table", "cells": cells}
    for attribute, name in (
        ("border", "is_bordered"),
        ("bordered", "is_bordered"),
        ("striped", "is_striped"),
        ("compact", "is_compact"),
    ):
        if attribute in node.attributes:
            block[name] = True
    return block


def _cell(node: _Node) -> dict[str, Any]:
    cell: dict[str, Any] = {"text": _text(node.inside), "align": node.attributes.get("align", "left"), "valign": "middle"}
    if node.tag == "th":
        cell["is_header"] = True
    for name in ("colspan", "rowspan"):
        if node.attributes.get(name, "").isdecimal():
            cell[name] = int(node.attributes[name])
    return cell


def _text(inside: list[_Node | str]) -> Any:
    """A RichText: a plain string where there is no markup."""
    pieces: list[Any] = [piece if isinstance(piece, str) else _inline(piece) for piece in inside]
    if all(isinstance(piece, str) for piece in pieces):
        return "".join(pieces).strip()
    return [piece for piece in pieces if piece != ""]


def _inline(node: _Node) -> Any:
    if node.tag == "br":
        return "\n"
    text = _text(node.inside)
    kind = INLINE.get(node.tag)
    if kind is None:
        return text
    return {"type": kind, "text": text} | ({"url": node.attributes.get("href", "")} if kind == "url" else {})


MAKERS = {
    "hr": _divider,
    "ul": _list,
    "ol": _list,
    "table": _table,
    "blockquote": _quotation,
    "details": _details,
}
