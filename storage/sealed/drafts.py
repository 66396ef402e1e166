"""A file on its way into the vault: sealed as it arrives, and taken up again where it stopped, also by another process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from storage.sealed.keyring import Tampered, sync_folder
from storage.sealed.sealing import CHUNK, MORE, Seal

if TYPE_CHECKING:
    import hmac
    from collections.abc import Callable
    from pathlib import Path

    from storage.sealed.keyring import Keyring
    from storage.sealed.sealing import Binding

REST = ".rest"
_INDEX = 8  # bytes of the number of whole chunks, before what came after them
AHEAD = (
    1024  # chunks, 64 MB, that may be on their way to the disk: a power cut can take these, the end of a process takes nothing
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """A stored file: its random id, its plain size in bytes, a keyed digest of its plain bytes (64 hex digits)."""

    id: str
    size: int
    hmac: str


class Held(BlockingIOError):
    """Another program is writing this file at the moment."""


class Overtaken(Exception):
    """Another program went on with this file meanwhile: what this one knows of it is out of date."""


class Draft:
    """A file being stored. Nothing of it can be opened before `finish`; `discard` leaves nothing behind.

    Whole chunks are in the file; what came after the last of them is in memory, and beside the file, sealed too, once `pause` was called.

    Who writes holds the file: programs on one folder take turns by `let_go` and `hold`.
    """

    def __init__(self, id_: str, seal: Seal, path: Path, file: BinaryIO, digest: hmac.HMAC | None) -> None:
        self.id = id_
        self.size = 0
        self._seal_of = seal
        self._path, self._file = path, file
        self._digest = digest
        self._index = 0
        self._waiting = bytearray()
        self._left: tuple[int, ...] | None = None
        self._safe: int | None = None  # chunks that no power cut takes, as far as this process knows

    @classmethod
    def begin(cls, id_: str, path: Path, keys: Keyring, binding: Binding | str) -> Draft:
        path.parent.mkdir(parents=True, exist_ok=True)
        seal = Seal.new(keys, binding)
        file = path.open("xb")
        _lock(file)
        file.write(seal.head)
        return cls(id_, seal, path, file, keys.digest())

    @classmethod
    def resume(cls, id_: str, path: Path, keys: Keyring, binding: Binding | str) -> Draft:
        """Take up a draft that another process left: what came until its last `pause`, and of what came after it the whole chunks.

        Only what opens stays: not half a chunk, not what a power cut left as zeros, not one that `finish` sealed as the last.
        Raises FileNotFoundError; Held; Tampered, when nothing can follow it any more and the sender begins anew.
        """
        file = path.open("r+b")
        try:
            _lock(file)
            _still(path, file)
            draft = cls(id_, Seal.read(file, keys, binding), path, file, None)
            draft._take_up()
        except BaseException:
            file.close()
            raise
        return draft

    def write(self, plain: bytes | bytearray) -> None:
        """Add bytes. The last chunk is kept back, for only `finish` knows that it is the last."""
        self.size += len(plain)
        if self._digest is not None:
            self._digest.update(plain)
        view = memoryview(plain)
        if self._waiting and len(self._waiting) + len(view) > CHUNK:
            missing = CHUNK - len(self._waiting)
            self._seal(bytes(self._waiting) + view[:missing], last=False)
            self._waiting.clear()
            view = view[missing:]
        while len(view) > CHUNK:
            self._seal(view[:CHUNK], last=False)
            view = view[CHUNK:]
        self._waiting += view

    def pause(self) -> None:
        """Everything that came so far can be taken up again, even if this process ends now; all but the last 64 MB after a power cut."""
        sync = self._safe is None or self._index - self._safe >= AHEAD
        self._file.flush()
        if sync:
            os.fsync(self._file.fileno())
        fresh = self._path.with_name(f"{self.id}{REST}.{secrets.token_hex(4)}")
        with fresh.open("xb") as file:
            file.write(self._index.to_bytes(_INDEX, "big") + self._seal_of.seal_rest(self._index, bytes(self._waiting)))
            file.flush()
            if sync:
                os.fsync(file.fileno())
        fresh.replace(self._path.with_name(self.id + REST))
        if sync:
            sync_folder(self._path.parent)
            self._safe = self._index

    def let_go(self) -> None:
        """After a `pause`, somebody else may go on with it."""
        if not self._file.closed:
            self._left = self._standing()
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def hold(self) -> None:
        """Go on with it after `let_go`. Raises Held, Overtaken."""
        if self._left is not None:
            _lock(self._file)
            if self._left != self._standing():
                raise Overtaken(Overtaken.__doc__)
            self._left = None

    def finish(self, take: Callable[[Path], None], digest_of: Callable[[], str]) -> Blob:
        """Make it durable and `take` it in; `digest_of` reads a file whose beginning this process did not see."""
        self._seal(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        take(self._path)
        self._path.with_name(self.id + REST).unlink(missing_ok=True)
        return Blob(id=self.id, size=self.size, hmac=self._digest.hexdigest() if self._digest else digest_of())

    def close(self) -> None:
        """Let go of it; it stays as it is."""
        self._file.close()

    def discard(self) -> None:
        """Give up; also after a failed `finish`."""
        self._file.close()
        for path in (self._path, self._path.with_name(self.id + REST)):
            path.unlink(missing_ok=True)

    def _standing(self) -> tuple[int, ...]:
        """What somebody else's writing would change: which file lies there, how long it is, and what is beside it."""
        return (*_place(self._path), *_place(self._path.with_name(self.id + REST)))

    def _seal(self, plain: bytes | memoryview, *, last: bool) -> None:
        self._file.write(self._seal_of.seal(self._index, plain, last=last))
        self._index += 1

    def _take_up(self) -> None:
        if self._seal_of.old:
            raise Tampered(Tampered.__doc__)
        paused, rest = self._rest()
        self._index = self._opening(max(0, paused - AHEAD))
        self._file.truncate(self._end(self._index))
        self._file.seek(0, os.SEEK_END)
        self._waiting += rest if self._index == paused else b""
        self.size = self._index * CHUNK + len(self._waiting)

    def _opening(self, first: int) -> int:
        """How many chunks are there, looked at from `first` on; from the beginning, when it is not even so many."""
        index = first if self._path.stat().st_size >= self._end(first) else 0
        self._file.seek(self._end(index))
        with contextlib.suppress(Tampered):
            while True:
                self._seal_of.open(index, self._file.read(CHUNK + MORE), last=False)
                index += 1
        return index

    def _rest(self) -> tuple[int, bytes]:
        """How many chunks there were at the last pause, and what came after them; nothing where a power cut took that."""
        try:
            kept = self._path.with_name(self.id + REST).read_bytes()
            index = int.from_bytes(kept[:_INDEX], "big")
            return index, self._seal_of.open_rest(index, kept[_INDEX:])
        except (FileNotFoundError, Tampered):
            return 0, b""

    def _end(self, chunks: int) -> int:
        return len(self._seal_of.head) + chunks * (CHUNK + MORE)


def _lock(file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Held(Held.__doc__) from error


def _still(path: Path, file: BinaryIO) -> None:
    """Raises FileNotFoundError, when somebody finished it before we had it."""
    if _place(path) != _place_of(file):
        raise FileNotFoundError(path)


def _place(path: Path) -> tuple[int, ...]:
    """Nothing where there is no such file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_dev, found.st_ino, found.st_size


def _place_of(file: BinaryIO) -> tuple[int, ...]:
    found = os.fstat(file.fileno())
    return found.st_dev, found.st_ino, found.st_size
