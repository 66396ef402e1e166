"""The socket: uvicorn with httptools, on loopback only, with the transport at hand so that a connection can be reset."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from bot.sandbox.errors import Unable

KEEP_ALIVE_SECONDS = 75


class Protocol(HttpToolsProtocol):
    """Puts the transport into the scope."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        scope: Any = self.scope
        scope["sandbox.transport"] = self.transport


class Server(uvicorn.Server):
    """Leaves signals to the embedding program, and says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.up = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.up.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def bound(host: str, port: int) -> socket.socket:
    """A listening socket on this machine alone; port 0 takes any free one."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        message = f"the sandbox listens on loopback only, not on {host}"
        raise Unable(message)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with the protocol named, asyncio switches Nagle's algorithm off, which costs 40 ms an answer
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


async def serve(app: Any, listener: socket.socket, ready: Callable[[int], None] | None, ending: Callable[[], None]) -> None:
    """Serves until cancelled; `ready` is told the port once connections are taken, `ending` is called before they are closed."""
    config = uvicorn.Config(
        app,
        http=Protocol,
        interface="asgi3",
        proxy_headers=False,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    running = asyncio.ensure_future(server.serve(sockets=[listener]))
    up = asyncio.ensure_future(server.up.wait())
    try:
        await asyncio.wait({running, up}, return_when=asyncio.FIRST_COMPLETED)
        if ready is not None and server.started:
            ready(listener.getsockname()[1])
        await asyncio.shield(running)
    finally:
        ending()
        up.cancel()
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await running
