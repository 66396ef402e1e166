"""`python -m bot backup` and `restore`: what they do, and what an operator must know, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from bot import stores
from storage.keeping import backup
from storage.keeping.ledger import Ledger
from storage.keeping.restoring import Restoring
from storage.sealed.keyring import Keyring

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.keeping.restoring import Restored


class NoKey(FileNotFoundError):
    """There is no key file; without it nothing can be read."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"There is no key file {settings.key_file}. Without it nothing can be read; put your copy there first."
        )


async def make(settings: Settings, target: Path) -> list[str]:
    """Write a backup while the program runs. Returns what to tell. Raises NoKey, FileExistsError."""
    keys = _keys(settings)
    made = await backup.make(
        target, url=settings.database, keys=keys, vault=stores.vault(settings, keys), now=datetime.now(UTC)
    )
    what = "the database and " if made.database else ""
    told = [f"{target}: {what}{made.documents} encrypted files, {made.size:,} bytes."]
    if made.gone:
        told.append(f"{made.gone} documents were deleted while it was made.")
    if not made.database:
        told.append(f"The database is on a server and is not in it. BEFORE each backup run: {_dump(settings)}")
    return [*told, _apart(settings)]


async def restore(settings: Settings, source: Path, *, replace: bool) -> list[str]:
    """Put a backup into the data folder. Returns what to tell. Raises NoKey and what `storage.keeping.restoring` raises."""
    keys = _keys(settings)
    ledger = Ledger(path=settings.ledger_file, keys=keys)
    restoring = Restoring(
        url=settings.database, vault_dir=settings.vault_dir, keys=keys, ledger=ledger, bucket=stores.bucket(settings)
    )
    return _told(settings, await restoring.restore(source, replace=replace))


def _told(settings: Settings, restored: Restored) -> list[str]:
    told = [f"Restored and checked: {restored.documents} encrypted files open, the audit log is whole."]
    if restored.missing:
        told.append(f"{restored.missing} documents had been deleted while the backup was made.")
    if restored.erased:
        told.append(f"{restored.erased} people were erased after this backup; they are erased again.")
    if not settings.ledger_file.exists():
        told.append(
            f"There is no {settings.ledger_file}: nobody was erased after this backup, or the list was not brought along."
        )
    if restored.aside:
        told.append(f"What was there before is in {restored.aside}. Delete it when you need it no more.")
    return told


def _apart(settings: Settings) -> str:
    return (
        f"The key file {settings.key_file} is NOT in it: keep a copy of it elsewhere, or nobody can read this backup. "
        f"Keep {settings.ledger_file} beside that copy, always the newest one: it says who must stay erased."
    )


def _dump(settings: Settings) -> str:
    """pg_dump for this server; the password is not printed."""
    address = make_url(settings.database).set(drivername="postgresql").render_as_string(hide_password=True)
    return f"pg_dump --format=custom --file=careline.dump {address.replace(':***', '')}"


def _keys(settings: Settings) -> Keyring:
    if not settings.key_file.exists():
        raise NoKey(settings)
    return Keyring.open(settings.key_file)
