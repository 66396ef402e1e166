"""Files that people send, made here: small, harmless and of the kind that their name says."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path

OGG = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(10)


def make(folder: Path, name: str) -> Path:
    """A file of this name: its bytes are those of no other name, also not of one that differs after a `#` only."""
    path = folder / name.partition("#")[0]
    made = content(path.suffix.lower(), path.stem)
    path.write_bytes(made + name.encode() if made else made)
    return path


def content(suffix: str, stem: str) -> bytes:
    """`report-12.pdf` has twelve pages."""
    pages = re.search(r"-(\d+)$", stem)
    made = {
        ".pdf": pdf(int(pages[1]) if pages else 1),
        ".png": png(64, 48),
        ".jpg": png(64, 48),
        ".ogg": OGG,
        ".txt": b"Result: 82 g/L\n",
        ".html": b"<!doctype html><script>1</script>",
        ".empty": b"",
        ".broken": pdf(1)[:9],
    }
    return made[suffix]


def pdf(pages: int, filler: bytes = b"") -> bytes:
    """Empty pages; `filler` makes it larger and unlike any other."""
    kids = " ".join(f"{number + 3} 0 R" for number in range(pages))
    leaves = "".join(f"{number + 3} 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]>>endobj\n" for number in range(pages))
    tree = f"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[{kids}]/Count {pages}>>endobj\n"
    return f"%PDF-1.4\n%{filler.hex()}\n{tree}{leaves}trailer<</Root 1 0 R/Size {pages + 3}>>\n%%EOF\n".encode()


def png(width: int, height: int) -> bytes:
    """A plain picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + bytes([200]) * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
