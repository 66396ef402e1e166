"""`python -m bot rotate`: a new key for what is sealed from now on, for instance after somebody left who had a copy of the key file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.operator.backups import NoKey
from bot.program.folder import alone_in
from storage.sealed.keyring import Keyring

if TYPE_CHECKING:
    from bot.settings import Settings


async def rotate(settings: Settings) -> list[str]:
    """Add a newest key to the key file. Returns what to tell. Raises NoKey, FolderInUse, and what Keyring.open raises.

    A running program would go on with the old keys and could not read what others seal with the new one, so none may run.
    """
    if not settings.key_file.exists():
        raise NoKey(settings)
    with alone_in(settings.data_dir):
        Keyring.rotate(settings.key_file)
    told = [
        f"{settings.key_file} has a new key. What is written from now on is sealed with it; what was there stays readable with the old ones.",
        "Put a copy of the file beside your older copies now: older copies cannot read what comes.",
    ]
    if settings.shared:
        told.append("Give the file to every program on this database before you start them again.")
    return told
