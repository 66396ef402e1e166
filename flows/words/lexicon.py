"""The words that people use for yes, no, "I don't know", today, numbers, months and units: data (words.json), folded for matching."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flows.words.folding import asks, bare, fold, words

PHRASES = ("yes", "no", "unknown", "decline", "skip", "back", "done", "ok", "keep", "add", "other", "today", "yesterday")
LISTS = (
    *PHRASES,
    "about",
    "and",
    "counters",
    "ago",
    "last",
    "before_last",
    "of_year",
    "fillers",
    "am",
    "pm",
    "clock",
    "this",
    "hijri",
    "found",
    "lacking",
    "without",
    "stop",
    "pleading",
    "going",
    "human",
    "asking",
    "idle",
    "skipping",
    "aging",
    "hello",
    "thanks",
    "courtesy",
    "but",
    "firm",
    "afterwards",
    "all_afterwards",
)
TABLES: Mapping[str, type] = {"numbers": int, "months": int, "hijri_months": int, "seasons": int, "units": str, "periods": list}
MARKS = ("decimal", "group")
PERIODS = frozenset({"day", "week", "month", "year"})
LONGEST = 500  # characters; folding a long message of stacked accents takes a tenth of a second
SHORT = 160  # characters of a message that only thanks, or only asks for an end
AROUND = " .,!;:\"'()\u2026\u00ab\u00bb\u061b\u060c"


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """One language's words, folded, with those of the other languages behind them.

    `lists[kind]` are whole phrases; `numbers` are number words; `months`, `seasons` (the first month of each) and `periods` read dates ("weeks" -> 1 week);
    `units` are spellings of UCUM codes, as written; `decimal` and `group` are the marks in numbers.
    """

    lists: Mapping[str, frozenset[str]] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=dict)
    hijri_months: Mapping[str, int] = field(default_factory=dict)
    seasons: Mapping[str, int] = field(default_factory=dict)
    periods: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    group: str = ","

    @cached_property
    def phrases(self) -> frozenset[str]:
        """All phrases that mean something by themselves."""
        return frozenset(word for kind in PHRASES for word in self.lists.get(kind, ()))

    @cached_property
    def _for_a_person(self) -> tuple[str, ...]:
        return tuple(f" {' '.join(words(one))} " for one in self.lists.get("human", ()))

    def wants_a_person(self, text: str) -> bool:
        """Whether a text holds one of the phrases that ask for somebody to talk with."""
        said = f" {' '.join(words(text))} "
        return any(one in said for one in self._for_a_person)

    def is_thanks(self, text: str) -> bool:
        """Whether a text is a thank-you and nothing else: words of thanks among those of courtesy, or only signs of it (🙏)."""
        signs = [sign for sign in text if unicodedata.category(sign) == "So"]
        if asks(text) or not self.lists.get("thanks", frozenset()).issuperset(signs):
            return False
        return self._says_only("thanks", text, ("courtesy",)) or (bool(signs) and not words(text))

    def wants_a_stop(self, text: str) -> bool:
        """Whether a text asks that nothing more be written, among words of asking and thanking, and says nothing else."""
        return self._says_only("stop", text, ("pleading", "courtesy", "thanks"))

    def _says_only(self, kind: str, text: str, beside: tuple[str, ...]) -> bool:
        """Whether a text holds phrases of this kind, and no other words than those that may stand beside them."""
        left = _apart(text) if len(text) <= SHORT else ""
        said = [one for one in self._longest_first[kind] if one in left]
        for one in said:
            left = left.replace(one, " ")
        may = frozenset[str]().union(*(self.lists.get(one, ()) for one in beside))
        return bool(said) and all(not may.isdisjoint(bare(word)) for word in left.split())

    @cached_property
    def _longest_first(self) -> Mapping[str, list[str]]:
        kinds = {kind: {_apart(one) for one in self.lists.get(kind, ())} for kind in ("thanks", "stop")}
        return {kind: sorted(filter(None, found), key=len, reverse=True) for kind, found in kinds.items()}

    def means(self, kind: str, text: str) -> bool:
        """Whether a whole message, made a phrase, is one of these."""
        return text in self.lists.get(kind, ())


@dataclass(frozen=True, kw_only=True, slots=True)
class Lexicon:
    """The vocabulary of every language."""

    languages: Mapping[str, Vocabulary] = field(default_factory=dict)

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Lexicon:
        """Build from words.json. Raise ValueError with the path of what is wrong."""
        problems = [problem for language, told in data.items() for problem in _problems(language, told)]
        if problems:
            raise ValueError("; ".join(problems))
        lists = {kind: frozenset(phrase(word) for one in data.values() for word in one.get(kind, ())) for kind in LISTS}
        return Lexicon(languages={language: _vocabulary(data, language, lists) for language in data})

    def of(self, language: str) -> Vocabulary:
        """The vocabulary of a language; any other one where it is not known, as each holds all languages."""
        return self.languages.get(language) or next(iter(self.languages.values()), NO_VOCABULARY)


NO_VOCABULARY = Vocabulary()
NO_WORDS = Lexicon()


def _apart(text: str) -> str:
    """The folded words of a text, each between two spaces of its own, so that phrases can be taken out one after another."""
    return "".join(f" {word} " for word in words(text))


def phrase(text: str) -> str:
    """A message as a phrase: folded, inner spaces single, no marks around it and no commas between its words.

    Nothing known is as long as LONGEST: that is empty.
    """
    return "" if len(text) > LONGEST else " ".join(word.rstrip(",") for word in fold(text).split()).strip(AROUND)


def _vocabulary(data: Mapping[str, Mapping[str, Any]], language: str, lists: Mapping[str, frozenset[str]]) -> Vocabulary:
    """The phrases of all languages are understood in each; where the same word means two things, that of the own language counts."""
    everyone = [data[other] for other in data if other != language] + [data[language]]
    return Vocabulary(
        lists=lists,
        numbers={phrase(word): value for word, value in _merged(everyone, "numbers")},
        months={phrase(word): value for word, value in _merged(everyone, "months")},
        hijri_months={" ".join(words(name)): value for name, value in _merged(everyone, "hijri_months")},
        seasons={phrase(word): value for word, value in _merged(everyone, "seasons")},
        periods={phrase(word): (count, period) for word, (count, period) in _merged(everyone, "periods")},
        units=dict(_merged(everyone, "units")),
        decimal=data[language].get("decimal", "."),
        group=data[language].get("group", ","),
    )


def _merged(everyone: list[Mapping[str, Any]], table: str) -> Iterator[tuple[str, Any]]:
    return (entry for one in everyone for entry in one.get(table, {}).items())


def _problems(language: str, told: Any) -> Iterator[str]:
    if not isinstance(told, dict):
        yield f"{language}: must be an object"
        return
    for kind, value in told.items():
        if not _fits(kind, value):
            yield f"{language}.{kind}: unknown, or of the wrong kind"


def _fits(kind: str, value: Any) -> bool:
    if kind in MARKS:
        return isinstance(value, str) and len(value) == 1
    if kind in LISTS:
        return isinstance(value, list) and all(isinstance(word, str) for word in value)
    if kind not in TABLES or not isinstance(value, dict):
        return False
    return all(isinstance(one, TABLES[kind]) and (kind != "periods" or _is_period(one)) for one in value.values())


def _is_period(entry: Any) -> bool:
    return len(entry) == 2 and isinstance(entry[0], int) and entry[1] in PERIODS  # noqa: PLR2004 - [count, period]
