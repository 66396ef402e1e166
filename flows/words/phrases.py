"""Short phrases found in what a person writes: stems, small gaps, Arabic prefixes, and the words that turn a phrase around.

A pattern is lower case words with one space between them; a word that ends in `*` is a stem. Up to two other words may stand
between the words of a pattern, but no end of a sentence. Negation follows NegEx (Chapman and others, J Biomed Inform 2001):
a phrase does not count when a negating phrase stands a few words before it, or right after it, with no turning word between.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flows.words.folding import bare, fold

GAP = 2  # other words that may stand between two words of a pattern, where nothing else is said
_SENTENCE_END = re.compile(r"(?<!\d)\.|\.(?!\d)|[!?;\n\r]+")
_CLAUSE_END = re.compile(r",(?!\d)|[:()]")
_ANSWER = re.compile(r"^(\W*[^\W\d_]+)\s*,")  # "No, she has a fever": the first word answers and negates nothing
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|\N{DEGREE SIGN}\s?(?:[^\W\d_]\b)?|[^\W\d_]+(?:'[^\W\d_]+)*")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sentence:
    """The folded words and numbers of a sentence, a degree sign together with its letter, and in which clause each stands."""

    words: Words
    clauses: tuple[int, ...]


def sentences(text: str) -> tuple[Sentence, ...]:
    """A text sentence by sentence, without the empty ones."""
    parts = (part for line in _SENTENCE_END.split(fold(text)) for part in _ANSWER.sub(r"\1\n", line).split("\n"))
    return tuple(one for one in map(_sentence, parts) if one.words)


def _sentence(part: str) -> Sentence:
    found = [(token, clause) for clause, words in enumerate(_CLAUSE_END.split(part)) for token in _TOKEN.findall(words)]
    return Sentence(tuple("".join(token.split()) for token, _ in found), tuple(clause for _, clause in found))


@dataclass(frozen=True, slots=True)
class Span:
    """Where a phrase stands among words: its first word, and the word after its last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern, folded: its words, each with whether it is a stem. `gap`: other words that may stand between two of them."""

    words: tuple[tuple[str, bool], ...]
    gap: int = GAP

    @staticmethod
    def of(text: str, gap: int = GAP) -> Pattern:
        """Raise ValueError for a pattern without words."""
        parts = fold(text).split()
        if not parts or any(not part.strip("*") for part in parts):
            raise ValueError(text)
        return Pattern(tuple((part.rstrip("*"), part.endswith("*")) for part in parts), gap)

    def at(self, said: Words, start: int) -> Span | None:
        """The phrase that begins at this word, if it does."""
        if not _fits(said[start], self.words[0]):
            return None
        end = start + 1
        for word in self.words[1:]:
            places = (place for place in range(end, min(end + self.gap + 1, len(said))) if _fits(said[place], word))
            place = next(places, None)
            if place is None:
                return None
            end = place + 1
        return Span(start, end)


@dataclass(frozen=True)
class Patterns:
    """Many patterns, found by how their first words begin."""

    all: tuple[Pattern, ...]

    @staticmethod
    def of(texts: Iterable[str], gap: int = GAP) -> Patterns:
        return Patterns(tuple(Pattern.of(text, gap) for text in texts))

    @cached_property
    def _first(self) -> Mapping[str, tuple[Pattern, ...]]:
        table: dict[str, tuple[Pattern, ...]] = {}
        for pattern in self.all:
            word = pattern.words[0][0]
            table[word] = (*table.get(word, ()), pattern)
        return table

    @cached_property
    def starts(self) -> frozenset[str]:
        """The first words of all patterns, stems without their star."""
        return frozenset(self._first)

    def spans(self, said: Words) -> Iterator[Span]:
        """Every place among the words where one of the patterns stands."""
        for start, word in enumerate(said):
            for beginning in beginnings(word) & self.starts:
                found = (pattern.at(said, start) for pattern in self._first[beginning])
                yield from (span for span in found if span is not None)


@lru_cache(maxsize=512)  # each word of a message is looked up in the patterns of every flag and language
def beginnings(word: str) -> frozenset[str]:
    """Every beginning of a folded word, with and without the particles written on to its front."""
    return frozenset([form[:length] for form in bare(word) for length in range(1, len(form) + 1)])


@dataclass(frozen=True, kw_only=True)
class Negations:
    """How one language negates. `within`: words that may stand between a negating phrase and what it negates."""

    before: Patterns
    after: Patterns
    breaks: Patterns
    within: int

    def negated(self, said: Words, span: Span) -> bool:
        """Whether the phrase at this span is said not to be so."""
        return self._before(said, span) or any(found.start == 0 for found in self.after.spans(said[span.end :]))

    def _before(self, said: Words, span: Span) -> bool:
        between = (said[negation.end : span.start] for negation in self.before.spans(said[: span.start]))
        return any(len(words) <= self.within and not any(self.breaks.spans(words)) for words in between)


def _fits(said: str, word: tuple[str, bool]) -> bool:
    text, stem = word
    return any(form.startswith(text) if stem else form == text for form in bare(said))
