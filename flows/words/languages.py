"""Languages by their names: "English", "по-русски", "Arabic please". Names are CLDR's, by babel."""

from __future__ import annotations

from functools import lru_cache

from babel import Locale

from flows.words.folding import bare, words

STEM = 4  # letters that tell the names of languages apart: "русск-ий", "русск-и"
LONGEST = 3  # words of a message that only names a language


def called(text: str, languages: tuple[str, ...]) -> int | None:
    """The number of the one language that a short message names; None when it names none, or more than one."""
    said = words(text)
    stems = {form[:STEM] for word in said for form in bare(word)} if len(said) <= LONGEST else set()
    found = [number for number, names in enumerate(_names(languages)) if names & stems]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=32)
def _names(languages: tuple[str, ...]) -> tuple[frozenset[str], ...]:
    """How the names of each language begin, in itself and in the others."""
    named = [[words(Locale.parse(one).get_language_name(other) or one) for other in languages] for one in languages]
    return tuple(frozenset(bare(name[0])[-1][:STEM] for name in names if name) for names in named)
