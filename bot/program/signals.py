"""Ctrl-C, SIGTERM and the end of whoever started the program, as an event."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any


def on_signals(stopping: asyncio.Event) -> None:
    """SIGINT and SIGTERM set the event."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stopping.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stopping.set))


def on_hangup(renew: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """SIGHUP, where there is one, starts this; while it is under way, a further signal is the same wish."""
    under_way: list[asyncio.Task[None]] = []

    def begin() -> None:
        if not under_way or under_way[-1].done():
            under_way[:] = [asyncio.ensure_future(renew())]

    if hasattr(signal, "SIGHUP"):
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, begin)


def on_closed_input(stopping: asyncio.Event) -> None:
    """Sets the event when whoever started this program is gone: nothing more can come from it."""
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stopping.set)
