"""Telegram HTML: the only place where text is escaped. Everything that a person or a form said goes through `plain`."""

from __future__ import annotations

from html import escape


def plain(text: str) -> str:
    return escape(text, quote=False)


def bold(text: str) -> str:
    return f"<b>{plain(text)}</b>" if text else ""


def quote(text: str) -> str:
    return f"<blockquote>{plain(text)}</blockquote>"


def paragraphs(*texts: str) -> str:
    """Texts that are already escaped, apart by an empty line; empty ones fall out."""
    return "\n\n".join(text for text in texts if text)


def lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)

