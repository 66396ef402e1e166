"""A virus scanner of the house, asked through clamd. It is one more look, not the wall: the wall is bot/inspection."""

from __future__ import annotations

import asyncio
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from aioclamd import ClamdAsyncClient, ClamdError

if TYPE_CHECKING:
    from bot.inspection import Source

log = structlog.get_logger("bot.scanning")

LARGEST = 25 << 20  # bytes: clamd's own default for a stream; more of a file is not asked about
SECONDS = 8.0  # a person waits for the answer


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanner:
    """`host`:`port` of clamd. What it did not answer for is kept as not looked at yet; bot/rescanning.py asks again."""

    host: str
    port: int

    @classmethod
    def of(cls, address: str) -> Scanner | None:
        """From `host:port`; None where no scanner is set."""
        host, _, port = address.rpartition(":")
        return cls(host=host or "127.0.0.1", port=int(port)) if address else None

    async def infected(self, source: Source) -> bool | None:
        """None: it does not answer, or not about such a file."""
        data = await asyncio.to_thread(_beginning, source)
        try:
            async with asyncio.timeout(SECONDS):
                answer = await ClamdAsyncClient(self.host, self.port, timeout=SECONDS).instream(io.BytesIO(data))
        except (ClamdError, OSError, TimeoutError, ValueError) as error:
            log.warning("scanner_unavailable", error=type(error).__name__)
            return None
        return any("FOUND" in verdict for verdict in answer.values())


def _beginning(source: Source) -> bytes:
    return b"".join(source.read(offset, 1 << 20) for offset in range(0, min(source.size, LARGEST), 1 << 20))
