"""What takes long to be made for a message (a packet, a dossier) is made before its turn: the chat gets its other messages meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.channel import Upload
    from storage.rows import OutboxRow

Made = tuple["OutboxRow", "dict[str, Upload]"]
Attach = Callable[["OutboxRow"], Awaitable[Made]]

AGAIN_SECONDS = 1.0  # in which it is asked for again
MOST = 4  # that are made or kept in memory at once, each at most as large as a bot may send; what comes then waits
CLAIMED = ("attempts", "leased_until", "thread_id", "case_number", "target_message_id")  # of a row, by its last claim
FORGOTTEN_SECONDS = 60.0  # not asked for since: it was taken back, or its chat rests for long


@dataclass(kw_only=True, slots=True)
class _Making:
    task: asyncio.Task[Made]
    asked: float


@dataclass(kw_only=True, slots=True)
class Ahead:
    """`attach` makes the files of a row; `slow`: whether that takes long. Nothing is kept but in memory: a new start makes it anew."""

    attach: Attach
    slow: Callable[[OutboxRow], bool] = lambda _: False
    clock: Callable[[], float] = time.monotonic
    _under_way: dict[int, _Making] = field(default_factory=dict)

    def ready(self, row: OutboxRow) -> bool:
        """Whether the row can go now; if not, its files are being made, or wait for their turn, and it is to come again in a moment."""
        if not self.slow(row):
            return True
        now = self.clock()
        self._drop([number for number, one in self._under_way.items() if now - one.asked > FORGOTTEN_SECONDS])
        if row.id not in self._under_way:
            if len(self._under_way) >= MOST:  # to stop one of them for this one would finish none
                return False
            self._under_way[row.id] = _Making(task=asyncio.ensure_future(self.attach(row)), asked=now)
        making = self._under_way[row.id]
        making.asked = now
        return making.task.done()

    async def made(self, row: OutboxRow) -> Made:
        """The row as it is to be sent and its files. Raises what making them raised."""
        making = self._under_way.pop(row.id, None)
        if making is None:
            return await self.attach(row)
        sent, files = await making.task
        fresh = {name: getattr(row, name) for name in CLAIMED}
        return replace(sent, **fresh), files

    def stop(self) -> None:
        """Whoever comes after this program makes them anew."""
        self._drop(list(self._under_way))

    def _drop(self, numbers: list[int]) -> None:
        for number in numbers:
            self._under_way.pop(number).task.cancel()
