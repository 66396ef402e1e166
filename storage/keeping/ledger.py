"""The ledger of erasures: that somebody was erased, and when, without saying who. It stands beside the key file, outside all backups.

A backup that is older than an erasure still holds the person. When it is restored, everybody in it who is in the ledger is erased
again. A line is written before the erasure is committed: one that is there without its erasure was asked for all the same.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.sealed.keyring import sync_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from storage.sealed.keyring import Keyring

_LINE = re.compile(r"(\S+) ([0-9a-f]{64})")


class LedgerDamaged(ValueError):
    """The ledger of erasures holds a line that cannot be read: take the copy that was kept with the key file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ledger:
    """One line for each erasure: when, and a keyed digest of the Telegram id."""

    path: Path
    keys: Keyring

    def add(self, telegram_id: int, at: datetime) -> None:
        """Write a line, durably. The same person may stand there several times."""
        new = not self.path.exists()
        with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
            file.write(f"{at.isoformat()} {self._digest(telegram_id)}\n".encode())
            file.flush()
            os.fsync(file.fileno())
        if new:
            sync_folder(self.path.parent)

    def read(self) -> dict[str, datetime]:
        """Digest -> the last erasure. Raises LedgerDamaged; a last line that a crash cut off counts as not written."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        known: dict[str, datetime] = {}
        for line in text.split("\n")[:-1]:
            found = _LINE.fullmatch(line)
            if found is None:
                raise LedgerDamaged(LedgerDamaged.__doc__)
            at = datetime.fromisoformat(found[1])
            known[found[2]] = max(at, known.get(found[2], at))
        return known

    def covers(self, known: Mapping[str, datetime], telegram_id: int, since: datetime) -> bool:
        """Whether this person was erased after that moment, by what was `read`; who came back later is not meant."""
        at = known.get(self._digest(telegram_id))
        return at is not None and at >= since

    def _digest(self, telegram_id: int) -> str:
        digest = self.keys.digest()
        digest.update(f"erased:{telegram_id}".encode())
        return digest.hexdigest()
