"""Tongue: how one patient's words are to be understood: the language, its vocabulary, and the labels as the patient sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows.items import AnswerOption
from flows.words.lexicon import NO_VOCABULARY, Vocabulary, phrase

Translate = Callable[[str, str], str]
ALSO_BETWEEN = ";"  # between two of the other words for an option


def identity(_context: str, english: str) -> str:
    """The English itself."""
    return english


@dataclass(frozen=True, kw_only=True, slots=True)
class Tongue:
    """`translate` gives the text that is shown for (context, english)."""

    language: str = "en"
    vocabulary: Vocabulary = NO_VOCABULARY
    translate: Translate = identity

    def label(self, option: AnswerOption) -> str:
        return self.translate(option.context, option.display)

    def also(self, option: AnswerOption) -> tuple[str, ...]:
        """What else people say for an option, in this language and in English, as phrases."""
        if not option.also:
            return ()
        told = f"{self.translate(option.also_context, option.also)};{option.also}"
        return tuple(dict.fromkeys(one for one in map(phrase, told.split(ALSO_BETWEEN)) if one))
