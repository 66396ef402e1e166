"""A backup of a store that is in use: nobody is kept waiting, and what is in the file belongs together.

SQLite is copied by its own online backup, in one reading transaction; then come the documents that this copy knows. PostgreSQL is
backed up by its own programs; then only the documents are in the file.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from storage import documents
from storage.database import Database
from storage.keeping.archive import DATABASE, DOCUMENTS, writing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from storage.keeping.archive import Writer
    from storage.sealed.keyring import Keyring
    from storage.vault import Vault

_BLOBS = "SELECT DISTINCT blob FROM document_parts WHERE blob IS NOT NULL AND state <> 'uploading'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """What is in a backup. `gone`: documents that were deleted while it was made; `size`: of the file, in bytes."""

    database: bool
    documents: int
    gone: int
    size: int


async def make(target: Path, *, url: str, keys: Keyring, vault: Vault, now: datetime) -> Made:
    """Write a backup to a file that is not there yet. Raises FileExistsError."""
    _free(target)
    file = sqlite_file(url)
    if file is not None:
        return await asyncio.to_thread(_with_copy, target, file, keys, vault, now)
    database = Database.open(url, keys=keys, threads=1)
    try:
        blobs = await database.read(documents.blobs)
    finally:
        await database.close()
    return await asyncio.to_thread(_write, target, None, blobs, keys, vault, now)


def _free(target: Path) -> None:
    if target.exists():
        raise FileExistsError(f"{target} is there already; a backup is never overwritten.")


def sqlite_file(url: str) -> str | None:
    """The path of a SQLite database; None for a server."""
    address = make_url(url)
    return address.database if address.get_backend_name() == "sqlite" else None


def _with_copy(target: Path, file: str, keys: Keyring, vault: Vault, now: datetime) -> Made:
    copy = target.with_name(f".{target.name}.{secrets.token_hex(4)}.db")
    try:
        copy.touch(mode=0o600)
        with contextlib.closing(_existing(file)) as source, contextlib.closing(sqlite3.connect(copy)) as taken:
            source.backup(taken)  # all pages at once: page by page it would begin anew after each write of the program
            taken.execute("PRAGMA journal_mode=DELETE")
            blobs = {blob for (blob,) in taken.execute(_BLOBS)}
        return _write(target, copy, blobs, keys, vault, now)
    finally:
        copy.unlink(missing_ok=True)


def _write(target: Path, copy: Path | None, blobs: Iterable[str], keys: Keyring, vault: Vault, now: datetime) -> Made:
    with writing(target, keys, now=now) as writer:
        if copy is not None:
            writer.add(DATABASE, copy)
        _documents(writer, vault, blobs)
    listed = writer.listed
    return Made(
        database=copy is not None,
        documents=len(listed.members) - (copy is not None),
        gone=len(listed.gone),
        size=target.stat().st_size,
    )


def _documents(writer: Writer, vault: Vault, blobs: Iterable[str]) -> None:
    for blob in sorted(blobs):
        writer.put(DOCUMENTS + blob, vault.sealed(blob))


def _existing(file: str) -> sqlite3.Connection:
    """A connection that makes no new database."""
    return sqlite3.connect(f"{Path(file).absolute().as_uri()}?mode=rw", uri=True, timeout=30)
