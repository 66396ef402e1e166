"""PDF by pdfium: pages counted one by one, because a file may claim any number of them; what in it could act is named."""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, BinaryIO

import pypdfium2 as pdfium

from bot.inspection.details import Details, Locked

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_PAGES = 5000
LOOKED_THROUGH = 64 << 20  # bytes of a file that are searched for names
PASSWORD_NEEDED = 4  # FPDF_ERR_PASSWORD of fpdfview.h
INFLATED = 8 << 20  # bytes of one object stream
DAY = re.compile(r"(?:D:)?(\d{8})")
HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
OBJECTS = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
ACTING = {
    "javascript": re.compile(rb"/(JavaScript|JS)\b"),
    "action": re.compile(rb"/(Launch|SubmitForm|ImportData|GoToE|GoToR|RichMedia)\b"),
    "attachment": re.compile(rb"/EmbeddedFiles?\b"),
    "form": re.compile(rb"/XFA\b"),
}


def details(file: BinaryIO) -> Details:
    flags = _flags(file)
    file.seek(0)
    try:
        document = _opened(file)
        pages = _pages(document)
        made = str(document.get_metadata_value("CreationDate"))  # type: ignore[no-untyped-call]
    except pdfium.PdfiumError:
        return Details(readable=False, flags=flags)
    return Details(pages=max(1, pages), readable=pages > 0, flags=flags, facts=_made(made))


def _made(said: str) -> dict[str, str]:
    """The day on which the file was made, of "D:20260901120000Z"; often the day of the scan, so only to be suggested."""
    found = DAY.match(said)
    return {"made": found[1]} if found else {}


def picture(file: BinaryIO, page: int, edge: int) -> bytes:
    """One page, drawn without forms, scripts or attachments."""
    document = _opened(file)
    sheet = document[page]
    width, height = sheet.get_size()
    scale = edge / max(width, height, 1)
    made = io.BytesIO()
    sheet.render(scale=scale, may_draw_forms=False).to_pil().save(made, "PNG")
    return made.getvalue()


def _opened(file: BinaryIO) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(file)  # type: ignore[no-untyped-call]
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD_NEEDED:
            raise Locked(Locked.__doc__) from error
        raise


def _pages(document: pdfium.PdfDocument) -> int:
    """Pages that are really there: the last one claimed must open, or they are counted."""
    claimed = len(document)
    if 0 < claimed <= MOST_PAGES and _there(document, claimed - 1):
        return claimed
    count = 0
    while count < min(claimed, MOST_PAGES) and _there(document, count):
        count += 1
    return count


def _there(document: pdfium.PdfDocument, index: int) -> bool:
    try:
        document[index].close()
    except pdfium.PdfiumError:
        return False
    return True


def _flags(file: BinaryIO) -> tuple[str, ...]:
    """Names that act, also where they are written with hex escapes or stand inside compressed object streams."""
    data = file.read(LOOKED_THROUGH)
    found = {name for text in _texts(data) for name, pattern in ACTING.items() if pattern.search(text)}
    return tuple(sorted(found))


def _texts(data: bytes) -> Iterator[bytes]:
    yield _unescaped(data)
    for start in OBJECTS.finditer(data):
        try:
            yield _unescaped(zlib.decompressobj().decompress(data[start.end() : start.end() + INFLATED], INFLATED))
        except zlib.error:
            continue


def _unescaped(text: bytes) -> bytes:
    return HEX.sub(lambda found: bytes([int(found[1], 16)]), text)
