"""`python -m bot export`: one case as a file, for the operator of this installation."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot import definitions, exports, stores
from storage import cases
from storage.database import Database
from storage.sealed.keyring import Keyring
from storage.vault import Vault

if TYPE_CHECKING:
    from bot.exports import Format, Made
    from bot.settings import Settings
    from flows.library import Definition
    from storage.rows import Case
    from storage.transaction import Transaction


class UnknownCase(ValueError):
    """There is no such case."""


class NoData(FileNotFoundError):
    """There is no data folder with a key file at the place that the settings name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is to be exported. `out`: a new file; None: standard output."""

    number: str
    format_: Format
    out: Path | None
    transaction: bool
    with_documents: bool


async def export(settings: Settings, wanted: Wanted) -> list[str]:
    """Write the file. Returns what to tell. Raises NoData, UnknownCase, NotExported, FileExistsError."""
    if not settings.key_file.exists():
        raise NoData(NoData.__doc__)
    if wanted.out is not None and wanted.out.exists():
        raise FileExistsError(f"{wanted.out} is there already.")
    keys = Keyring.open(settings.key_file)
    database = Database.open(settings.database, keys=keys)
    try:
        made = await _made(database, stores.vault(settings, keys), definitions.read(settings), wanted)
    finally:
        await database.close()
    return await asyncio.to_thread(_write, made, wanted.out)


async def _made(database: Database, vault: Vault, definition: Definition, wanted: Wanted) -> Made:
    """The reading is written down first, and durably; only then is the case read."""
    case = await database.transact(lambda tx: _named(tx, wanted))
    found = await database.read(lambda tx: exports.gather(tx, definition, case))
    return await asyncio.to_thread(
        exports.make,
        found,
        vault,
        definition,
        wanted.format_,
        with_documents=wanted.with_documents,
        transaction=wanted.transaction,
    )


def _named(tx: Transaction, wanted: Wanted) -> Case:
    try:
        return cases.operated(tx, wanted.number, action="case.export")
    except KeyError:
        raise UnknownCase(f"There is no case {wanted.number}.") from None


def _write(made: Made, out: Path | None) -> list[str]:
    """Only the owner may read the file."""
    if out is None:
        sys.stdout.buffer.write(made.data + b"\n")
        sys.stdout.flush()
        return []
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.data)
    return [f"{out}: {len(made.data):,} bytes. It holds health data; keep it where only those can read it who may."]
