"""What a file is, from its bytes. Names and types that a sender claims are never believed; they only make us more careful.

Two libraries look (filetype, puremagic); what either of them takes for something that can run is refused.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import StrEnum
from io import SEEK_END, BytesIO
from pathlib import PurePath
from typing import Any, BinaryIO

import filetype
import puremagic

from bot.inspection.archives import Unsafe, zip_type

guess: Any = filetype.guess

HEAD = 8192  # bytes that are enough to tell a type
LEAST = 2  # bytes that say something
SURE = 0.6  # puremagic's confidence from which it is believed alone


class Reason(StrEnum):
    """Why a file is refused; bot/wording/records.py has the words."""

    EMPTY = "empty"
    ACTIVE = "active"  # it can run: HTML, SVG, scripts, programs, macros
    TOO_LARGE = "too-large"  # as it is, or when it is opened
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"
    ENCRYPTED = "encrypted"
    INFECTED = "infected"  # a virus scanner says so
    GONE = "gone"  # Telegram does not give it any more


@dataclass(frozen=True, kw_only=True, slots=True)
class Sniffed:
    """A file that may be kept: its content type and the extension that belongs to it."""

    content_type: str
    extension: str


OFFICE = "application/vnd.openxmlformats-officedocument."
EXTENSIONS = {
    "application/pdf": "pdf",
    "application/dicom": "dcm",
    "application/rtf": "rtf",
    "application/zip": "zip",
    OFFICE + "wordprocessingml.document": "docx",
    OFFICE + "spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "audio/mp4": "m4a",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tiff",
    "image/webp": "webp",
    "text/csv": "csv",
    "text/plain": "txt",
    "video/mp4": "mp4",
}
SAME = {"image/apng": "image/png", "image/heif": "image/heic", "video/x-m4v": "video/mp4"}
ZIPPED = re.compile(r"application/(zip|epub\+zip|vnd\.(openxmlformats|oasis)\S*|java-archive)")
RUNNING = re.compile(
    r"html|svg|javascript|x-sh|shellscript|x-python|x-php|x-perl|executable|msdownload|dosexec|x-elf|mach|appimage|java|wasm"
)
RUNNING_NAMES = {".exe", ".dll", ".scr", ".appimage", ".html", ".svg", ".jar", ".lnk", ".msi"}
PROGRAM = (
    b"MZ",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"#!",
    b"\0asm",
    b"dex\n",
)
MARKUP = re.compile(r"\A\s*<|<(script|html|svg|iframe|object|embed)\b|\[desktop entry\]|\[internetshortcut\]", re.IGNORECASE)
TEXTS = {"": "text/plain", "csv": "text/csv", "tsv": "text/csv", "txt": "text/plain", "text": "text/plain", "log": "text/plain",
         "md": "text/plain"}  # fmt: skip
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def sniff(file: BinaryIO | bytes, name: str = "") -> Sniffed | Reason:
    """The type of a file that may be kept, or why it may not. `name` is the sender's and only decides between kinds of text."""
    file = BytesIO(file) if isinstance(file, bytes) else file
    size = file.seek(0, SEEK_END)
    file.seek(0)
    head = file.read(HEAD)
    whole = size <= HEAD
    if whole and len(head.strip(b"\0 \t\r\n")) < LEAST:
        return Reason.EMPTY
    if head.startswith(PROGRAM) and not _text(head, whole=whole):
        return Reason.ACTIVE
    try:
        kind = _kind(file, head, name, whole=whole)
    except Unsafe as error:
        return Reason(str(error))
    if isinstance(kind, Reason):
        return kind
    return Sniffed(content_type=kind, extension=EXTENSIONS[kind]) if kind in EXTENSIONS else Reason.UNSUPPORTED


def _kind(file: BinaryIO, head: bytes, name: str, *, whole: bool) -> str | Reason:
    kind, runs = _guess(head)
    if ZIPPED.fullmatch(kind):
        return zip_type(file)
    if runs:
        return Reason.ACTIVE
    text = None if kind else _text(head, whole=whole)
    return kind or (_kind_of_text(text, name) if text is not None else Reason.UNSUPPORTED)


def _guess(head: bytes) -> tuple[str, bool]:
    """What the libraries take the beginning for, and whether either of them sees something that can run."""
    first = guess(head) or guess(head.lstrip())
    try:
        second = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        second = []
    kinds = [first.mime] if first else [match.mime_type for match in second if match.confidence >= SURE]
    kind = next((found for found in (SAME.get(one, one) for one in kinds) if found in EXTENSIONS or first), "")
    runs = any(RUNNING.search(match.mime_type) or match.extension.lower() in RUNNING_NAMES for match in second)
    return kind, (runs and not kind.startswith("text/")) or bool(RUNNING.search(kind))


def _kind_of_text(text: str, name: str) -> str | Reason:
    if MARKUP.search(text) or text.startswith("#!"):
        return Reason.ACTIVE
    extension = PurePath(name.replace("\\", "/").replace("\0", "")).suffix.lower().lstrip(".")
    return TEXTS.get(extension, Reason.UNSUPPORTED)


def _text(head: bytes, *, whole: bool) -> str | None:
    """The beginning as text, or None when it is not text in any encoding that people send."""
    encoding = next((name for mark, name in MARKS if head.startswith(mark)), "utf-8")
    for candidate in dict.fromkeys((encoding, "utf-8", "cp1251")):
        decoder = codecs.getincrementaldecoder(candidate)()
        try:
            text = decoder.decode(head, final=whole)
        except UnicodeDecodeError:
            continue
        return None if CONTROLS.search(text) else text
    return None
