"""Where this program's own pages are found from outside, if they are."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def local(address: str) -> bool:
    """Whether this is an address of this very machine."""
    return urlsplit(address).hostname in LOOPBACK


@dataclass(kw_only=True, slots=True)
class Address:
    """`base` is the public address, empty when there is none; it may become known only once the program listens."""

    base: str = ""

    @property
    def desk(self) -> str:
        """Where the pages of the desk are, as Telegram may open them: over https, or on this machine; "" where neither is so."""
        parts = urlsplit(self.base)
        return f"{self.base.rstrip('/')}/desk/" if parts.scheme == "https" or local(self.base) else ""

    def upload(self, secret: str) -> str | None:
        """Where a link to the upload page leads; None where nobody could open it."""
        return f"{self.base.rstrip('/')}/upload/{secret}" if self.base else None
