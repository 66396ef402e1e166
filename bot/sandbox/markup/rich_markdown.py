"""A rich message's Markdown -> blocks: headings, lists, tables, quotations, code and paragraphs with bold, italic and links."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

INLINE = re.compile(
    r"\*\*(?P<bold>.+?)\*\*|__(?P<underline>.+?)__|\*(?P<italic>.+?)\*|_(?P<italic2>.+?)_|`(?P<code>.+?)`|~~(?P<strikethrough>.+?)~~|\[(?P<label>.+?)\]\((?P<url>[^)]+)\)"
)
ITEM = re.compile(r"\s*(?:[-*+]|(?P<number>\d+)[.)])\s+(?:\[(?P<box>[ xX])\]\s+)?(?P<text>.*)")
HEADING = re.compile(r"(#{1,6})\s+(.*)")
Block = dict[str, Any]


def parse(source: str) -> list[Block]:
    """Every second fence of ``` ends a piece of code."""
    blocks: list[Block] = []
    for index, piece in enumerate(re.split(r"^```.*\n?", source, flags=re.MULTILINE)):
        if index % 2:
            blocks.append({"type": "pre", "text": piece.rstrip("\n")})
            continue
        for kind, lines in groupby(piece.splitlines(), _kind):
            blocks += _made(kind, list(lines))
    return blocks


def _kind(line: str) -> str:
    if not line.strip():
        return "blank"
    if HEADING.fullmatch(line):
        return "heading"
    if line.strip() in ("---", "***"):
        return "divider"
    if ITEM.fullmatch(line):
        return "list"
    return {"|": "table", ">": "quote"}.get(line.lstrip()[0], "paragraph")


def _made(kind: str, lines: list[str]) -> list[Block]:
    return MAKERS[kind](lines) if kind in MAKERS else []


def _headings(lines: list[str]) -> list[Block]:
    matches = filter(None, map(HEADING.fullmatch, lines))
    return [{"type": "heading", "text": rich(match[2]), "size": len(match[1])} for match in matches]


def _dividers(_lines: list[str]) -> list[Block]:
    return [{"type": "divider"}]


def _list(lines: list[str]) -> list[Block]:
    return [{"type": "list", "items": [_item(line, index) for index, line in enumerate(lines, 1)]}]


def _quotation(lines: list[str]) -> list[Block]:
    inner = "\n".join(line.lstrip().removeprefix(">").strip() for line in lines)
    return [{"type": "blockquote", "blocks": [{"type": "paragraph", "text": rich(inner)}]}]


def _paragraph(lines: list[str]) -> list[Block]:
    return [{"type": "paragraph", "text": rich("\n".join(lines))}]


def _item(line: str, index: int) -> Block:
    match = ITEM.fullmatch(line)
    number, box, text = (match["number"], match["box"], match["text"]) if match else (None, None, line)
    item: Block = {"label": f"{number}." if number else "•", "blocks": [{"type": "paragraph", "text": rich(text)}]}
    if number:
        item |= {"value": index, "type": "1"}
    if box is not None:
        item |= {"has_checkbox": True} | ({"is_checked": True} if box in "xX" else {})
    return item


def _table(lines: list[str]) -> list[Block]:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    ruled = len(rows) > 1 and all(set(cell) <= set(":- ") for cell in rows[1])
    cells = []
    for number, row in enumerate(rows):
        if ruled and number == 1:
            continue
        header = {"is_header": True} if ruled and number == 0 else {}
        cells.append([{"text": rich(cell), "align": "left", "valign": "middle"} | header for cell in row])
    return [{"type": "table", "cells": cells}]


def rich(text: str) -> Any:
    """A RichText: a plain string where there is no markup."""
    pieces: list[Any] = []
    at = 0
    for match in INLINE.finditer(text):
        pieces += [text[at : match.start()], _marked(match)]
        at = match.end()
    pieces = [piece for piece in [*pieces, text[at:]] if piece]
    return text if at == 0 else pieces


def _marked(match: re.Match[str]) -> Block:
    if match["label"]:
        return {"type": "url", "text": match["label"], "url": match["url"]}
    kind = str(match.lastgroup)
    return {"type": kind.removesuffix("2"), "text": match[kind]}


MAKERS = {
    "heading": _headings,
    "divider": _dividers,
    "list": _list,
    "table": _table,
    "quote": _quotation,
    "paragraph": _paragraph,
}
