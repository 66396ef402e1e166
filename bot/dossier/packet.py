"""The packet: dossier, originals, an index and the FHIR Bundle in one zip, written piece by piece. Names inside are ours, bytes are theirs."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from bot.naming import file_name
from bot.wording import dossier as wording

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.dossier.material import Material, Paper
    from storage.rows import Part

DOSSIER, TABLE, READABLE, BUNDLE = "dossier.pdf", "index.csv", "index.txt", "fhir/bundle.json"
RECORDS = "records"
COLUMNS = ("file", "record", "content_type", "bytes", "sha256", "received", "dated", "code")
PIECE = 1 << 18  # bytes that are gathered before they are handed on
BOM = "\ufeff"  # so that spreadsheets and old editors take the text for what it is

Opened = Callable[["Part"], Iterable[bytes]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One original: its name in the packet, its part, its digest."""

    name: str
    paper: Paper
    part: Part
    digest: str


def entries(material: Material, *, guarded: bool) -> tuple[Entry, ...]:
    """The originals in the order of the dossier's list. What is kept apart goes along only when `guarded`."""
    return tuple(
        Entry(name=_name(number, paper, part, index), paper=paper, part=part, digest=digest)
        for number, paper in enumerate(material.papers, start=1)
        if guarded or not paper.guarded
        for index, (part, digest) in enumerate(zip(paper.parts, paper.digests, strict=True), start=1)
    )


def size(found: Iterable[Entry]) -> int:
    """Bytes of the originals, which nothing makes smaller."""
    return sum(entry.part.size or 0 for entry in found)


def packet(
    material: Material, found: tuple[Entry, ...], made: dict[str, bytes], opened: Opened, languages: tuple[Catalogue, ...]
) -> Iterator[bytes]:
    """The zip, piece by piece: what was made (name -> bytes), the indexes, the originals. Reads one chunk at a time."""
    folder, at = material.card.case.number, material.card.now.date()
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        texts = {TABLE: BOM + table(material, found), READABLE: BOM + readable(material, found, languages)}
        for name, data in {**made, **{name: text.encode() for name, text in texts.items()}}.items():
            archive.writestr(_entry(f"{folder}/{name}", at, compress=True), data)
            yield from sink.taken()
        for entry in found:
            with archive.open(_entry(f"{folder}/{entry.name}", at), "w", force_zip64=True) as target:
                for chunk in opened(entry.part):
                    target.write(chunk)
                    yield from sink.taken()
    yield from sink.taken(everything=True)


def table(material: Material, found: Iterable[Entry]) -> str:
    """index.csv: codes and digests, for programs and spreadsheets. No cell can be taken for a formula: all are of our making."""
    made = io.StringIO()
    rows = csv.writer(made)
    rows.writerow(COLUMNS)
    for entry in found:
        part, document = entry.part, entry.paper.document
        record = material.card.definition.record(document.record)
        code = f"{record.code.system}|{record.code.code}" if record else ""
        kept = (entry.name, document.record or "", part.content_type or "", part.size, entry.digest)
        day = entry.paper.day.isoformat() if entry.paper.day else ""
        rows.writerow((*kept, document.created_at.date().isoformat(), day, code))
    return made.getvalue()


def readable(material: Material, found: tuple[Entry, ...], languages: tuple[Catalogue, ...]) -> str:
    """index.txt: the same for people, in each language."""
    return "\n\n".join(_readable(material, found, words) for words in languages) + "\n"


def _readable(material: Material, found: tuple[Entry, ...], words: Catalogue) -> str:
    lines = [wording.title(words), f"{wording.labels(words)['number']}: {words.isolate(material.card.case.number)}", ""]
    lines += [
        f"{words.isolate(entry.name)} – {wording.record(words, material.card.definition, entry.paper.document.record)}"
        for entry in found
    ]
    return "\n".join([*lines, "", wording.running(words)])


def _name(number: int, paper: Paper, part: Part, index: int) -> str:
    stem = f"{number:02}-{paper.document.record or 'document'}" + (f"-{index}" if len(paper.parts) > 1 else "")
    return f"{RECORDS}/{file_name(stem, part.content_type or '')}"


def _entry(name: str, at: date, *, compress: bool = False) -> zipfile.ZipInfo:
    """The same time for all, so that the same case at the same moment makes the same bytes."""
    entry = zipfile.ZipInfo(name, date_time=(at.year, at.month, at.day, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
    entry.external_attr = 0o644 << 16
    return entry


class _Sink(io.RawIOBase):
    """Where the zip is written to: taken away piece by piece, never sought in."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        self._waiting += memoryview(data)  # type: ignore[arg-type]
        return memoryview(data).nbytes  # type: ignore[arg-type]

    def taken(self, *, everything: bool = False) -> Iterator[bytes]:
        if self._waiting and (everything or len(self._waiting) >= PIECE):
            yield bytes(self._waiting)
            self._waiting.clear()
