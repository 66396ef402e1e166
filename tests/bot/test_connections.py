"""Kept connections: used again, replaced when they are closed, and every way to break is one of two."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from bot import channel
from bot.patient.connections import Broken, Connections, NotConnected

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Answers each request with the next of `answers`: what is sent, and whether the connection is closed after it."""

    def __init__(self, *answers: tuple[bytes, bool]) -> None:
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.connected = 0

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[Connections]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        made = Connections(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/api/")
        try:
            yield made
        finally:
            made.close()
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connected += 1
        with contextlib.suppress(asyncio.IncompleteReadError):
            while self.answers:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                answer, last = self.answers.pop(0)
                for byte in (answer[:9], answer[9:]):
                    writer.write(byte)
                    await asyncio.sleep(0)
                if last:
                    break
        writer.close()


async def test_one_connection_carries_many_calls() -> None:
    chunked = b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n \r\n0\r\n\r\n"
    server = Server((OK, False), (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, False), (chunked, False))
    async with server.listening() as connected:
        answers = [await connected.post("/bot1:a/getMe", b'{"a": 1}', 5) for _ in range(3)]
    assert answers == [(200, b"{}"), (200, b"{}"), (400, b"{} ")]
    assert server.connected == 1
    assert server.requests[0].startswith(b"POST /api/bot1:a/getMe HTTP/1.1\r\nHost: 127.0.0.1:")
    assert server.requests[0].endswith(b'Content-Length: 8\r\n\r\n{"a": 1}')


async def test_calls_at_the_same_time_have_connections_of_their_own() -> None:
    server = Server(*[(OK, False)] * 8)
    async with server.listening() as connected:
        await asyncio.gather(*(connected.post("/x", b"{}", 5) for _ in range(4)))
        await asyncio.gather(*(connected.post("/x", b"{}", 5) for _ in range(4)))
    assert server.connected == 4


@pytest.mark.parametrize("answer", [OK, OK.replace(b"OK\r\n", b"OK\r\nConnection: close\r\n")])
async def test_a_closed_connection_is_replaced(answer: bytes) -> None:
    server = Server((answer, True), (OK, False))
    async with server.listening() as connected:
        assert await connected.post("/x", b"{}", 5) == (200, b"{}")
        await asyncio.sleep(0.05)
        assert await connected.post("/x", b"{}", 5) == (200, b"{}")
    assert server.connected == 2


@pytest.mark.parametrize("head", [b"HTTP/1.0 200 OK", b"HTTP/1.1 200 OK\r\nConnection: close"])
async def test_a_body_of_no_known_length_ends_with_its_connection(head: bytes) -> None:
    server = Server((head + b'\r\n\r\n{"ok": true}', True), (OK, False))
    async with server.listening() as connected:
        assert await connected.post("/x", b"{}", 5) == (200, b'{"ok": true}')
        assert await connected.post("/x", b"{}", 5) == (200, b"{}")
    assert server.connected == 2


async def test_what_rested_for_long_is_not_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "IDLE_SECONDS", 0.0)
    server = Server((OK, False), (OK, False))
    async with server.listening() as connected:
        await connected.post("/x", b"{}", 5)
        await connected.post("/x", b"{}", 5)
    assert server.connected == 2


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", b"HTTP/1.0 200 OK\r\nA: b\r\n", b"no such protocol\r\n\r\n" * 9],
)
async def test_an_answer_that_breaks_off_may_have_been_done(answer: bytes) -> None:
    server = Server((answer, True), (OK, False))
    async with server.listening() as connected:
        with pytest.raises(Broken, match="ConnectionResetError"):
            await connected.post("/bot1:secret/x", b"{}", 5)
        assert await connected.post("/x", b"{}", 5) == (200, b"{}")


async def test_an_answer_that_does_not_come_may_have_been_done() -> None:
    server = Server((b"HTTP/1.1 200 OK\r\n", False), (OK, False))
    async with server.listening() as connected:
        with pytest.raises(Broken, match="TimeoutError"):
            await connected.post("/x", b"{}", 0.1)
        assert await connected.post("/x", b"{}", 5) == (200, b"{}")
    assert server.connected == 2


async def test_where_nobody_listens_nothing_was_sent() -> None:
    server = Server()
    async with server.listening() as connected:
        pass
    with pytest.raises(NotConnected):
        await connected.post("/x", b"{}", 5)
