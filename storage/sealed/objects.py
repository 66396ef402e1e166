"""Where the sealed files lie: a folder of this machine, or a bucket of anything that speaks S3.

obstore reads, lists and deletes in both alike. Only taking a file in differs: into a folder it is moved, durably, and seen at once whole;
into a bucket it is sent, and seen when all of it has arrived.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, S3Store

from storage.sealed.keyring import sync_folder

if TYPE_CHECKING:
    from obstore.store import ObjectStore

SEEN = 1 << 20  # bytes that are asked for at once when a whole file is read
SENT = 8 << 20  # bytes of one part of a large file on its way into a bucket
TIMES = {"timeout": "120s", "connect_timeout": "10s"}


class StoreUnavailable(OSError):
    """The object store does not answer, or refuses: look at CARELINE_STORE_URL and at its credentials."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """One sealed file. `changed`: when it was taken in."""

    key: str
    changed: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Objects:
    """Sealed files by their keys, such as `ab/ab…`. `folder`: where they lie, None for a bucket. Raises StoreUnavailable."""

    store: ObjectStore
    folder: Path | None = None

    @classmethod
    def within(cls, folder: Path) -> Objects:
        folder.mkdir(parents=True, exist_ok=True)
        return cls(store=LocalStore(folder), folder=folder)

    @classmethod
    def bucket(cls, url: str, *, endpoint: str = "", region: str = "") -> Objects:
        """`s3://bucket/prefix`; the credentials are those that AWS programs find (AWS_ACCESS_KEY_ID ...)."""
        more = {name: value for name, value in (("endpoint", endpoint), ("region", region)) if value}
        plain = {"allow_http": endpoint.startswith("http://")}
        return cls(store=S3Store.from_url(url, **more, client_options=TIMES | plain))  # type: ignore[arg-type]

    def size(self, key: str) -> int:
        """Raises FileNotFoundError."""
        return int(_asked(lambda: obstore.head(self.store, key))["size"])

    def read(self, key: str, start: int, length: int) -> bytes:
        """Raises FileNotFoundError."""
        return bytes(_asked(lambda: obstore.get_range(self.store, key, start=start, length=length))) if length > 0 else b""

    def pieces(self, key: str) -> Iterator[bytes]:
        """All of it. Raises FileNotFoundError."""
        size = self.size(key)
        for start in range(0, size, SEEN):
            yield self.read(key, start, min(SEEN, size - start))

    def take(self, key: str, file: Path) -> None:
        """A file of this machine goes in and is not beside any more."""
        if self.folder is not None:
            _move(file, self.folder / key)
            return
        _asked(lambda: obstore.put(self.store, key, file, chunk_size=SENT))
        file.unlink()

    def delete(self, key: str) -> bool:
        """For good. False: it was not there."""
        try:
            self.size(key)  # a bucket does not say whether there was one
            _asked(lambda: obstore.delete(self.store, key))
        except FileNotFoundError:
            return False
        if self.folder is not None:
            sync_folder((self.folder / key).parent)
        return True

    def all(self) -> Iterator[Found]:
        """Every file, also those that are still arriving where they arrive below the same folder."""
        listed = _asked(lambda: list(obstore.list(self.store)))
        for page in listed:
            for one in page:
                yield Found(key=one["path"], changed=one["last_modified"].astimezone(UTC))


def _asked(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError(str(error)) from error
    except BaseError as error:
        raise StoreUnavailable(StoreUnavailable.__doc__) from error


def _move(file: Path, target: Path) -> None:
    if not target.parent.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        sync_folder(target.parent.parent)
    file.replace(target)
    sync_folder(target.parent)
