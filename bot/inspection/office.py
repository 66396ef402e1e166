"""The words of a Word or OpenDocument file, and of plain text; nothing of their looks."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, BinaryIO
from xml.etree import ElementTree as ET

from bot.inspection.details import DOCX, ODT, Details

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMBERS = {DOCX: "word/document.xml", ODT: "content.xml"}
PARAGRAPHS = {"p", "h", "tr"}
LONGEST = 200_000  # characters
BROKEN = (ET.ParseError, KeyError, zipfile.BadZipFile, ValueError, OSError)


def details(file: BinaryIO) -> Details:
    with zipfile.ZipFile(file) as archive:
        names = set(archive.namelist())
        member = next((name for name in MEMBERS.values() if name in names), None)
        if member is None:
            return Details(readable=False)
        hidden = any("embeddings/" in name or "activeX" in name for name in names)
    file.seek(0)
    try:
        next(_paragraphs(file, member), "")
    except BROKEN:
        return Details(readable=False)
    return Details(flags=("attachment",) if hidden else ())


def words(file: BinaryIO, content_type: str) -> str:
    if content_type in MEMBERS:
        return "\n".join(_paragraphs(file, MEMBERS[content_type]))[:LONGEST]
    return _decoded(file.read(LONGEST * 4))[:LONGEST]


def _paragraphs(file: BinaryIO, member: str) -> Iterator[str]:
    with zipfile.ZipFile(file) as archive, archive.open(member) as content:
        text: list[str] = []
        for _, element in ET.iterparse(content):  # noqa: S314 - this process has little to lose, and expat refuses entity bombs
            name = element.tag.rpartition("}")[2]
            if name == "t":
                text.append(element.text or "")
            elif name in PARAGRAPHS:
                said = "".join(text) or ("".join(element.itertext()) if member == MEMBERS[ODT] else "")
                text.clear()
                if said.strip():
                    yield said
                element.clear()


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")
