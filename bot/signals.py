"""Ctrl-C and SIGTERM, as an event."""

from __future__ import annotations

import asyncio
import signal


def on_signals(stopping: asyncio.Event) -> None:
    """SIGINT and SIGTERM set the event."""
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(name, stopping.set)
        except NotImplementedError:  # Windows
            signal.signal(name, lambda *_: loop.call_soon_threadsafe(stopping.set))
