"""Files that people send, made here: small, harmless and of the kind that their name says."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(10)


def make(folder: Path, name: str) -> Path:
    """A file of this name; what comes after a `#` makes its bytes differ from another of the same kind."""
    path = folder / name.partition("#")[0]
    path.write_bytes(content(path.suffix.lower()) + name.partition("#")[2].encode())
    return path


def content(suffix: str) -> bytes:
    made = {
        ".pdf": PDF,
        ".png": png(64, 48),
        ".jpg": png(64, 48),
        ".ogg": OGG,
        ".txt": b"Result: 82 g/L\n",
        ".html": b"<!doctype html><script>1</script>",
        ".empty": b"",
    }
    return made[suffix]


def png(width: int, height: int) -> bytes:
    """A plain picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + bytes([200]) * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
