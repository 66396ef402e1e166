"""Which fonts there are. Noto covers every script that a family writes in; what is not installed is said in words, never drawn as a box."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import typst

PLACES = (
    Path("/usr/share/fonts/truetype/noto"),  # Debian's fonts-noto-core
    Path("/usr/share/fonts/opentype/noto"),  # Debian's fonts-noto-cjk
    Path("/usr/share/fonts/noto"),
    Path("/usr/share/fonts/google-noto-vf"),
    Path("/usr/local/share/fonts"),
    Path.home() / ".local/share/fonts",
    Path("/Library/Fonts"),
)
PLAIN = "Latin and Cyrillic"
NEEDED = {  # script -> families, any of which will do
    PLAIN: ("Noto Sans",),
    "Arabic": ("Noto Sans Arabic", "Noto Naskh Arabic"),
    "Devanagari": ("Noto Sans Devanagari",),
    "Chinese": ("Noto Sans CJK SC", "Noto Sans SC"),
}
SCRIPTS = {"ar": "Arabic", "fa": "Arabic", "ur": "Arabic", "hi": "Devanagari", "zh": "Chinese"}  # of languages; others: PLAIN
UNWANTED = ("Mono", "Display", "CJK", " UI", "Math")


@cache
def load(folder: Path | None) -> typst.Fonts:
    """The fonts of this folder, or of the places where systems keep them. Looked through once."""
    import typst

    places: list[Path] = [folder] if folder else [place for place in PLACES if place.is_dir()]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places)


@cache
def families(folder: Path | None) -> tuple[str, ...]:
    """Every family that is looked through for a sign, those of the known languages first."""
    found = set(load(folder).families())
    first = [family for names in NEEDED.values() for family in names if family in found]
    others = (name for name in found if name.startswith("Noto Sans ") and not any(word in name for word in UNWANTED))
    return tuple(dict.fromkeys((*first, *sorted(others))))


def lacking(folder: Path | None, languages: Iterable[str]) -> tuple[str, ...]:
    """The scripts that these languages need and that have no font."""
    there = set(families(folder))
    wanted = {PLAIN, *(SCRIPTS.get(one.split("_")[0], PLAIN) for one in languages)}
    return tuple(script for script, names in NEEDED.items() if script in wanted and not there & set(names))


def script_of(sign: str) -> str:
    """The script of a sign, by the first word of its Unicode name: "Georgian"; what has no letters is a symbol."""
    name = unicodedata.name(sign, "")
    return name.split()[0].capitalize() if unicodedata.category(sign).startswith("L") and name else "symbols"
