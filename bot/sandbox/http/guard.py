"""Who may ask: programs on this machine and the page's own origin; no other website, no other name for this machine."""

from __future__ import annotations

import re
from collections.abc import Iterable

HOST = re.compile(rb"(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)
OURS = (b"same-origin", b"none")  # what a browser says of a request by the page itself, or by its address bar
PAGE = "/"
Headers = Iterable[tuple[bytes, bytes]]


def refused(headers: Headers, path: str = "") -> str:
    """Why the request is refused; empty when it may pass.

    A foreign Host means DNS rebinding, a foreign Origin another website. Websites can ask without an Origin too (a picture, a
    link), so what the browser says of the site counts as well; only a link to the page itself may be followed from elsewhere.
    """
    found: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in (b"host", b"origin", b"sec-fetch-site", b"sec-fetch-mode") and found.setdefault(name, value) != value:
            return "two different headers of one name"
    host, origin = found.get(b"host", b""), found.get(b"origin")
    if HOST.fullmatch(host) is None:
        return "the sandbox answers to 127.0.0.1 and localhost only"
    if origin is not None and origin.lower() != b"http://" + host.lower():
        return "the sandbox answers its own page only"
    if found.get(b"sec-fetch-site", b"none") not in OURS and (path != PAGE or found.get(b"sec-fetch-mode") != b"navigate"):
        return "the sandbox answers its own page only"
    return ""
