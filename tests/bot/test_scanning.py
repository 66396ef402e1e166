"""A virus scanner, where there is one: what it finds is refused, and without it everything goes on."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator

from bot.inspection import InMemory
from bot.inspection.scanning import Scanner

SIGNATURE = b"our-own-signature"


@contextlib.asynccontextmanager
async def clamd(most: int = 200 << 20) -> AsyncIterator[int]:
    """Speaks as much of clamd's INSTREAM as a scanner asks for. `most`: its StreamMaxLength."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\0" if (await reader.readexactly(1)) == b"z" else b"\n")
        data = bytearray()
        while size := struct.unpack(">L", await reader.readexactly(4))[0]:
            data += await reader.readexactly(size)
            if len(data) > most:
                writer.write(b"INSTREAM size limit exceeded. ERROR\n")
                writer.close()
                return
        writer.write(b"stream: Own.Signature FOUND\n" if SIGNATURE in data else b"stream: OK\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_what_the_scanner_knows_is_found() -> None:
    async with clamd() as port:
        scanner = Scanner.of(f"127.0.0.1:{port}")
        assert scanner is not None
        assert await scanner.look(InMemory(b"%PDF " + bytes(3 << 20) + SIGNATURE)) == "infected"
        assert await scanner.look(InMemory(b"%PDF " + bytes(3 << 20))) == "clean"


async def test_a_scanner_that_does_not_answer_has_not_looked() -> None:
    assert Scanner.of("") is None
    async with clamd() as port:
        pass
    assert await Scanner(host="127.0.0.1", port=port).look(InMemory(SIGNATURE)) is None


async def test_a_large_file_is_looked_at_to_its_end() -> None:
    async with clamd() as port:
        scanner = Scanner(host="127.0.0.1", port=port)
        assert await scanner.look(InMemory(bytes(27 << 20) + SIGNATURE)) == "infected"
        assert await scanner.look(InMemory(bytes(27 << 20))) == "clean"


async def test_what_the_scanner_does_not_take_whole_is_said() -> None:
    async with clamd(most=26 << 20) as port:
        scanner = Scanner(host="127.0.0.1", port=port)
        assert await scanner.look(InMemory(bytes(30 << 20) + SIGNATURE)) == "partly"
        assert await scanner.look(InMemory(SIGNATURE + bytes(30 << 20))) == "infected"
