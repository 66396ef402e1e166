"""What a parser found in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ODT = "application/vnd.oasis.opendocument.text"


class Locked(Exception):
    """It opens only with a password."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """See `Look`, whose part this is."""

    pages: int = 1
    readable: bool = True
    flags: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def plain(cls, _file: BinaryIO) -> Details:
        """A file that nobody looks into."""
        return cls()
