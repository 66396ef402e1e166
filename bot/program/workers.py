"""Several programs on one PostgreSQL database, kept alive from here: whoever ends is started again, and a stop stops all of them.

They share one listening socket, so a webhook goes to whoever is free. What only one of them may do at a time they settle among
themselves (bot/duties.py). Each has a pipe from here and stops when it closes: nobody goes on when this program is gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.program.signals import on_hangup, on_signals
from bot.web.server import listening

if TYPE_CHECKING:
    import socket

    from bot.settings import Settings

log = structlog.get_logger("bot.program.workers")

STOP_SECONDS = 12.0
AGAIN_SECONDS = (1.0, 2.0, 5.0, 15.0)  # before an ended worker is started again; the last one repeats
STEADY_SECONDS = 60.0  # after which a worker counts as healthy


async def run(settings: Settings, count: int) -> None:
    """Until SIGTERM or SIGINT. Raises OSError when the address of webhooks is taken."""
    stopping = asyncio.Event()
    on_signals(stopping)
    listener = _listener(settings)
    alive: dict[int, asyncio.subprocess.Process] = {}
    on_hangup(partial(_pass_on, alive))
    keepers = [asyncio.create_task(_keep(number, settings, listener, stopping, alive)) for number in range(count)]
    await stopping.wait()
    await asyncio.gather(*keepers)


async def _pass_on(alive: Mapping[int, asyncio.subprocess.Process]) -> None:
    """SIGHUP is for each of them."""
    for worker in alive.values():
        with contextlib.suppress(ProcessLookupError):
            worker.send_signal(signal.SIGHUP)


def _listener(settings: Settings) -> socket.socket | None:
    try:
        return listening(settings.host, settings.port)
    except OSError:
        if settings.mode == "webhook":
            raise
        log.warning("address_taken", address=f"{settings.host}:{settings.port}")
        return None


async def _keep(
    number: int,
    settings: Settings,
    listener: socket.socket | None,
    stopping: asyncio.Event,
    alive: dict[int, asyncio.subprocess.Process],
) -> None:
    """One worker, started again for as long as nobody says stop."""
    short = 0
    while not stopping.is_set():
        began = asyncio.get_running_loop().time()
        worker = alive[number] = await _start(settings, listener)
        log.info("worker_started", worker=number, pid=worker.pid)
        await _first(worker.wait(), stopping.wait())
        if stopping.is_set():
            return await _stop(worker)
        log.error("worker_ended", worker=number, pid=worker.pid, code=worker.returncode)
        short = 0 if asyncio.get_running_loop().time() - began > STEADY_SECONDS else short + 1
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_SECONDS[min(short, len(AGAIN_SECONDS) - 1)]):
                await stopping.wait()
    return None


async def _start(settings: Settings, listener: socket.socket | None) -> asyncio.subprocess.Process:
    handed = [listener.fileno()] if listener else []
    arguments = ["--listen", str(handed[0])] if handed else []
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run", "--role", settings.role, "--attached", *arguments),
        stdin=asyncio.subprocess.PIPE,
        pass_fds=handed,
    )


async def _stop(worker: asyncio.subprocess.Process) -> None:
    with contextlib.suppress(ProcessLookupError):
        worker.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await worker.wait()
        except TimeoutError:
            worker.kill()
            await worker.wait()


async def _first(*waiting: object) -> None:
    tasks = [asyncio.ensure_future(one) for one in waiting]  # type: ignore[call-overload]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
