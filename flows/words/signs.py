"""Signs: what a list says was found and what was not, as reports write it: "CD19+, CD20-", "CD19 positive, CD20 negative"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flows.words.lexicon import Vocabulary, phrase

PLUS = re.compile(r"(?<=\w)\s*\(?\s*\++\s*\)?(?=[\s,;.\u060c\u061b]|$)")
MINUS = re.compile(r"(?<=\w)\s*(?:\(\s*[-\u2013\u2212]\s*\)|[-\u2013\u2212](?=[\s,;.\u060c\u061b]|$))")
FOUND, LACKING = "\u2795", "\u2796"  # what a sign becomes: a plus joins a list, too
ATTACHED = re.compile(r"(?<=\w)-(?=[^\W\d_]{3})")  # "CD20-positive"


@dataclass(frozen=True, kw_only=True, slots=True)
class Marked:
    """One thing of a list, and whether it was found; None: nothing is said about that."""

    text: str
    found: bool | None


def apart(text: str) -> str:
    """A list in which every sign stands by itself, with a comma behind it: one thing ends there."""
    return ATTACHED.sub(" ", MINUS.sub(f" {LACKING} , ", PLUS.sub(f" {FOUND} , ", text)))


def marked(parts: Sequence[str], vocabulary: Vocabulary) -> tuple[Marked, ...]:
    """Each part without the words that say whether it was found."""
    return tuple(one for one in (_marked(part.split(), vocabulary) for part in parts) if one.text)


def chosen(told: Sequence[Marked]) -> tuple[str, ...]:
    """What was found; nothing where a list leaves open what its "not" speaks of ("CD19, CD20 negative")."""
    unclear = {None, False} <= {one.found for one in told}
    return () if unclear else tuple(one.text for one in told if one.found is not False)


def _marked(said: list[str], vocabulary: Vocabulary) -> Marked:
    told: set[bool] = set()
    for end in (0, -1):
        while said and (sign := _sign(said[end], vocabulary)) is not None:
            told.add(sign)
            said.pop(end)
    return Marked(text=" ".join(said), found=False not in told if told else None)


def _sign(word: str, vocabulary: Vocabulary) -> bool | None:
    if word == LACKING or vocabulary.means("lacking", phrase(word)):
        return False
    return True if word == FOUND or vocabulary.means("found", phrase(word)) else None
