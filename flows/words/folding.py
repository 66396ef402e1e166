"""Text folded for matching: what two spellings of the same words have in common. Never shown to anybody.

Folded are: letter case, Arabic vowel marks and tatweel, the alef, ya, kaf and ta marbuta variants, yo in Russian, curly
apostrophes, the invisible direction marks, and the digits and decimal marks of every script.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = re.compile(
    "[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_LETTERS = str.maketrans(
    {
        "\u0622": "\u0627",  # alef with madda, hamza above, hamza below, wasla -> alef
        "\u0623": "\u0627",
        "\u0625": "\u0627",
        "\u0671": "\u0627",
        "\u0649": "\u064a",  # alef maksura and Persian ya -> ya
        "\u06cc": "\u064a",
        "\u06a9": "\u0643",  # Persian kaf -> kaf
        "\u0629": "\u0647",  # ta marbuta -> ha
        "\u0451": "\u0435",  # yo -> ye
        "\u2019": "'",
        "\u02bc": "'",
        "\u066b": ".",  # Arabic decimal mark
        "\u066c": "",  # Arabic thousands mark
        "\u061b": ";",
        "\u060c": ",",
        "\u061f": "?",
    }
)
QUESTION_MARKS = "?\u061f\uff1f"
ARTICLE = "\u0627\u0644"
PREFIXES = (
    "\u0648",
    "\u0641",
    "\u0628",
    "\u0643",
    "\u0644",
    "\u0627\u0644",
    "\u0648\u0627\u0644",
    "\u0628\u0627\u0644",
    "\u0644\u0644",
)
SHORTEST = 3  # letters that must be left of an Arabic word without its prefix
AND = "\u0648"
# "And not" is one word too, though what it negates with is shorter than that.
NOT = (
    "\u0644\u0627",
    "\u0645\u0627",
    "\u0644\u0645",
    "\u0644\u0646",
    "\u0645\u0634",
    "\u0645\u0648",
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def fold(text: str) -> str:
    """The text in the one spelling used for matching. Total: any string in, a string out, folding twice changes nothing."""
    if text.isascii():  # nothing of all that is among these letters but their case
        return text.casefold()
    composed = unicodedata.normalize("NFKC", _MARKS.sub("", unicodedata.normalize("NFKC", text).casefold()))
    return unicodedata.normalize("NFKC", "".join(_digit(letter) for letter in composed.translate(_LETTERS)))


@lru_cache(maxsize=1024)
def in_a_list(name: str) -> str:
    """Where a name stands in an alphabetical list: Arabic ones without their article."""
    return fold(name.removeprefix(ARTICLE))


def asks(text: str) -> bool:
    """Whether a text is written as a question, in any script."""
    return any(mark in text for mark in QUESTION_MARKS)


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text, in order, without punctuation."""
    return tuple(_WORD.findall(fold(text)))


def bare(word: str) -> tuple[str, ...]:
    """A folded word, and for an Arabic one the same without the particles and the article written on to its front."""
    if not "\u0600" <= word[0] <= "\u06ff":
        return (word,)
    if word[0] == AND and word[1:] in NOT:
        return (word, word[1:])
    return (
        word,
        *(word[len(prefix) :] for prefix in PREFIXES if word.startswith(prefix) and len(word) - len(prefix) >= SHORTEST),
    )


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None)
    return letter if value is None else str(value)
