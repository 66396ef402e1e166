"""A backup as one file: a zip of the database's copy, the encrypted documents, and a signed list of all with their checksums.

Nothing in it is readable without the key file, and the key file is never in it.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import zipfile
import zlib
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO

from storage.sealed.keyring import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

    from storage.sealed.keyring import Keyring

FORMAT = 1
DATABASE = "careline.db"
DOCUMENTS = "vault/"
_LIST, _SIGNATURE = "list.json", "list.hmac"
_CHUNK = 1 << 20
_LARGEST_LIST = 1 << 28  # bytes: two million documents


class BackupDamaged(ValueError):
    """The backup cannot be read, or something in it was changed, cut or taken away."""


class WrongKey(ValueError):
    """The backup was made with another key than those in the key file, or its list was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed:
    """`members`: name -> SHA-256 of what lies under it. `gone`: documents that were deleted while the backup was made."""

    made_at: datetime
    members: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)

    def dumps(self) -> bytes:
        return json.dumps({**asdict(self), "made_at": self.made_at.isoformat(), "format": FORMAT}, sort_keys=True).encode()

    @classmethod
    def loads(cls, data: bytes) -> Listed:
        said = json.loads(data)
        return cls(made_at=datetime.fromisoformat(said["made_at"]), members=dict(said["members"]), gone=list(said["gone"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Writer:
    """A backup in the making."""

    zip: zipfile.ZipFile
    listed: Listed

    def add(self, name: str, path: Path) -> None:
        """Copy a file in."""
        with path.open("rb") as file:
            self.put(name, iter(lambda: file.read(_CHUNK), b""))

    def put(self, name: str, pieces: Iterator[bytes]) -> None:
        """Write what comes. A document that was deleted meanwhile is listed as gone."""
        try:
            first = next(pieces, b"")
        except FileNotFoundError:
            self.listed.gone.append(name)
            return
        digest = hashlib.sha256()
        with self.zip.open(name, "w", force_zip64=True) as member:
            for chunk in chain((first,), pieces):
                digest.update(chunk)
                member.write(chunk)
        self.listed.members[name] = digest.hexdigest()


@contextlib.contextmanager
def writing(target: Path, keys: Keyring, *, now: datetime) -> Iterator[Writer]:
    """The file has its name when everything in it is durable; nothing is left when something goes wrong."""
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w") as archive:
                writer = Writer(zip=archive, listed=Listed(made_at=now))
                yield writer
                listed = writer.listed.dumps()
                archive.writestr(_LIST, listed)
                archive.writestr(_SIGNATURE, _signature(keys, listed))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
        sync_folder(target.parent)
    finally:
        draft.unlink(missing_ok=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """A backup whose list is known to be ours."""

    zip: zipfile.ZipFile
    listed: Listed

    def take(self, name: str, path: Path) -> None:
        """Write one file of it, durably. Raises BackupDamaged."""
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with readable(), self.zip.open(name) as member, os.fdopen(_new(path), "wb") as file:
            _copy(member, file, digest)
            file.flush()
            os.fsync(file.fileno())
        if digest.hexdigest() != self.listed.members[name]:
            raise BackupDamaged(BackupDamaged.__doc__)


@contextlib.contextmanager
def reading(source: Path, keys: Keyring) -> Iterator[Reader]:
    """Raises BackupDamaged, WrongKey, FileNotFoundError."""
    with contextlib.ExitStack() as opened:
        with readable():
            archive = opened.enter_context(zipfile.ZipFile(source))
            data, signature = _small(archive, _LIST), _small(archive, _SIGNATURE)
        if not hmac.compare_digest(signature, _signature(keys, data)):
            raise WrongKey(WrongKey.__doc__)
        yield Reader(zip=archive, listed=Listed.loads(data))


@contextlib.contextmanager
def readable() -> Iterator[None]:
    """Whatever the zip reader says about broken bytes is one thing: damage."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError, ValueError, RuntimeError) as error:
        raise BackupDamaged(BackupDamaged.__doc__) from error


def _small(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST_LIST:
        raise BackupDamaged(BackupDamaged.__doc__)
    return archive.read(name)


def _new(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _copy(member: IO[bytes], file: BinaryIO, digest: hashlib._Hash) -> None:
    while chunk := member.read(_CHUNK):
        digest.update(chunk)
        file.write(chunk)


def _signature(keys: Keyring, listed: bytes) -> bytes:
    digest = keys.digest()
    digest.update(b"backup " + listed)
    return digest.hexdigest().encode()
