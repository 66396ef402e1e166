"""Where the bytes of a file come from: memory, or the vault, which opens only the pieces that are asked for."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

ASK = b"r"  # before a question for bytes
RANGE = struct.Struct("<QI")  # offset, size
MOST = 1 << 20  # bytes in one answer


class Source(Protocol):
    """A file's plain bytes, from anywhere in it."""

    @property
    def size(self) -> int: ...

    def read(self, offset: int, size: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class InMemory:
    """Bytes that are there already."""

    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self, offset: int, size: int) -> bytes:
        return self.data[offset : offset + size]


class Asked(io.RawIOBase):
    """The file as a parser sees it: each read is a question to the process that may read."""

    name = "file"  # some parsers want to know

    def __init__(self, connection: Connection, size: int) -> None:
        super().__init__()
        self._connection, self._size, self._at = connection, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        wanted = min(len(view), MOST, max(0, self._size - self._at))
        if wanted == 0:
            return 0
        self._connection.send_bytes(ASK + RANGE.pack(self._at, wanted))
        data = self._connection.recv_bytes(MOST)
        view[: len(data)] = data
        self._at += len(data)
        return len(data)
