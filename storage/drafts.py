"""A file on its way into the vault: sealed as it arrives, and taken up again where it stopped, also by another process."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from storage.keyring import sync_folder
from storage.sealing import CHUNK, TAG, Seal

if TYPE_CHECKING:
    import hmac
    from collections.abc import Callable
    from pathlib import Path

    from storage.keyring import Keyring
    from storage.sealing import Binding

REST = ".rest"


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """A stored file: its random id, its plain size in bytes, a keyed digest of its plain bytes (64 hex digits)."""

    id: str
    size: int
    hmac: str


class Draft:
    """A file being stored. Nothing of it can be opened before `finish`; `discard` leaves nothing behind.

    Whole chunks are in the file; what came after the last of them is in memory, and beside the file, sealed too, once `pause` was called.
    """

    def __init__(self, id_: str, seal: Seal, path: Path, file: BinaryIO, digest: hmac.HMAC | None) -> None:
        self.id = id_
        self.size = 0
        self._seal_of = seal
        self._path, self._file = path, file
        self._digest = digest
        self._index = 0
        self._waiting = bytearray()

    @classmethod
    def begin(cls, id_: str, path: Path, keys: Keyring, binding: Binding | str) -> Draft:
        path.parent.mkdir(parents=True, exist_ok=True)
        seal = Seal.new(keys, binding)
        file = path.open("xb")
        file.write(seal.head)
        return cls(id_, seal, path, file, keys.digest())

    @classmethod
    def resume(cls, id_: str, path: Path, keys: Keyring, binding: Binding | str) -> Draft:
        """Take up a draft that another process left. Half a chunk at its end is cut off; the sender sends it again.

        Raises FileNotFoundError, Tampered.
        """
        file = path.open("r+b")
        seal = Seal.read(file, keys, binding)
        whole = (path.stat().st_size - len(seal.head)) // (CHUNK + TAG)
        draft = cls(id_, seal, path, file, None)
        draft._index = whole
        file.truncate(len(seal.head) + whole * (CHUNK + TAG))
        file.seek(0, os.SEEK_END)
        draft._waiting += draft._rest() or b""
        draft.size = whole * CHUNK + len(draft._waiting)
        return draft

    def write(self, plain: bytes) -> None:
        """Add bytes."""
        self.size += len(plain)
        if self._digest is not None:
            self._digest.update(plain)
        self._waiting += plain
        while len(self._waiting) > CHUNK:  # the last chunk is kept back, for only `finish` knows that it is the last
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def pause(self) -> None:
        """Everything that came so far can be taken up again, even if this process ends now."""
        self._file.flush()
        fresh = self._path.with_name(f"{self.id}{REST}.{secrets.token_hex(4)}")
        fresh.write_bytes(self._seal_of.seal_rest(self._index, bytes(self._waiting)))
        fresh.replace(self._path.with_name(self.id + REST))

    def finish(self, target: Path, digest_of: Callable[[], str]) -> Blob:
        """Make it durable and give it its place; `digest_of` reads a file whose beginning this process did not see."""
        self._seal(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        if not target.parent.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            sync_folder(target.parent.parent)
        self._path.replace(target)
        self._path.with_name(self.id + REST).unlink(missing_ok=True)
        sync_folder(target.parent)
        return Blob(id=self.id, size=self.size, hmac=self._digest.hexdigest() if self._digest else digest_of())

    def close(self) -> None:
        """Let go of it; it stays as it is."""
        self._file.close()

    def discard(self) -> None:
        """Give up; also after a failed `finish`."""
        self._file.close()
        for path in (self._path, self._path.with_name(self.id + REST)):
            path.unlink(missing_ok=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._seal_of.seal(self._index, plain, last=last))
        self._index += 1

    def _rest(self) -> bytes | None:
        """What was put beside the file, if it follows the chunks that are there."""
        try:
            return self._seal_of.open_rest(self._index, self._path.with_name(self.id + REST).read_bytes())
        except FileNotFoundError:
            return None
