"""Documents on disk, encrypted before they touch it.

A stored file is `magic (4) | key id (4) | salt (16)`, then chunks of 64 KiB, each AES-256-GCM with a key of this file alone. A chunk's
nonce holds its index and whether it is the last; its associated data holds the head of the file and the context. So a chunk that is
changed, moved, dropped or taken from another file is noticed, and so is a file put into another one's place.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag

from storage.keyring import Tampered, sync_folder

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Collection, Iterable, Iterator

    from storage.keyring import Keyring

_MAGIC = b"CLV1"
_SALT_BYTES = 16
_HEAD = len(_MAGIC) + 4 + _SALT_BYTES
_CHUNK = 64 * 1024
_TAG = 16
_BLOB_ID = re.compile(r"[0-9a-f]{32}")


class UnknownBlob(KeyError):
    """No stored file has this id."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Blob:
    """A stored file: its random id, its plain size in bytes, a keyed digest of its plain bytes (64 hex digits)."""

    id: str
    size: int
    hmac: str


class Draft:
    """A file being stored. Nothing of it can be opened before `finish`; `discard` leaves nothing behind."""

    def __init__(self, folder: Path, keys: Keyring, context: str) -> None:
        self.id = secrets.token_hex(16)
        self.size = 0
        salt = os.urandom(_SALT_BYTES)
        key_id, self._cipher = keys.file_key(salt)
        head = _MAGIC + key_id + salt
        self._bound_to = head + context.encode()
        self._digest = keys.digest()
        self._index = 0
        self._waiting = bytearray()
        self._folder = folder
        self._path = folder / "incoming" / self.id
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file: BinaryIO = self._path.open("xb")
        self._file.write(head)

    def write(self, plain: bytes) -> None:
        """Add bytes."""
        self.size += len(plain)
        self._digest.update(plain)
        self._waiting += plain
        while len(self._waiting) > _CHUNK:  # the last chunk is kept back, for only `finish` knows that it is the last
            self._seal(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]

    def finish(self) -> Blob:
        """Make it durable and give it its name."""
        self._seal(bytes(self._waiting), last=True)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        target = _place(self._folder, self.id)
        if not target.parent.exists():
            target.parent.mkdir(exist_ok=True)
            sync_folder(self._folder)
        self._path.replace(target)
        sync_folder(target.parent)
        return Blob(id=self.id, size=self.size, hmac=self._digest.hexdigest())

    def discard(self) -> None:
        """Give up; also after a failed `finish`."""
        self._file.close()
        self._path.unlink(missing_ok=True)

    def _seal(self, plain: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._index, last=last), plain, self._bound_to))
        self._index += 1


class Vault:
    """A folder of encrypted files."""

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self._folder = folder
        self._keys = keys
        folder.mkdir(parents=True, exist_ok=True)

    def begin(self, context: str) -> Draft:
        """Start to store a file piece by piece."""
        return Draft(self._folder, self._keys, context)

    def put(self, chunks: Iterable[bytes], context: str) -> Blob:
        """Store a file; `context` says what it is and is needed to open it."""
        draft = self.begin(context)
        try:
            for chunk in chunks:
                draft.write(chunk)
            return draft.finish()
        except BaseException:
            draft.discard()
            raise

    async def receive(self, chunks: AsyncIterable[bytes], context: str) -> Blob:
        """`put` for what arrives over a network; the disk's work is done in threads."""
        draft = await asyncio.to_thread(self.begin, context)
        try:
            async for chunk in chunks:
                await asyncio.to_thread(draft.write, chunk)
            return await asyncio.to_thread(draft.finish)
        except BaseException:
            draft.discard()
            raise

    def stream(self, blob_id: str, context: str) -> Iterator[bytes]:
        """The plain bytes, chunk by chunk, each checked before it is given. Raises UnknownBlob, Tampered (also at the end)."""
        try:
            file = _place(self._folder, blob_id).open("rb")
        except FileNotFoundError as error:
            raise UnknownBlob(blob_id) from error
        with file:
            yield from _opened(file, self._keys, context)

    def open(self, blob_id: str, context: str) -> bytes:
        """All plain bytes at once. Raises UnknownBlob, Tampered."""
        return b"".join(self.stream(blob_id, context))

    def digest(self, blob_id: str, context: str) -> str:
        """The keyed digest of the plain bytes, as `Blob.hmac` was. Raises UnknownBlob, Tampered."""
        digest = self._keys.digest()
        for chunk in self.stream(blob_id, context):
            digest.update(chunk)
        return digest.hexdigest()

    def place(self, blob_id: str) -> Path:
        """Where the encrypted file is, or would be; for backups. Raises UnknownBlob for what is no id of ours."""
        return _place(self._folder, blob_id)

    def delete(self, blob_id: str) -> bool:
        """Delete a file for good. False: it was not there."""
        path = _place(self._folder, blob_id)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        sync_folder(path.parent)
        return True

    def sweep(self, known: Collection[str], *, older_than: float = 3600.0) -> int:
        """Delete files that no row knows and drafts that a crash left, when they are older than that many seconds.

        Take `known` (storage.documents.blobs) at the time of the call: a file is stored shortly before its row says so.
        """
        limit = time.time() - older_than
        orphans = [
            path
            for path in self._folder.glob("*/*")
            if path.stat().st_mtime < limit and (path.parent.name == "incoming" or path.name not in known)
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)


def _place(folder: Path, blob_id: str) -> Path:
    """Ids are ours, and only what looks like one becomes a path."""
    if not _BLOB_ID.fullmatch(blob_id):
        raise UnknownBlob(blob_id)
    return folder / blob_id[:2] / blob_id


def _nonce(index: int, *, last: bool) -> bytes:
    return bytes(7) + index.to_bytes(4, "big") + bytes([last])


def _opened(file: BinaryIO, keys: Keyring, context: str) -> Iterator[bytes]:
    head = file.read(_HEAD)
    if len(head) != _HEAD or not head.startswith(_MAGIC):
        raise Tampered(Tampered.__doc__)
    cipher = keys.file_key_of(head[len(_MAGIC) : -_SALT_BYTES], head[-_SALT_BYTES:])
    bound_to = head + context.encode()
    index, sealed = 0, file.read(_CHUNK + _TAG)
    while True:
        following = file.read(_CHUNK + _TAG)
        try:
            yield cipher.decrypt(_nonce(index, last=not following), sealed, bound_to)
        except (InvalidTag, ValueError) as error:
            raise Tampered(Tampered.__doc__) from error
        if not following:
            return
        index, sealed = index + 1, following
