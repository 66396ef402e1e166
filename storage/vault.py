"""Documents on disk, encrypted before they touch it (storage/sealing.py says how).

`folder/ab/ab…` are files, `folder/guarded/` is the place of those that lie apart, `folder/incoming/` of those that are still arriving.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from typing import TYPE_CHECKING

from storage.drafts import REST, Blob, Draft
from storage.keyring import Tampered, sync_folder
from storage.sealing import CHUNK, TAG, Binding, Seal

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Collection, Iterable, Iterator
    from pathlib import Path

    from storage.keyring import Keyring

__all__ = ["Blob", "Draft", "Reader", "UnknownBlob", "Vault"]

_BLOB_ID = re.compile(r"g?[0-9a-f]{32}")
_GUARDED = "g"
_INCOMING = "incoming"


class UnknownBlob(KeyError):
    """No stored file has this id."""


class Vault:
    """A folder of encrypted files."""

    def __init__(self, folder: Path, keys: Keyring) -> None:
        self._folder = folder
        self._keys = keys
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        return self._folder

    def begin(self, binding: Binding | str) -> Draft:
        """Start to store a file piece by piece."""
        apart = isinstance(binding, Binding) and binding.guarded
        blob_id = (_GUARDED if apart else "") + secrets.token_hex(16)
        return Draft.begin(blob_id, self._incoming(blob_id), self._keys, binding)

    def resume(self, blob_id: str, binding: Binding | str) -> Draft:
        """Go on with what `begin` began, here or in a process that ended. Raises UnknownBlob, Tampered."""
        try:
            return Draft.resume(blob_id, self._incoming(blob_id), self._keys, binding)
        except FileNotFoundError as error:
            raise UnknownBlob(blob_id) from error

    def finish(self, draft: Draft, binding: Binding | str) -> Blob:
        """The draft becomes a file of the vault."""
        return draft.finish(self.place(draft.id), lambda: self.digest(draft.id, binding))

    def put(self, chunks: Iterable[bytes], binding: Binding | str) -> Blob:
        """Store a file; `binding` says what it is and is needed to open it."""
        draft = self.begin(binding)
        try:
            for chunk in chunks:
                draft.write(chunk)
            return self.finish(draft, binding)
        except BaseException:
            draft.discard()
            raise

    async def receive(self, chunks: AsyncIterable[bytes], binding: Binding | str) -> Blob:
        """`put` for what arrives over a network; the disk's work is done in threads."""
        draft = await asyncio.to_thread(self.begin, binding)
        try:
            async for chunk in chunks:
                await asyncio.to_thread(draft.write, chunk)
            return await asyncio.to_thread(self.finish, draft, binding)
        except BaseException:
            draft.discard()
            raise

    def reader(self, blob_id: str, binding: Binding | str) -> Reader:
        """The plain bytes from anywhere in the file. Raises UnknownBlob, Tampered."""
        return Reader(self.place(blob_id), self._keys, binding)

    def stream(self, blob_id: str, binding: Binding | str) -> Iterator[bytes]:
        """The plain bytes, chunk by chunk, each checked before it is given. Raises UnknownBlob, Tampered (also at the end)."""
        return self.reader(blob_id, binding).chunks()

    def open(self, blob_id: str, binding: Binding | str) -> bytes:
        """All plain bytes at once. Raises UnknownBlob, Tampered."""
        return b"".join(self.stream(blob_id, binding))

    def digest(self, blob_id: str, binding: Binding | str) -> str:
        """The keyed digest of the plain bytes, as `Blob.hmac` was. Raises UnknownBlob, Tampered."""
        digest = self._keys.digest()
        for chunk in self.stream(blob_id, binding):
            digest.update(chunk)
        return digest.hexdigest()

    def place(self, blob_id: str) -> Path:
        """Where the encrypted file is, or would be. Ids are ours, and only what looks like one becomes a path. Raises UnknownBlob."""
        if not _BLOB_ID.fullmatch(blob_id):
            raise UnknownBlob(blob_id)
        if blob_id.startswith(_GUARDED):
            return self._folder / "guarded" / blob_id[1:3] / blob_id
        return self._folder / blob_id[:2] / blob_id

    def delete(self, blob_id: str) -> bool:
        """Delete a file for good, also one that is still arriving. False: it was not there."""
        path, there = self.place(blob_id), False
        for left in (path, self._incoming(blob_id), self._incoming(blob_id + REST)):
            try:
                left.unlink()
            except FileNotFoundError:
                continue
            there = True
            sync_folder(left.parent)
        return there

    def sweep(self, known: Collection[str], *, older_than: float = 3600.0) -> int:
        """Delete files that no row knows, when they are older than that many seconds.

        Take `known` (storage.documents.blobs) at the time of the call: a file is stored shortly before its row says so.
        """
        limit = time.time() - older_than
        orphans = [
            path
            for pattern in ("*/*", "guarded/*/*")
            for path in self._folder.glob(pattern)
            if path.is_file() and path.name.partition(REST)[0] not in known and path.stat().st_mtime < limit
        ]
        for path in orphans:
            path.unlink(missing_ok=True)
        return len(orphans)

    def _incoming(self, name: str) -> Path:
        if not _BLOB_ID.fullmatch(name.removesuffix(REST)):
            raise UnknownBlob(name)
        return self._folder / _INCOMING / name


class Reader:
    """One stored file, open for reading anywhere. `size` is that of the plain bytes."""

    def __init__(self, path: Path, keys: Keyring, binding: Binding | str) -> None:
        self._path = path
        try:
            sealed = path.stat().st_size
            with path.open("rb") as file:
                self._seal = Seal.read(file, keys, binding)
        except FileNotFoundError as error:
            raise UnknownBlob(path.name) from error
        body = sealed - len(self._seal.head)
        self._count = max(1, -(-body // (CHUNK + TAG)))
        self.size = max(0, body - self._count * TAG)

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from there. Raises UnknownBlob, Tampered."""
        first = offset // CHUNK
        end = min(offset + size, self.size)
        if offset >= end:
            return b""
        found = b"".join(self.chunks(first, -(-end // CHUNK)))
        return found[offset - first * CHUNK : end - first * CHUNK]

    def chunks(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Chunks first to end, each checked before it is given."""
        stop = self._count if end is None else min(end, self._count)
        try:
            file = self._path.open("rb")
        except FileNotFoundError as error:
            raise UnknownBlob(self._path.name) from error
        with file:
            file.seek(len(self._seal.head) + first * (CHUNK + TAG))
            for index in range(first, stop):
                yield self._seal.open(index, file.read(CHUNK + TAG), last=index == self._count - 1)
        if end is None and self._path.stat().st_size != len(self._seal.head) + self.size + self._count * TAG:
            raise Tampered(Tampered.__doc__)
