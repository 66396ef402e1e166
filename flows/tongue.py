"""Tongue: how one patient's words are to be understood: the language, its vocabulary, and the labels as the patient sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flows.items import AnswerOption
from flows.lexicon import NO_VOCABULARY, Vocabulary

Translate = Callable[[str, str], str]


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
