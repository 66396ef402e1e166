"""Words of a conversation as they may stand in a step: one line, and nothing that differs from play to play."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

CODE = re.compile(r"\b[A-Z]{2}-[0-9A-Z]{5}\b")
HOUR = r"\b\d{1,2}:\d{2}\b"
DATE = r"\b\d{4}-\d{2}-\d{2}\b|\b(?:\d{1,2} )?[^\W\d]{3,} \d{4}\b"
VOLATILE = re.compile(rf"{HOUR}|{DATE}| / |[\\{{}}]")
ISOLATES = dict.fromkeys(range(0x2066, 0x206A))
SHORTEST = 2  # characters of a part that says something
QUOTED = 40
SUFFIXES = {"photo": ".jpg", "voice": ".ogg"}
MADE = (".pdf", ".png", ".jpg", ".ogg", ".txt", ".html")  # what tests can make


def line(words: str, code: str) -> str:
    """Somebody's own words."""
    return known(words.strip().replace("\n", "\\n"), code)


def known(words: str, code: str) -> str:
    words = words.translate(ISOLATES)
    return words.replace(code, "{case}") if code else words


def parts(words: str, labels: tuple[str, ...], code: str) -> list[str]:
    """A message's lines and its row of buttons, cut where something volatile stands."""
    row = " ".join(f"[{label}]" for label in labels)
    lines = [*words.translate(ISOLATES).splitlines(), row.translate(ISOLATES)]
    return [part for one in lines for piece in VOLATILE.split(one) for part in _uncoded(piece, code)]


def _uncoded(piece: str, code: str) -> Iterator[str]:
    for part in CODE.split(known(piece, code)):
        if len(part.strip()) >= SHORTEST:
            yield part.strip()


def quote(words: str) -> str:
    """A piece of a message that names it: of its longest line, without quotation marks."""
    pieces = [piece.strip() for one in words.translate(ISOLATES).splitlines() for piece in re.split(r'["/\\{}]', one)]
    return max(pieces, key=len, default="")[:QUOTED].strip()


def file_name(name: str, kind: str) -> str:
    """A name of a file that tests can make."""
    path = PurePath(re.sub(r"[,#;/\\]+", "-", name))
    suffix = SUFFIXES.get(kind) or (path.suffix.lower() if path.suffix.lower() in MADE else ".pdf")
    return f"{path.stem or kind}{suffix}"
