"""A migrated file and its keys, made once in a run and copied for each test: migrating takes longer than most tests do."""

from __future__ import annotations

import asyncio
import atexit
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from storage.database import Database
from storage.sealed.keyring import Keyring

DATABASE = "careline.db"


def keys() -> Keyring:
    """Those that the file is sealed with."""
    return Keyring.open(_folder() / "careline.key")


def copy_to(folder: Path) -> str:
    """The URL of an empty database in the folder, with the keys beside it that open it."""
    for part in ("careline.key", DATABASE):
        shutil.copy(_folder() / part, folder)
    return sqlite_at(folder)


def sqlite_at(folder: Path) -> str:
    return f"sqlite:///{folder / DATABASE}"


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="careline-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = Database.open(sqlite_at(folder), keys=Keyring.open(folder / "careline.key"))
    database.migrate()
    with ThreadPoolExecutor(1) as apart:  # the caller may be in a loop of its own
        apart.submit(asyncio.run, database.close()).result()
    return folder
