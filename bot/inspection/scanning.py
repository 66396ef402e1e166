"""A virus scanner of the house, asked through clamd. It is one more look, not the wall: the wall is bot/inspection."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

import structlog
from aioclamd import ClamdAsyncClient, ClamdError

if TYPE_CHECKING:
    from bot.inspection import Source

log = structlog.get_logger("bot.inspection.scanning")

Verdict = Literal["clean", "partly", "infected"]  # partly: nothing was found in the beginning, and it takes no more

SMALLER = (100 << 20, 25 << 20)  # bytes of StreamMaxLength that clamd is shipped with, now and in older versions
PIECE = 1 << 19  # bytes that are sent at once
SECONDS = 8.0  # a person waits for the answer
PATIENCE = 600.0  # nobody waits any more: a disc of pictures takes its time


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanner:
    """`host`:`port` of clamd. What it did not answer for is kept as not looked at yet; bot/uploads/rescanning.py asks again."""

    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Scanner | None:
        """From `host:port`; None where no scanner is set."""
        host, _, port = address.rpartition(":")
        return cls(host=host or "127.0.0.1", port=int(port)) if address else None

    async def look(self, source: Source, *, seconds: float = SECONDS) -> Verdict | None:
        """At the whole file, or at as much of its beginning as clamd takes. None: no answer within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                for limit in (source.size, *(one for one in SMALLER if one < source.size)):
                    found = await self._asked(_Beginning(source, limit), seconds)
                    if found is not None:
                        return "infected" if found else "clean" if limit == source.size else "partly"
        except (ClamdError, OSError, TimeoutError, ValueError) as error:
            log.warning("scanner_unavailable", error=type(error).__name__)
        return None

    async def _asked(self, beginning: _Beginning, seconds: float) -> bool | None:
        """Whether something was found; None: it was too much. clamd says so by hanging up."""
        try:
            answer = await ClamdAsyncClient(self.host, self.port, timeout=seconds).instream(cast("BinaryIO", beginning))
        except (ClamdError, OSError):
            if beginning.at <= SMALLER[-1]:
                raise
            return None
        return any("FOUND" in verdict for verdict in answer.values())


@dataclass(slots=True)
class _Beginning:
    """So many bytes of a file, read in pieces of our own size whatever is asked for."""

    source: Source
    limit: int
    at: int = 0

    def read(self, _size: int) -> bytes:
        piece = self.source.read(self.at, min(PIECE, self.limit - self.at)) if self.at < self.limit else b""
        self.at += len(piece)
        return piece
