"""Where this program's own pages are found from outside, if they are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(kw_only=True, slots=True)
class Address:
    """`base` is the public address, empty when there is none; it may become known only once the program listens."""

    base: str = ""

    def upload(self, secret: str) -> str | None:
        """Where a link to the upload page leads; None where nobody could open it."""
        return f"{self.base.rstrip('/')}/upload/{secret}" if self.base else None
