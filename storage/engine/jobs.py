"""A work with the one who waits for it, on whatever event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from storage.transaction import Transaction


class Closed(RuntimeError):
    """The database is closed; nothing more can be written."""


@dataclass(slots=True, eq=False)
class Job:
    """`begun`: it stands in nobody's line any more."""

    work: Callable[[Transaction], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    begun: bool = False

    def resolve(self) -> None:
        if self.future.done():  # the caller went away
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


def tell(batch: Sequence[Job]) -> None:
    """Wake each event loop once for all its callers."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in batch:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_resolve, jobs)
        except RuntimeError:  # the loop is closed: nobody listens, the work is durable all the same
            continue


def _resolve(jobs: Sequence[Job]) -> None:
    for job in jobs:
        job.resolve()
