"""Width and height of a picture, read from its first bytes (nothing is decoded)."""

from __future__ import annotations

import struct

FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG markers that hold the dimensions
NOTHING = (0, 0)


def dimensions(content: bytes) -> tuple[int, int]:
    """(0, 0) when it is no PNG, JPEG, GIF or WebP."""
    try:
        if content.startswith(b"\x89PNG\r\n\x1a\n"):
            return _pair(">II", content, 16)
        if content.startswith(b"\xff\xd8"):
            return _jpeg(content)
        if content[:6] in (b"GIF87a", b"GIF89a"):
            return _pair("<HH", content, 6)
        if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
            return _webp(content)
    except (struct.error, IndexError):
        return NOTHING
    return NOTHING


def _pair(layout: str, content: bytes, at: int) -> tuple[int, int]:
    width, height = struct.unpack_from(layout, content, at)
    return width, height


def _jpeg(content: bytes) -> tuple[int, int]:
    at = 2
    while at < len(content):
        if content[at] != 0xFF:  # noqa: PLR2004 (every JPEG segment begins with this byte)
            return NOTHING
        marker = content[at + 1]
        if marker in FRAMES:
            height, width = _pair(">HH", content, at + 5)
            return width, height
        if marker == 0xFF or 0xD0 <= marker <= 0xD9:  # noqa: PLR2004 (filling, and markers without a length)
            at += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        at += 2 + int(struct.unpack_from(">H", content, at + 2)[0])
    return NOTHING


def _webp(content: bytes) -> tuple[int, int]:
    layout = content[12:16]
    if layout == b"VP8X":
        return 1 + int.from_bytes(content[24:27], "little"), 1 + int.from_bytes(content[27:30], "little")
    if layout == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = _pair("<HH", content, 26)
    return width & 0x3FFF, height & 0x3FFF
