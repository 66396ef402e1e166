"""Telegram HTML: the only place where text is escaped. Everything that a person or a form said goes through `plain`."""

from __future__ import annotations

import re
from html import escape

RIGHT_TO_LEFT_MARK = "\u200f"
_BEGINS_ISOLATED = re.compile("^(?=[\u2067\u2068])", re.MULTILINE)


def plain(text: str) -> str:
    """Escaped. Only right-to-left texts hold isolates; where one begins a line, a mark before it keeps that line right-to-left.

    Some clients, and browsers, take a line's direction from its first letter, even from one inside an isolate.
    """
    return escape(_BEGINS_ISOLATED.sub(RIGHT_TO_LEFT_MARK, text), quote=False)


def bold(text: str) -> str:
    return f"<b>{plain(text)}</b>" if text else ""


def link(text: str, address: str) -> str:
    return f'<a href="{escape(address)}">{plain(text)}</a>'


def quote(text: str) -> str:
    return f"<blockquote>{plain(text)}</blockquote>"


def paragraphs(*texts: str) -> str:
    """Texts that are already escaped, apart by an empty line; empty ones fall out."""
    return "\n\n".join(text for text in texts if text)


def lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)
