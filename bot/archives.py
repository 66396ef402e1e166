"""What is inside a zip, counted before and while it is expanded; nothing is ever written or run.

Counts are taken from the bytes, because a directory of a zip may claim any size. A hospital's CD has thousands of entries and a
viewer program among them; that is fine here, because nothing opens them.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES = 20_000
MAX_EXPANDED = 1 << 30  # bytes, all levels together
MAX_RATIO = 100  # expanded to stored, once it expands to more than FREE
FREE = 10 << 20  # bytes: a few blank pages may shrink a thousandfold
MAX_DEPTH = 3
MAX_NESTED = 64 << 20  # bytes of a zip inside a zip that is looked into
CHUNK = 1 << 18
HEADER = 30  # bytes of a local file header before its name
NAME_LENGTHS = struct.Struct("<HH")  # of the name and of the extra field, in that header
ENCRYPTED = 0x1
ZIP = b"PK\x03\x04"


class Unsafe(Exception):
    """The archive must not be kept. The message is a code of bot/sniffing.py."""


@dataclass(kw_only=True, slots=True)
class _Budget:
    """What may still come out of the whole archive, in bytes."""

    stored: int
    expanded: int = 0

    def take(self, size: int) -> None:
        self.expanded += size
        if self.expanded > MAX_EXPANDED or (self.expanded > FREE and self.expanded > MAX_RATIO * self.stored):
            raise Unsafe("too-large")


def zip_type(data: bytes) -> str:
    """The content type of a zip after looking through all of it. Raises Unsafe."""
    try:
        return _look(data, _Budget(stored=len(data)), 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError, struct.error) as error:
        raise Unsafe("damaged") from error


def _look(data: bytes, budget: _Budget, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise Unsafe("too-large")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        _check_directory(entries)
        for entry in entries:
            _expand(data, entry, budget, depth)
        return _named(archive, {entry.filename for entry in entries})


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Unsafe("too-large")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Unsafe("encrypted")
    spans = sorted((entry.header_offset, entry.header_offset + HEADER + entry.compress_size) for entry in entries)
    if any(end > following for (_, end), (following, _) in pairwise(spans)):
        raise Unsafe("too-large")  # entries that share bytes expand without limit


def _expand(data: bytes, entry: zipfile.ZipInfo, budget: _Budget, depth: int) -> None:
    """Counts what comes out of one entry, and looks into it when it is a zip itself."""
    inner = bytearray()
    for chunk in _chunks(_stored(data, entry), entry.compress_type):
        budget.take(len(chunk))
        if inner or chunk.startswith(ZIP):
            inner += chunk
        if len(inner) > MAX_NESTED:
            raise Unsafe("too-large")
    if inner:
        try:
            _look(bytes(inner), budget, depth + 1)
        except zipfile.BadZipFile:
            return  # it only began like one


def _stored(data: bytes, entry: zipfile.ZipInfo) -> memoryview:
    """The entry's bytes as they lie in the archive; its own header says where they begin."""
    start = entry.header_offset
    if data[start : start + 4] != ZIP:
        raise Unsafe("damaged")
    name, extra = NAME_LENGTHS.unpack_from(data, start + 26)
    begin = start + HEADER + name + extra
    return memoryview(data)[begin : begin + entry.compress_size]


def _chunks(stored: memoryview, method: int) -> Iterator[bytes]:
    """The expanded bytes, piece by piece. Other methods than deflate are rare and count as unreadable."""
    if method == zipfile.ZIP_STORED:
        yield bytes(stored)
        return
    if method != zipfile.ZIP_DEFLATED:
        raise Unsafe("damaged")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    piece = inflate.decompress(stored, CHUNK)
    while piece:
        yield piece
        piece = inflate.decompress(inflate.unconsumed_tail, CHUNK)


def _named(archive: zipfile.ZipFile, names: set[str]) -> str:
    """An office document is a zip with a known look; a program that is one is refused."""
    if {"AndroidManifest.xml", "META-INF/MANIFEST.MF"} & names:
        raise Unsafe("active")
    if any(name.endswith("vbaProject.bin") for name in names):
        raise Unsafe("active")
    if "[Content_Types].xml" in names:
        return _office(names)
    if "mimetype" in names:
        declared = archive.read("mimetype")[:80].decode("ascii", "replace").strip()
        return declared if declared.startswith("application/vnd.oasis.opendocument.text") else "application/zip"
    return "application/zip"


def _office(names: set[str]) -> str:
    base = "application/vnd.openxmlformats-officedocument."
    if any(name.startswith("word/") for name in names):
        return base + "wordprocessingml.document"
    if any(name.startswith("xl/") for name in names):
        return base + "spreadsheetml.sheet"
    return "application/zip"
