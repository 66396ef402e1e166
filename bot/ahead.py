"""What takes long to be made for a message (a packet, a dossier) is made before its turn: the chat gets its other messages meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.channel import Upload
    from storage.rows import OutboxRow

Made = tuple["OutboxRow", "dict[str, Upload]"]
Attach = Callable[["OutboxRow"], Awaitable[Made]]

AGAIN_SECONDS = 1.0  # in which it is asked for again
MOST = 4  # that are kept in memory, each at most as large as a bot may send


@dataclass(kw_only=True, slots=True)
class Ahead:
    """`attach` makes the files of a row; `slow`: whether that takes long. Nothing is kept but in memory: a new start makes it anew."""

    attach: Attach
    slow: Callable[[OutboxRow], bool] = lambda _: False
    _under_way: dict[int, asyncio.Task[Made]] = field(default_factory=dict)

    def ready(self, row: OutboxRow) -> bool:
        """Whether the row can go now; if not, its files are being made, and it is to come again in a moment."""
        if not self.slow(row):
            return True
        if row.id not in self._under_way:
            self._drop(len(self._under_way) - MOST + 1)
            self._under_way[row.id] = asyncio.ensure_future(self.attach(row))
        return self._under_way[row.id].done()

    async def made(self, row: OutboxRow) -> Made:
        """The row as it is to be sent and its files. Raises what making them raised."""
        task = self._under_way.pop(row.id, None)
        if task is None:
            return await self.attach(row)
        sent, files = await task
        fresh = {name: getattr(row, name) for name in ("attempts", "leased_until", "thread_id", "target_message_id")}
        return replace(sent, **fresh), files

    def stop(self) -> None:
        """Whoever comes after this program makes them anew."""
        self._drop(len(self._under_way))

    def _drop(self, count: int) -> None:
        for number in list(self._under_way)[: max(0, count)]:
            self._under_way.pop(number).cancel()
