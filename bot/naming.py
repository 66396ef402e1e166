"""Names of files on their way out: safe in a header, in a zip and on any disk."""

from __future__ import annotations

import re

from bot.inspection.sniffing import EXTENSIONS

UNWANTED = re.compile(r"[^\w.() -]+")
MAX_NAME = 100  # characters


def file_name(name: str, content_type: str) -> str:
    """A name that is safe in a header and on any disk, with the extension that belongs to the bytes."""
    stem = UNWANTED.sub("_", name).strip(" .")[:MAX_NAME] or "document"
    extension = EXTENSIONS.get(content_type, "bin")
    return stem if stem.lower().endswith(f".{extension}") else f"{stem}.{extension}"
