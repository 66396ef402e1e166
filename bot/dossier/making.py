"""Dossiers and packets, made when they are sent: nothing of them is kept, and the family's yes is asked for at that moment once more."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot import exports
from bot.dossier import packet as packing
from bot.dossier.material import Material, Paper, gather
from bot.dossier.printing import printed
from bot.dossier.sheet import sheet
from storage import audit, cases, documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from bot.dossier.packet import Entry
    from bot.dossier.printing import Printed
    from bot.effects.scene import House
    from storage.database import Database
    from storage.rows import Part
    from storage.vault import Vault

LARGEST = 49 << 20  # bytes of a file that a bot may send (Telegram takes 50 MB), with room for what is written around it


class TooLarge(Exception):
    """The packet is larger than a bot may send. `size`: its originals, in bytes."""

    def __init__(self, size: int) -> None:
        super().__init__(TooLarge.__doc__)
        self.size = size


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a coordinator wants. `language`: the hospital's; `guarded`: also what is kept apart, such as the passport."""

    case_id: int
    language: str
    by: int
    guarded: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    number: str
    printed: Printed
    material: Material

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.printed.pdf).hexdigest()


@dataclass(frozen=True, kw_only=True, slots=True)
class Making:
    """`fonts`: a folder of fonts, None for those of the system."""

    database: Database
    vault: Vault
    house: House
    fonts: Path | None = None

    async def dossier(self, order: Order) -> Dossier:
        """Raises NotShared, NotPrinted, KeyError, and UnknownBlob or Tampered for a document that is gone."""
        material = await self.database.read(lambda tx: gather(tx, self.house, order.case_id))
        made = await self._printed(await self._digested(material, guarded=order.guarded), order)
        await self._write_down(order, "dossier", made.digest)
        return made

    async def packet(self, order: Order, *, largest: int | None = None) -> tuple[Dossier, Iterator[bytes]]:
        """The dossier in it, and the zip piece by piece, to be read in a thread. Raises TooLarge, and what `dossier` raises."""
        material = await self.database.read(lambda tx: gather(tx, self.house, order.case_id))
        sent = [paper for paper in material.papers if order.guarded or not paper.guarded]
        size = sum(part.size or 0 for paper in sent for part in paper.parts)
        if largest is not None and size > largest:
            raise TooLarge(size)
        made = await self._printed(await self._digested(material, guarded=order.guarded), order)
        found = packing.entries(made.material, guarded=order.guarded)
        await self._write_down(order, "packet", made.digest, found)
        languages = dict.fromkeys((order.language, material.language))
        words = tuple(self.house.catalogues.for_dossiers[one] for one in languages)
        files = {
            packing.DOSSIER: made.printed.pdf,
            packing.BUNDLE: await self._bundle(order),
        }
        return made, packing.packet(made.material, found, files, self.opened, words)

    def opened(self, part: Part) -> Iterable[bytes]:
        """The plain bytes of an original, chunk by chunk."""
        return self.vault.stream(part.blob or "", documents.blob_context(part))

    async def _bundle(self, order: Order) -> bytes:
        """The case as hospitals' programs read it, without the documents, which lie beside it."""
        definition = self.house.definition
        found = await self.database.read(lambda tx: exports.gather(tx, definition, cases.get(tx, order.case_id)))
        return (await asyncio.to_thread(exports.make, found, self.vault, definition, "fhir")).data

    async def _printed(self, material: Material, order: Order) -> Dossier:
        data = sheet(self.house.catalogues.for_dossiers, material, order.language)
        languages = (order.language, material.language)
        day = material.card.now.replace(hour=0, minute=0, second=0, microsecond=0)
        made = await printed(data, folder=self.fonts, languages=languages, made=int(day.timestamp()))
        return Dossier(number=material.card.case.number, printed=made, material=material)

    async def _digested(self, material: Material, *, guarded: bool) -> Material:
        def digests(paper: Paper) -> Paper:
            wanted = guarded or not paper.guarded
            return replace(paper, digests=tuple(map(self._digest, paper.parts))) if wanted else paper

        papers = await asyncio.to_thread(lambda: tuple(map(digests, material.papers)))
        return replace(material, papers=papers)

    def _digest(self, part: Part) -> str:
        digest = hashlib.sha256()
        for chunk in self.opened(part):
            digest.update(chunk)
        return digest.hexdigest()

    async def _write_down(self, order: Order, what: str, digest: str, found: Iterable[Entry] = ()) -> None:
        """Who had what made, in which language, and the dossier's digest: a copy can be told by it later."""
        files = len(tuple(found))
        detail = f"language={order.language} guarded={order.guarded} files={files} sha256={digest}"
        await self.database.transact(
            lambda tx: audit.write(
                tx, actor=str(order.by), action=f"{what}.made", object=f"case:{order.case_id}", detail=detail
            )
        )
