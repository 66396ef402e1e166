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
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_ENTRIES = 20_000
MAX_EXPANDED = 1 << 30  # bytes, all levels together, or
MAX_GROWTH = 4  # times the archive's own size, when that is more: a PET-CT disc of 800 MB holds two gigabytes of pixels
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
    """The archive must not be kept. The message is a code of bot/inspection/sniffing.py."""


@dataclass(kw_only=True, slots=True)
class _Budget:
    """What may still come out of the whole archive, in bytes."""

    stored: int
    expanded: int = 0

    def take(self, size: int) -> None:
        self.expanded += size
        if self.expanded > max(MAX_EXPANDED, MAX_GROWTH * self.stored) or (
            self.expanded > FREE and self.expanded > MAX_RATIO * self.stored
        ):
            raise Unsafe("too-large")


def zip_type(file: BinaryIO) -> str:
    """The content type of a zip after looking through all of it. Raises Unsafe."""
    try:
        return _look(file, _Budget(stored=file.seek(0, io.SEEK_END)), 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OverflowError, struct.error) as error:
        raise Unsafe("damaged") from error


def _look(file: BinaryIO, budget: _Budget, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise Unsafe("too-large")
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        _check_directory(entries)
        for entry in entries:
            _expand(file, entry, budget, depth)
        return _named(archive, {entry.filename for entry in entries})


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise Unsafe("too-large")
    if any(entry.flag_bits & ENCRYPTED for entry in entries):
        raise Unsafe("encrypted")
    spans = sorted((entry.header_offset, entry.header_offset + HEADER + entry.compress_size) for entry in entries)
    if any(end > following for (_, end), (following, _) in pairwise(spans)):
        raise Unsafe("too-large")  # entries that share bytes expand without limit


def _expand(file: BinaryIO, entry: zipfile.ZipInfo, budget: _Budget, depth: int) -> None:
    """Counts what comes out of one entry, and looks into it when it is a zip itself."""
    inner = bytearray()
    for chunk in _chunks(_stored(file, entry), entry.compress_type):
        budget.take(len(chunk))
        if inner or chunk.startswith(ZIP):
            inner += chunk
        if len(inner) > MAX_NESTED:
            raise Unsafe("too-large")
    if inner:
        try:
            _look(io.BytesIO(inner), budget, depth + 1)
        except zipfile.BadZipFile:
            return  # it only began like one


def _stored(file: BinaryIO, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry's bytes as they lie in the archive, piece by piece; its own header says where they begin."""
    file.seek(entry.header_offset)
    header = file.read(HEADER)
    if not header.startswith(ZIP):
        raise Unsafe("damaged")
    file.seek(sum(NAME_LENGTHS.unpack_from(header, 26)), io.SEEK_CUR)
    left = entry.compress_size
    while left > 0 and (piece := file.read(min(CHUNK, left))):
        yield piece
        left -= len(piece)


def _chunks(stored: Iterator[bytes], method: int) -> Iterator[bytes]:
    """The expanded bytes, piece by piece. Other methods than deflate are rare and count as unreadable."""
    if method == zipfile.ZIP_STORED:
        yield from stored
        return
    if method != zipfile.ZIP_DEFLATED:
        raise Unsafe("damaged")
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in stored:
        piece = inflate.decompress(packed, CHUNK)
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
