"""A telephone line: carries bytes to a server and back, and breaks after as many as it was told."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

PIECE = 64 << 10


@dataclass
class Line:
    """`breaks_at`: bytes towards the server after which every connection breaks, the next one first; `carried`: bytes so far."""

    target: int
    breaks_at: list[int] = field(default_factory=list)
    carried: int = 0
    broken: int = 0
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _open: set[socket.socket] = field(default_factory=set)

    @contextlib.contextmanager
    def up(self) -> Iterator[Line]:
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.port = server.getsockname()[1]
            threading.Thread(target=self._accept, args=(server,), daemon=True).start()
            try:
                yield self
            finally:
                self._break()

    def _accept(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = server.accept()
                far = socket.create_connection(("127.0.0.1", self.target))
                with self._lock:
                    self._open |= {near, far}
                threading.Thread(target=self._carry, args=(near, far), kwargs={"counted": True}, daemon=True).start()
                threading.Thread(target=self._carry, args=(far, near), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, *, counted: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(PIECE):
                sink.sendall(data)
                if counted and self._due(len(data)):
                    self._break()
        with self._lock:
            for one in (source, sink):
                _hang_up(one)
                self._open.discard(one)

    def _due(self, count: int) -> bool:
        with self._lock:
            self.carried += count
            if not self.breaks_at or self.carried < self.breaks_at[0]:
                return False
            self.breaks_at.pop(0)
            self.broken += 1
            return True

    def _break(self) -> None:
        with self._lock:
            for one in self._open:
                _hang_up(one)


def _hang_up(one: socket.socket) -> None:
    """Both ends hear of it; the descriptor is closed with its last thread."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
