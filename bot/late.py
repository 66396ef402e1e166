"""What the first answers after a start do not need: made in a thread, beside those who are answered, once, when somebody asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Late(Generic[T]):
    """`make` imports what is heavy and gives what is made of it. In one event loop."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._making: asyncio.Future[T] | None = None

    async def __call__(self) -> T:
        """Waits for it. Raises what `make` raised, every time: what cannot be loaded once cannot be loaded at all."""
        if self._making is None:
            self._making = asyncio.ensure_future(asyncio.to_thread(self._make))
        return await asyncio.shield(self._making)

    @property
    def there(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._making is not None and self._making.done()
