"""What Telegram takes for an address behind a text."""

from __future__ import annotations

import re

SCHEMES = ("http", "https", "ton", "tg", "tonsite", "mailto", "tel")
HOST = re.compile(r"[^\s/?#@:]+(\.[^\s/?#@:]+)+(:\d+)?([/?#]\S*)?", re.IGNORECASE)


def checked(url: str) -> str:
    """The address, made whole (`example.org` -> `http://example.org/`); empty when it is none."""
    url = url.strip()
    scheme, separator, rest = url.partition("://")
    if separator:
        return _whole(scheme.lower(), rest) if scheme.lower() in SCHEMES and rest else ""
    if url.lower().startswith(("mailto:", "tel:")):
        return url
    return _whole("http", url) if HOST.fullmatch(url) else ""


def mentioned(url: str) -> int:
    """The person behind `tg://user?id=7`; 0 when it is another address."""
    match = re.fullmatch(r"tg:(?://)?user/?\?id=(\d{1,19})", url.strip(), re.IGNORECASE)
    return int(match[1]) if match else 0


def _whole(scheme: str, rest: str) -> str:
    if scheme in ("http", "https") and not re.search(r"[/?#]", rest):
        rest += "/"
    return f"{scheme}://{rest}"
