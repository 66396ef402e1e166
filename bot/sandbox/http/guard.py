"""Who may ask: programs on this machine and the page's own origin; no other website, no other name for this machine."""

from __future__ import annotations

from collections.abc import Iterable

LOOPBACK = (b"127.0.0.1", b"localhost", b"[::1]")
Headers = Iterable[tuple[bytes, bytes]]


def refused(headers: Headers) -> str:
    """Why the request is refused; empty when it may pass. A foreign Host means DNS rebinding, a foreign Origin another website."""
    host = origin = None
    for name, value in headers:
        if name == b"host":
            host = value
        elif name == b"origin":
            origin = value
    if host is not None and _name(host) not in LOOPBACK:
        return "the sandbox answers to 127.0.0.1 and localhost only"
    if origin is not None and origin != b"http://" + (host or b""):
        return "the sandbox answers its own page only"
    return ""


def _name(host: bytes) -> bytes:
    if host.startswith(b"["):
        return host.partition(b"]")[0] + b"]"
    return host.partition(b":")[0].lower()
