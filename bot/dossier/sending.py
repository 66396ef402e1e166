"""Dossiers and packets as messages in the topic: the file with a caption, or in words why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.channel import Upload
from bot.dossier.making import LARGEST, Making, Order, TooLarge
from bot.dossier.material import NotShared
from bot.dossier.printing import NotPrinted
from bot.exports import NotExported
from bot.wording import handing
from storage.sealed.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.dossier.making import Dossier
    from storage.rows import OutboxRow

DOSSIER, PACKET = "dossier", "packet"  # in a payload, with the order
PDF, ZIP = "application/pdf", "application/zip"

Made = tuple["OutboxRow", dict[str, Upload]]
Maker = Callable[["OutboxRow", dict[str, Any]], Awaitable[Made]]
log = structlog.get_logger("bot.dossier")


@dataclass(frozen=True, kw_only=True, slots=True)
class Sending:
    """What delivery calls for an outbox row that asks for a dossier or a packet. `largest`: bytes of a file that a bot may send."""

    making: Making
    largest: int = LARGEST

    @property
    def makers(self) -> dict[str, Maker]:
        return {what: partial(self._made, what) for what in (DOSSIER, PACKET)}

    async def _made(self, what: str, row: OutboxRow, wanted: dict[str, Any]) -> Made:
        order = Order(**wanted)
        words = self.making.house.desk_words
        try:
            dossier, name, content_type, data = await (self._pdf if what == DOSSIER else self._zip)(order)
        except (NotShared, NotPrinted, TooLarge, NotExported, UnknownBlob, Tampered, KeyError) as error:
            log.warning("not_made", what=what, outbox_id=row.id, error=type(error).__name__)
            return replace(
                row, method="sendMessage", payload=row.payload | {"text": why_not(words, error), "parse_mode": "HTML"}
            ), {}
        caption = handing.caption(words, what, self._named(order.language), dossier.digest, dossier.printed.unprintable)
        upload = Upload(name=name, content_type=content_type, data=data)
        return replace(row, payload=row.payload | {"caption": caption, "parse_mode": "HTML"}), {"document": upload}

    async def _pdf(self, order: Order) -> tuple[Dossier, str, str, bytes]:
        made = await self.making.dossier(order)
        return made, f"{made.number}-{order.language}.pdf", PDF, made.printed.pdf

    async def _zip(self, order: Order) -> tuple[Dossier, str, str, bytes]:
        made, pieces = await self.making.packet(order, largest=self.largest)
        return made, f"{made.number}-{order.language}.zip", ZIP, await asyncio.to_thread(lambda: b"".join(pieces))

    def _named(self, language: str) -> str:
        return handing.language(self.making.house.desk_words, language)


def why_not(words: Catalogue, error: Exception) -> str:
    """The reason in words, escaped."""
    match error:
        case NotShared():
            return handing.not_shared(words)
        case NotPrinted(scripts=scripts) if scripts:
            return handing.no_fonts(words, scripts)
        case NotPrinted():
            return handing.not_printed(words)
        case TooLarge(size=size):
            return handing.too_large(words, size)
    return handing.document_lost(words)
