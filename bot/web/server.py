"""An uvicorn inside our own event loop, without its habits: no access log (addresses are data), no signal handlers."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

DRAIN_SECONDS = 2  # of the ten that a stop is allowed; bot/program/running.py has the rest
BACKLOG = 2048


class Server(uvicorn.Server):
    """Leaves signals to the program and says when it listens."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listening(host: str, port: int) -> socket.socket:
    """Takes the address; raises OSError when somebody has it."""
    return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=BACKLOG)


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, host: str, port: int, listener: socket.socket | None = None) -> AsyncIterator[int]:
    """Serves inside the block; gives the port. Raises OSError when the address is taken. `listener`: what listens there already."""
    listener = listener or listening(host, port)
    server = Server(app)
    running = asyncio.create_task(server.serve(sockets=[listener]))
    await server.listening.wait()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        await running
