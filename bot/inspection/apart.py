"""Our side of the limited process: one for each question, forked from a clean one that has the parsers loaded, killed when it is late.

What it sends is JSON or the bytes of a picture, never a pickle: a parser that was taken over can lie, and nothing more.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from dataclasses import dataclass, field
from multiprocessing import connection as pipes
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog

from bot.inspection.sniffing import Reason
from bot.inspection.sources import ASK, RANGE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkServerContext

    from bot.inspection.sources import Source

log = structlog.get_logger("bot.inspection")

INSIDE = "bot.inspection.inside"
SLOTS = 2  # questions at the same time; each may take MEMORY of bot/inspection/inside.py
SECONDS = 8.0  # of work for any file: a person is waiting for the answer
PACE = 16 << 20  # further bytes of a large file for each further second
WAIT = 3.0  # times the work's seconds: how long to wait on a busy machine before the process is given up
LARGEST_ANSWER = 64 << 20  # bytes


class Unreadable(Exception):
    """The file could not be opened within the limits."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """A file that may be kept.

    pages: of a PDF or TIFF, files of an archive, frames of a DICOM image, else 1. readable: whether it opens, to the end.
    flags: what in it could act or hide: javascript, action, attachment, form, macro. facts: of a DICOM image or disc.
    """

    content_type: str
    extension: str
    pages: int = 1
    readable: bool = True
    flags: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


class Inspector:
    """Asks limited processes, a few at a time. Safe to use from one event loop."""

    def __init__(self, *, slots: int = SLOTS) -> None:
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([INSIDE])
        self._free = asyncio.Semaphore(slots)

    async def look(self, source: Source, name: str = "") -> Look | Reason:
        """What a file is and whether it may be kept. `name` is the sender's, and only decides between kinds of text."""
        sniffed: dict[str, Any] = {}
        try:
            async for answer in self._answers("look", source, {"name": name}):
                sniffed |= json.loads(answer)
        except Unreadable:
            if "content_type" not in sniffed:
                return Reason.DAMAGED
            sniffed["readable"] = False
        return _looked(sniffed)

    async def picture(self, source: Source, content_type: str, *, page: int = 0, edge: int = 1400) -> bytes:
        """One page as PNG, at most `edge` pixels high and wide; of a DICOM series its middle image. Raises Unreadable."""
        return await self._answer("picture", source, {"content_type": content_type, "page": page, "edge": edge})

    async def words(self, source: Source, content_type: str) -> str:
        """The text of a Word document, an OpenDocument text or a plain text. Raises Unreadable."""
        answer = await self._answer("words", source, {"content_type": content_type})
        return str(json.loads(answer)["words"])

    async def _answer(self, question: str, source: Source, details: dict[str, Any]) -> bytes:
        answers = [answer async for answer in self._answers(question, source, details)]
        if not answers:
            raise Unreadable(Unreadable.__doc__)
        return answers[-1]

    async def _answers(self, question: str, source: Source, details: dict[str, Any]) -> AsyncIterator[bytes]:
        """The answers that came; raises Unreadable after them when the process died or said that it failed."""
        seconds = SECONDS + source.size / PACE
        async with self._free:
            asking = _Asking(context=self._context, source=source, seconds=seconds)
            found, failed = await asyncio.to_thread(asking.ask, question, details)
        for answer in found:
            yield answer
        if failed:
            log.info("file_not_opened", question=question, why=failed)
            raise Unreadable(failed)


def _looked(said: Mapping[str, Any]) -> Look | Reason:
    """Whatever the process says is put into our own types; anything else is damage."""
    try:
        if said.get("reason"):
            return Reason(said["reason"])
        return Look(
            content_type=str(said["content_type"]),
            extension=str(said["extension"]),
            pages=min(max(1, int(said.get("pages", 1))), 10**6),
            readable=bool(said.get("readable", True)),
            flags=tuple(str(flag)[:20] for flag in said.get("flags", ())),
            facts={str(name)[:40]: str(value)[:200] for name, value in said.get("facts", {}).items()},
        )
    except (KeyError, TypeError, ValueError):
        return Reason.DAMAGED


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asking:
    """One question to one process."""

    context: ForkServerContext
    source: Source
    seconds: float

    def ask(self, question: str, details: dict[str, Any]) -> tuple[list[bytes], str]:
        """The answers, and why there are no more of them, empty when it said that it was done."""
        from bot.inspection import inside  # nothing is parsed here: only the function's name crosses over

        ours, theirs = pipes.Pipe()
        order = {"question": question, "size": self.source.size, "seconds": self.seconds, **details}
        process = self.context.Process(target=inside.answer, args=(theirs, order), daemon=True)
        process.start()
        theirs.close()
        found: list[bytes] = []
        try:
            return found, self._listen(ours, found)
        finally:
            process.kill()
            process.join()
            process.close()
            ours.close()

    def _listen(self, ours: Connection, found: list[bytes]) -> str:
        end = monotonic() + self.seconds * WAIT
        while ours.poll(max(0.0, end - monotonic())):
            try:
                said = ours.recv_bytes(LARGEST_ANSWER)
                if said.startswith(ASK):
                    ours.send_bytes(self.source.read(*RANGE.unpack(said[1:])))
                    continue
            except (EOFError, OSError, ValueError):
                return "died"
            if said.startswith(b"e"):
                return said[1:40].decode("ascii", "replace")
            if said == b"d":
                return ""
            found.append(said[1:])
        return "late"
