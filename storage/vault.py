"""Stored documents, encrypted before they touch a disk (storage/sealed/sealing.py says how), in a folder or a bucket (storage/sealed/objects.py).

`ab/ab…` are files, `guarded/` is the place of those that lie apart; `incoming/` is a folder of this machine for those that still arrive.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING

from storage.sealed.drafts import REST, Blob, Draft
from storage.sealed.keyring import sync_folder
from storage.sealed.objects import SEEN, Objects
from storage.sealed.sealing import CHUNK, HEAD, Binding, Seal

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Collection, Iterable, Iterator
    from pathlib import Path

    from storage.sealed.keyring import Keyring

__all__ = ["Blob", "Draft", "Reader", "UnknownBlob", "Vault"]

_BLOB_ID = re.compile(r"g?[0-9a-f]{32}")
_GUARDED = "g"
_INCOMING = "incoming"
_AT_ONCE = SEEN // CHUNK  # chunks in one question to the store


class UnknownBlob(KeyError):
    """No stored file has this id."""


class Vault:
    """Encrypted files. `folder`: of this machine; everything lies in it unless `objects` is somewhere else."""

    def __init__(self, folder: Path, keys: Keyring, objects: Objects | None = None) -> None:
        self._folder = folder
        self._keys = keys
        self.objects = objects or Objects.within(folder)
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
        key = key_of(draft.id)
        return draft.finish(lambda file: self.objects.take(key, file), lambda: self.digest(draft.id, binding))

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
        return Reader(self.objects, key_of(blob_id), self._keys, binding)

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

    def sealed(self, blob_id: str) -> Iterator[bytes]:
        """A file as it lies there, encrypted, for a backup. Raises FileNotFoundError, UnknownBlob."""
        return self.objects.pieces(key_of(blob_id))

    def take(self, blob_id: str, file: Path) -> None:
        """A sealed file that lies elsewhere on this machine, from a backup, becomes one of the vault. Raises UnknownBlob."""
        self.objects.take(key_of(blob_id), file)

    def holds(self, blob_id: str) -> bool:
        """Whether there is such a file, complete. Raises UnknownBlob."""
        try:
            return self.objects.size(key_of(blob_id)) >= 0
        except FileNotFoundError:
            return False

    def delete(self, blob_id: str) -> bool:
        """Delete a file for good, also one that is still arriving. False: it was not there."""
        there = self.objects.delete(key_of(blob_id))
        return self.clear(blob_id) or there

    def clear(self, blob_id: str) -> bool:
        """Delete what is left of its arrival. False: there was nothing."""
        there = False
        for left in (self._incoming(blob_id), self._incoming(blob_id + REST)):
            if left.exists():
                left.unlink(missing_ok=True)
                sync_folder(left.parent)
                there = True
        return there

    def sweep(self, known: Collection[str], *, older_than: float = 3600.0) -> int:
        """Delete files that no row knows, when they are older than that many seconds.

        Take `known` (storage.documents.blobs) at the time of the call: a file is stored shortly before its row says so.
        """
        limit = datetime.now(UTC) - timedelta(seconds=older_than)

        def orphaned(name: str, changed: datetime) -> bool:
            return name.partition(REST)[0] not in known and changed < limit

        kept = [one.key for one in self.objects.all() if orphaned(one.key.rpartition("/")[2], one.changed)]
        kept = [key for key in kept if not key.startswith(_INCOMING + "/")]
        drafts = [path for path in self._folder.glob(f"{_INCOMING}/*") if orphaned(path.name, _changed(path))]
        for key in kept:
            self.objects.delete(key)
        for path in drafts:
            path.unlink(missing_ok=True)
        return len(kept) + len(drafts)

    def _incoming(self, name: str) -> Path:
        if not _BLOB_ID.fullmatch(name.removesuffix(REST)):
            raise UnknownBlob(name)
        return self._folder / _INCOMING / name


def key_of(blob_id: str) -> str:
    """Ids are ours, and only what looks like one becomes a key or a path. Raises UnknownBlob."""
    if not _BLOB_ID.fullmatch(blob_id):
        raise UnknownBlob(blob_id)
    return f"guarded/{blob_id[1:3]}/{blob_id}" if blob_id.startswith(_GUARDED) else f"{blob_id[:2]}/{blob_id}"


def _changed(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:  # it became a file of the vault at this moment
        return datetime.now(UTC)


class Reader:
    """One stored file, to be read anywhere. `size` is that of the plain bytes."""

    def __init__(self, objects: Objects, key: str, keys: Keyring, binding: Binding | str) -> None:
        self._objects, self._key = objects, key
        try:
            self._sealed = objects.size(key)
            self._seal = Seal.read(BytesIO(objects.read(key, 0, min(HEAD, self._sealed))), keys, binding)
        except FileNotFoundError as error:
            raise UnknownBlob(key) from error
        body = self._sealed - len(self._seal.head)
        self._step = CHUNK + self._seal.more
        self._count = max(1, -(-body // self._step))
        self.size = max(0, body - self._count * self._seal.more)

    def read(self, offset: int, size: int) -> bytes:
        """At most `size` bytes from there. Raises UnknownBlob, Tampered."""
        first = offset // CHUNK
        end = min(offset + size, self.size)
        if offset >= end:
            return b""
        found = b"".join(self.chunks(first, -(-end // CHUNK)))
        return found[offset - first * CHUNK : end - first * CHUNK]

    def chunks(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Chunks first to end, each checked before it is given. Raises UnknownBlob, Tampered."""
        stop = self._count if end is None else min(end, self._count)
        for begin in range(first, stop, _AT_ONCE):
            some = min(_AT_ONCE, stop - begin)
            sealed = self._stretch(len(self._seal.head) + begin * self._step, some * self._step)
            for number in range(some):
                chunk = sealed[number * self._step : (number + 1) * self._step]
                yield self._seal.open(begin + number, chunk, last=begin + number == self._count - 1)

    def _stretch(self, start: int, length: int) -> bytes:
        there = min(length, self._sealed - start)
        try:
            return self._objects.read(self._key, start, there) if there > 0 else b""
        except FileNotFoundError as error:
            raise UnknownBlob(self._key) from error
