"""A backup becomes a store again: unpacked beside, checked to the last byte, and only then put into its place.

Checked are the list and its signature, every checksum, the database, the chain of the audit log, and that every document opens with
the keys that are there. Who was erased after the backup was made is erased again before anybody can read the store.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import shutil
import sqlite3
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage import audit, documents
from storage.database import Database
from storage.keeping import erasure
from storage.keeping.archive import DATABASE, DOCUMENTS, BackupDamaged, reading
from storage.keeping.backup import sqlite_file
from storage.sealed.keyring import Tampered, sync_folder
from storage.tables import Chats, table
from storage.vault import UnknownBlob, Vault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from storage.keeping.archive import Reader
    from storage.keeping.ledger import Ledger
    from storage.rows import Part
    from storage.sealed.keyring import Keyring
    from storage.sealed.objects import Objects
    from storage.transaction import Transaction

_chats = table(Chats)
_PEOPLE = select(_chats.c.id, _chats.c.telegram_id, _chats.c.created_at).where(_chats.c.state != "erased")


class NotEmpty(FileExistsError):
    """There are data already. Restore into an empty folder, or say --replace: what is there is then set aside."""


class StillRunning(RuntimeError):
    """The database is in use. Stop the program first."""


class OtherDatabase(ValueError):
    """The backup was made with the other kind of database than CARELINE_DATABASE_URL names: a SQLite file, or a server."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """`erased`: people who were erased again. `missing`: documents that were deleted while the backup was made."""

    documents: int
    missing: int
    erased: int
    aside: Path | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Restoring:
    """Where a backup goes. `url`: of the database, a file or a server.

    Documents in a bucket cannot be set aside: those from before stay there until housekeeping finds that no row knows them.
    """

    url: str
    vault_dir: Path
    keys: Keyring
    ledger: Ledger
    bucket: Objects | None = None

    async def restore(self, source: Path, *, replace: bool = False) -> Restored:
        """Raises BackupDamaged, WrongKey, NotEmpty, StillRunning, OtherDatabase, LedgerDamaged."""
        with reading(source, self.keys) as reader:
            await asyncio.to_thread(self._room, reader, replace=replace)
            stage = self.vault_dir.parent / f".restore-{secrets.token_hex(4)}"
            try:
                await asyncio.to_thread(_unpack, reader, Vault(stage / "vault", self.keys), stage)
                counted = await self._checked(reader, stage)
                aside = await asyncio.to_thread(self._settle, stage)
            finally:
                shutil.rmtree(stage, ignore_errors=True)
        return Restored(documents=counted[0], missing=counted[1], erased=counted[2], aside=aside)

    @property
    def file(self) -> Path | None:
        """The database's file, unless it is on a server."""
        path = sqlite_file(self.url)
        return Path(path) if path else None

    def _room(self, reader: Reader, *, replace: bool) -> None:
        """Whether the backup may go where it is to go."""
        if (self.file is not None) != (DATABASE in reader.listed.members):
            raise OtherDatabase(OtherDatabase.__doc__)
        there = any(path and _holds_data(path) for path in (self.file, self.vault_dir)) or any(
            self.bucket.all() if self.bucket else ()
        )
        if there and not replace:
            raise NotEmpty(NotEmpty.__doc__)
        if self.file and self.file.exists():
            _unused(self.file)

    async def _checked(self, reader: Reader, stage: Path) -> tuple[int, int, int]:
        """Documents, missing ones, people erased again. Raises BackupDamaged."""
        url = f"sqlite:///{stage / DATABASE}" if self.file else self.url
        database = Database.open(url, keys=self.keys, threads=1)
        vault = Vault(stage / "vault", self.keys)
        try:
            await asyncio.to_thread(database.migrate)
            if await database.read(audit.verify) is not None:
                raise BackupDamaged("The audit log in the backup was changed.")
            known = self.ledger.read()
            forgotten = await database.transact(lambda tx: _erase_again(tx, self.ledger, known))
            parts = await database.read(documents.all_stored)
            missing = await asyncio.to_thread(_open_all, vault, parts, set(reader.listed.gone))
        except (sqlite3.DatabaseError, Tampered) as error:
            raise BackupDamaged(BackupDamaged.__doc__) from error
        finally:
            await database.close()
        for blob in chain.from_iterable(forgotten):
            vault.delete(blob)
        return len(parts) - missing, missing, len(forgotten)

    def _settle(self, stage: Path) -> Path | None:
        """What was there goes aside, what was checked takes its place. Returns where the old data are."""
        if self.bucket is not None:
            _send(stage / "vault", Vault(self.vault_dir, self.keys, self.bucket))
        aside = self.vault_dir.parent / f"replaced-{secrets.token_hex(4)}"
        old = [path for path in (*_files_of(self.file), self.vault_dir) if path.exists()]
        for path in old if any(map(_holds_data, old)) else ():
            aside.mkdir(exist_ok=True)
            shutil.move(path, aside / path.name)
        if self.file:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(stage / DATABASE, self.file)
        if self.vault_dir.exists():
            shutil.rmtree(self.vault_dir)  # empty folders
        shutil.move(stage / "vault", self.vault_dir)
        sync_folder(self.vault_dir.parent)
        return aside if aside.exists() else None


def _files_of(database: Path | None) -> list[Path]:
    """SQLite's file with its logs, which must never meet another file of that name."""
    return [database.with_name(database.name + end) for end in ("", "-wal", "-shm", "-journal")] if database else []


def _holds_data(path: Path) -> bool:
    return any(one.is_file() for one in path.rglob("*")) if path.is_dir() else path.exists()


def _unused(file: Path) -> None:
    """A database leaves its write-ahead log only while nobody else has it open."""
    with contextlib.closing(sqlite3.connect(file, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError as error:
            raise StillRunning(StillRunning.__doc__) from error
        except sqlite3.DatabaseError:
            return  # it is damaged, which may be why somebody restores


def _unpack(reader: Reader, vault: Vault, stage: Path) -> None:
    for name in reader.listed.members:
        if name == DATABASE:
            reader.take(name, stage / DATABASE)
        else:
            reader.take(name, stage / "one")
            vault.take(name.removeprefix(DOCUMENTS), stage / "one")


def _send(unpacked: Path, vault: Vault) -> None:
    """Into the bucket, before any row there is names them."""
    for sealed in [path for path in unpacked.rglob("*") if path.is_file()]:
        vault.take(sealed.name, sealed)


def _erase_again(tx: Transaction, ledger: Ledger, known: Mapping[str, datetime]) -> list[tuple[str, ...]]:
    """Everybody in the backup who was erased since. Returns the documents that go with each."""
    people = [row.id for row in tx.rows(_PEOPLE) if ledger.covers(known, row.telegram_id, row.created_at)]
    return [erasure.erase(tx, chat_id, actor="system") for chat_id in people]


def _open_all(vault: Vault, parts: Sequence[Part], gone: set[str]) -> int:
    """Every document opens, and is what it was when it was stored. Returns how many were gone before the backup was complete."""
    missing = 0
    for part in parts:
        assert part.blob
        try:
            whole = vault.digest(part.blob, documents.blob_context(part)) == part.hmac
        except UnknownBlob:
            whole = DOCUMENTS + part.blob in gone
            missing += 1
        if not whole:
            raise BackupDamaged(BackupDamaged.__doc__)
    return missing
