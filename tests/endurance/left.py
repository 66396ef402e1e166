"""What a run leaves behind on the disk, looked at when its programs have ended: every document whole, nothing that nobody knows, no plain word."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from storage import documents
from storage.database import Database
from storage.rows import Part
from storage.sealed.keyring import Keyring
from storage.vault import Vault

WORDS = re.compile(rb"(?:said|told) \d+\.\d+ end|letter\d+x\d+")  # what people said, and the names of their files
OLD = 600.0  # seconds after which a file that no row knows must be gone
SAMPLES = 40  # documents whose bytes are looked for everywhere


@dataclass(frozen=True, kw_only=True, slots=True)
class Left:
    """`whole`: documents with the bytes that were sent. `young`: files that no row knows yet, or any more. `readable`: files with plain words."""

    whole: int
    rows_without_file: int
    orphans: int
    young: int
    readable: int


async def look(data: Path, url: str, sent: Collection[str], pieces: Iterable[bytes], places: Iterable[Path]) -> Left:
    """`sent`: SHA-256 of every document; `pieces` of their bytes, and people's words, are looked for in all files in `places`."""
    keys = Keyring.open(data / "careline.key")
    vault, database = Vault(data / "vault", keys), Database.open(url, keys=keys)
    try:
        parts = await database.read(documents.all_stored)
        known = await database.read(documents.blobs)
    finally:
        await database.close()
    found = {one.id: _digest(vault, one) for one in parts}
    return Left(
        whole=len(set(found.values()) & set(sent)),
        rows_without_file=sum(not digest for digest in found.values()) + sum(not vault.holds(blob) for blob in known),
        orphans=vault.sweep(known, older_than=OLD),
        young=vault.sweep(known, older_than=0.0),
        readable=sum(_readable(path, list(pieces)) for place in places for path in place.rglob("*")),
    )


def piece(data: bytes) -> bytes:
    """Bytes from the middle of a document, which stand in no other one."""
    return data[len(data) // 2 :][:24]


def sample(chance: random.Random, files: Iterable[bytes]) -> list[bytes]:
    some = list(files)
    return [piece(one) for one in chance.sample(some, min(SAMPLES, len(some)))]


def _digest(vault: Vault, part: Part) -> str:
    """Of the plain bytes; nothing when they are not there."""
    if part.blob is None or not vault.holds(part.blob):
        return ""
    return hashlib.sha256(vault.open(part.blob, documents.blob_context(part))).hexdigest()


def _readable(path: Path, pieces: list[bytes]) -> bool:
    if not path.is_file():
        return False
    held = path.read_bytes()
    return bool(WORDS.search(held)) or any(one in held for one in pieces)
