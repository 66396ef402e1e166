"""A data folder has one program at a time: two would answer everybody twice."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

NAME = "careline.lock"


class FolderInUse(RuntimeError):
    """Another program works on the same data folder."""

    def __init__(self, folder: Path, other: str) -> None:
        who = f" (its process number is {other})" if other.isdigit() else ""
        super().__init__(
            f"Careline runs on the folder {folder} already{who}. Stop that one first, or give this one another CARELINE_DATA_DIR. "
            "Several programs can share a PostgreSQL database: CARELINE_DATABASE_URL."
        )


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Holds the folder; the system lets go of it when the program ends, however it ends. Raises FolderInUse."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / NAME).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise FolderInUse(folder, file.read().strip()) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
