"""Which of a few texts a question is about: in any language, over inflected words, prefixes, marks and small typing mistakes.

Written for tens of short texts. Words match when they begin alike, which serves Russian endings, English ones and Arabic
suffixes; Arabic words also match without their one-letter prefixes and article. A word that many texts share counts little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from math import log

from flows.words.folding import ARTICLE, SHORTEST, bare, words

ALIKE = 0.6  # two words are one when this share of the longer one begins alike
WHOLE = 0.75  # what a match counts when the shorter word is only the beginning of the longer
TITLE = 3.0  # what the first line counts against the rest
FEW = 2  # texts that a word can be about without standing in a title
LONGEST_QUERY = 40  # words; more is a letter, not a question
SPACELESS = frozenset({"zh", "ja", "th", "lo", "km", "my"})
LONG_VOWELS = str.maketrans("", "", "\u0627\u0648\u064a")  # alef, waw, ya
NEAR = 0.8  # difflib's ratio for a typing mistake
UNFOUND = 0.25  # what a word that no text holds counts in that whole: most are words like "do" and "have"
LEAST = 0.35  # share of the query's weight that a text must match to be found at all


@dataclass(frozen=True, slots=True)
class _Indexed:
    """The words of one text; the first line apart."""

    title: frozenset[str]
    rest: frozenset[str]


def search(texts: Mapping[str, str], query: str, language: str = "") -> tuple[str, ...]:
    """Ids of the texts that the query is about, best first; none when nothing fits.

    `texts`: the texts in the person's language; the first line of each is its title. `language` says whether it is written with
    spaces; words of every script follow the same rules, so that a Latin abbreviation in an Arabic question is found too.
    """
    spaces = language.partition("-")[0] not in SPACELESS
    index = _indexed(tuple(texts.items()), spaces=spaces)
    asked = dict.fromkeys(_words(query, spaces=spaces)[:LONGEST_QUERY])
    scores = dict.fromkeys(index, 0.0)
    whole = 0.0
    for word in asked:
        found = _found(word, index)
        weight = _weight(word, len(found), len(index))
        whole += weight if found else weight * UNFOUND
        for id_, value in _telling(found).items():
            scores[id_] += weight * value
    return tuple(sorted((id_ for id_ in index if scores[id_] > LEAST * whole > 0), key=lambda id_: -scores[id_]))


@lru_cache(maxsize=64)
def _indexed(texts: tuple[tuple[str, str], ...], *, spaces: bool) -> dict[str, _Indexed]:
    index = {}
    for id_, text in texts:
        title, _, rest = text.partition("\n")
        index[id_] = _Indexed(_vocabulary(title, spaces=spaces), _vocabulary(rest, spaces=spaces))
    return index


def _vocabulary(text: str, *, spaces: bool) -> frozenset[str]:
    return frozenset(form for word in _words(text, spaces=spaces) for form in _shapes(word))


def _words(text: str, *, spaces: bool) -> tuple[str, ...]:
    """The words of a text; without spaces, every two neighbouring characters stand for one."""
    found = words(text)
    return found if spaces else tuple(word[at : at + 2] for word in found for at in range(max(1, len(word) - 1)))


def _shapes(word: str) -> tuple[str, ...]:
    """A word as it may begin in another place. An Arabic one loses its article, with which all would begin alike, and is also taken
    without its long vowels, which is what its plurals change.
    """
    forms = tuple(form for form in bare(word) if not form.startswith(ARTICLE)) or (word,)
    skeletons = (form.translate(LONG_VOWELS) for form in forms)
    return (*forms, *(skeleton for skeleton in skeletons if len(skeleton) >= SHORTEST and skeleton not in forms))


def _found(word: str, index: Mapping[str, _Indexed]) -> dict[str, float]:
    """How well each text holds this word; a word that none holds is tried as a typing mistake."""
    found = _matches(_shapes(word), index)
    if not found and len(word) > len("typo"):
        vocabulary = {other for text in index.values() for other in text.title | text.rest}
        found = _matches(tuple(get_close_matches(word, vocabulary, n=2, cutoff=NEAR)), index)
    return found


def _telling(found: dict[str, float]) -> dict[str, float]:
    """The texts that a word leads to: a word in the answers of many ("doctor"), and in no title, tells none of them from the others."""
    return found if len(found) <= FEW else {id_: value for id_, value in found.items() if value > 1}


def _matches(forms: tuple[str, ...], index: Mapping[str, _Indexed]) -> dict[str, float]:
    scored = {id_: max(TITLE * _best(forms, text.title), _best(forms, text.rest)) for id_, text in index.items()}
    return {id_: score for id_, score in scored.items() if score}


def _best(forms: tuple[str, ...], vocabulary: frozenset[str]) -> float:
    return max((_alike(form, word) for form in forms for word in vocabulary if form[0] == word[0]), default=0.0)


def _alike(one: str, other: str) -> float:
    if one == other:
        return 1.0
    shorter, longer = sorted((len(one), len(other)))
    shared = next((place for place, (mine, yours) in enumerate(zip(one, other, strict=False)) if mine != yours), shorter)
    if shared < len("abc"):
        return 0.0
    if shared >= ALIKE * longer:
        return shared / longer
    return WHOLE * shared / longer if shared == shorter > len("abc") else 0.0


def _weight(word: str, holding: int, count: int) -> float:
    """Rare words decide; a word that every text holds, or a single letter, decides nothing."""
    return 0.0 if len(word) < len("ab") else log((count + 1) / (holding + 1) + 0.01) if holding < count else 0.0
