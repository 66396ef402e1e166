"""Previews of documents: a page drawn or the words read in the limited process, when they are asked for; nothing of them is kept.

The topic and the web page ask the same function.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from bot.channel import Upload
from bot.inspection import Inspector, Look, Unreadable
from bot.inspection.details import DOCX, ODT
from bot.wording import keys, papers
from bot.wording.visible import visible
from storage import documents
from storage.sealed.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.effects.scene import House
    from bot.inspection import Source
    from storage.database import Database
    from storage.rows import OutboxRow, Part
    from storage.vault import Vault

PREVIEW = "preview"  # in a payload: the document, its number in its chat, the page and the case
DRAWN = ("application/pdf", "application/dicom", "application/zip", "image/")
READ = (DOCX, ODT, "text/")
DATED = ("study_date", "made")
OLDEST = date(1990, 1, 1)  # what claims to be older is a clock that was never set


class NoPreview(Exception):
    """There is none of this kind of file."""

    def __init__(self, content_type: str) -> None:
        super().__init__(NoPreview.__doc__)
        self.content_type = content_type


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """One page of a document, over all its files. `png` or `words` is given. `suggested`: the day that the file itself names."""

    page: int
    pages: int
    png: bytes = field(default=b"", repr=False)
    words: str = field(default="", repr=False)
    facts: Mapping[str, str] = field(default_factory=dict, repr=False)
    suggested: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Previews:
    database: Database
    vault: Vault
    house: House
    inspector: Inspector = field(default_factory=Inspector)

    async def page(self, document_id: str, page: int) -> Preview:
        """Page `page` (from 0) of a document. Raises IndexError, NoPreview, Unreadable, UnknownBlob, Tampered."""
        parts = await self.database.read(lambda tx: documents.parts(tx, document_id))
        looked = [(part, await self._look(part)) for part in parts if part.state == "stored" and part.blob]
        counts = [_pages(look) for _, look in looked]
        before = 0
        for (part, look), count in zip(looked, counts, strict=True):
            if page < before + count:
                made = await self._drawn(part, look, page=page - before)
                return replace(made, page=page, pages=sum(counts))
            before += count
        raise IndexError(page)

    async def of_file(self, part: Part, page: int) -> Preview:
        """The same of one file of a document; the last page when there are not so many."""
        look = await self._look(part)
        return await self._drawn(part, look, page=min(page, _pages(look) - 1))

    async def send(self, row: OutboxRow, wanted: dict[str, Any]) -> tuple[OutboxRow, dict[str, Upload]]:
        """What delivery calls for a row that asks for a preview."""
        words = self.house.desk_words
        try:
            made = await self.page(wanted["document"], wanted["page"])
        except NoPreview as error:
            return _said(row, papers.no_preview(words, error.content_type)), {}
        except Unreadable:
            return _said(row, papers.not_opened(words)), {}
        except (IndexError, UnknownBlob, Tampered):
            return _said(row, papers.gone(words)), {}
        if not made.png:
            return _said(row, papers.text_of(words, visible(made.words)[0])), {}
        rows = keys.pages(words, wanted["case"], wanted["number"], made.page, made.pages, made.suggested)
        caption = papers.page(words, made.page + 1, made.pages, made.facts, made.suggested)
        shown = {"caption": caption, "parse_mode": "HTML", "reply_markup": self.house.wire.keyboard(rows, row.chat_id)}
        photo = Upload(name="preview.png", content_type="image/png", data=made.png)
        return replace(row, payload=row.payload | shown), {"photo": photo}

    async def _look(self, part: Part) -> Look:
        """What was found when it came; a file of an early time is looked at now."""
        if part.pages is not None and part.content_type:
            return Look(content_type=part.content_type, extension="", pages=part.pages, facts=part.facts)
        found = await self.inspector.look(await self._source(part))
        if not isinstance(found, Look):
            raise Unreadable(Unreadable.__doc__)
        return found

    async def _drawn(self, part: Part, look: Look, *, page: int) -> Preview:
        source, kind = await self._source(part), look.content_type
        facts = {name: value for name, value in look.facts.items() if name not in DATED}
        made = Preview(page=page, pages=_pages(look), facts=facts, suggested=suggested(look.facts))
        match way(kind):
            case "words":
                return replace(made, words=await self.inspector.words(source, kind))
            case "picture":
                return replace(made, png=await self.inspector.picture(source, kind, page=page))
        raise NoPreview(kind)

    async def _source(self, part: Part) -> Source:
        """Piece by piece, as the limited process asks: the file may have gigabytes."""
        return await asyncio.to_thread(self.vault.reader, part.blob or "", documents.blob_context(part))


def way(content_type: str) -> str:
    """How such a file can be looked into: "picture", "words", or not at all."""
    return "words" if content_type.startswith(READ) else "picture" if content_type.startswith(DRAWN) else ""


def suggested(facts: Mapping[str, str]) -> date | None:
    """The day of a study, or on which a PDF was made, when it is one: "20260901"."""
    said = next((facts[name] for name in DATED if facts.get(name)), "")[:8]
    try:
        day = date(int(said[:4]), int(said[4:6]), int(said[6:8]))
    except ValueError:
        return None
    return day if day >= OLDEST else None


def _pages(look: Look) -> int:
    """A PDF and a fax have pages; a study and a disc are shown by the one image in their middle."""
    return look.pages if look.content_type in {"application/pdf", "image/tiff"} else 1


def _said(row: OutboxRow, text: str) -> OutboxRow:
    return replace(row, method="sendMessage", payload=row.payload | {"text": text, "parse_mode": "HTML"})
