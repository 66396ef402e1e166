"""What the first answers after a start do not need: made in a thread, beside those who are answered, once, when somebody asks for it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, NoReturn, TypeVar

T = TypeVar("T")
THREAD = "late"


class Late(Generic[T]):
    """`make` imports what is heavy and gives what is made of it. In one event loop.

    The thread is a daemon: a program that is to stop while it loads does not wait for that, and ends by `leave`.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._making: asyncio.Future[T] | None = None

    async def __call__(self) -> T:
        """Waits for it. Raises what `make` raised, every time: what cannot be loaded once cannot be loaded at all."""
        if self._making is None:
            self._making = self._begin()
        return await asyncio.shield(self._making)

    @property
    def there(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._making is not None and self._making.done()

    def _begin(self) -> asyncio.Future[T]:
        loop = asyncio.get_running_loop()
        making: asyncio.Future[T] = loop.create_future()

        def work() -> None:
            try:
                tell = partial(making.set_result, self._make())
            except Exception as error:  # noqa: BLE001 - whoever waits is told
                tell = partial(making.set_exception, error)
            with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits any more
                loop.call_soon_threadsafe(tell)

        threading.Thread(target=work, name=THREAD, daemon=True).start()
        return making


def leave(code: int) -> NoReturn:
    """Ends the program; what it has to close is closed. Python breaks a daemon off wherever it is, and in the middle of native code
    (pydantic builds aiogram's models there) that is SIGABRT instead of this exit code.
    """
    if any(one.name == THREAD for one in threading.enumerate()):
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
