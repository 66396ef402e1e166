"""What a stranger wrote, made safe to look at: nothing in it can hide, reorder its surroundings or pass for our own words."""

from __future__ import annotations

import re

from bot.wording.markup import quote

PIECE = 3500  # characters of escaped text in one message: Telegram allows 4096, the heading needs the rest

# Controls, directional overrides, embeddings and isolates, joiners that join nothing, annotation marks, lone surrogates,
# supplementary variation selectors and tag characters. ZWJ, ZWNJ and the plain direction marks stay: real scripts need them.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e01ef]"
)
_LINES = re.compile(r"\n{3,}")


def visible(text: str) -> tuple[str, int]:
    """The text without its hidden characters, and how many there were. Line ends are kept, at most one empty line in a row."""
    unix = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    shown, hidden = _HIDDEN.subn("", unix)
    return _LINES.sub("\n\n", shown).strip(), hidden


def one_line(text: str, limit: int) -> str:
    """For a place inside a line of ours: no line breaks, clipped after a word if one ends in the last part, plain (the caller escapes)."""
    shown = " ".join(visible(text)[0].split())
    if len(shown) <= limit:
        return shown
    end = shown.rfind(" ", limit // 2, limit)
    return _closed(shown[: end if end > 0 else limit - 1]) + "…"


def _closed(cut: str) -> str:
    """Without a bracket that was opened and not closed: alone it turns over in a right-to-left line."""
    opened = cut.rfind("(")
    return cut[:opened].rstrip() if opened > cut.rfind(")") and opened > 0 else cut


def quoted(text: str) -> list[str]:
    """The text in quoted blocks that each fit one message; escaped. No text at all is no block."""
    pieces, rest = [], visible(text)[0]
    while rest:
        cut = _cut(rest)
        pieces.append(quote(rest[:cut].strip()))
        rest = rest[cut:].lstrip()
    return pieces


def _cut(text: str) -> int:
    """Where the first block ends: after a line or a word if one ends in its last part."""
    size = 0
    for end, character in enumerate(text):
        size += {"<": 4, ">": 4, "&": 5}.get(character, 1 + (character > "\uffff"))
        if size > PIECE:
            least = end // 2
            return max(text.rfind("\n", least, end), text.rfind(" ", least, end)) + 1 or end
    return len(text)
