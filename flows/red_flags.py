"""Red flags as data: the words, numbers and answers that may be an emergency. See definitions/*/red_flags.json."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property

from flows.reading import Spot, unique
from flows.texts import Text, text_of
from flows.words.phrases import GAP, Negations, Patterns, Sentence, Span, Words, beginnings

DEGREE = "\N{DEGREE SIGN}"
BOILING_HALF = 50  # a range of body temperatures above this is in Fahrenheit
NEAR = 4  # words that may stand between a number and the word that says what it is


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is told in `words`, by language; `but`: phrases in the same sentence that make it something else ("died years ago")."""

    words: Mapping[str, Patterns]
    but: Mapping[str, Patterns]

    def spans(self, said: Words) -> Iterator[tuple[str, Span]]:
        """Where it stands, with the language of the phrase."""
        found = [(own, span) for own, patterns in self.words.items() for span in patterns.spans(said)]
        if found and not any(any(patterns.spans(said)) for patterns in self.but.values()):
            yield from found


@dataclass(frozen=True, kw_only=True)
class RedFlag:
    """One kind of alarm. `answers`: (linkId, code) of options that raise it; `text`: id of the safety text that answers it.

    `of_survivors`: it may be said of whoever lives on after a death, and so is an alarm beside the news of one too.
    """

    id: str
    label: Text
    urgent: bool
    text: str
    answers: frozenset[tuple[str, str]]
    told: Told
    of_survivors: bool


@dataclass(frozen=True, kw_only=True)
class NumberRule:
    """A number from `low` to `high` (inclusive) near one of the words raises the flag: 38.5 near "temperature".

    `alone`: so does the number as the whole message, where no number is asked for.
    """

    flag: str
    near: Mapping[str, Patterns]
    low: Decimal
    high: Decimal
    alone: bool

    def found(self, sentence: Sentence, language: str) -> Iterator[tuple[Span, ...]]:
        """For each number in the range that belongs to such a word: the word and the number, or the number with its degree sign."""
        words = sentence.words
        near = tuple(self.near[language].spans(words)) if language in self.near else ()
        for index in (index for index, word in enumerate(words) if self.holds(word)):
            number = Span(index, index + 1)
            if self._in_degrees(words[index + 1 : index + 2]):
                yield (number,)
            yield from ((span, number) for span in near if _belongs(sentence, span, index))

    def holds(self, word: str) -> bool:
        """Whether this word is a number in the range."""
        if not word[0].isdecimal():
            return False
        try:
            return self.low <= Decimal(word.replace(",", ".")) <= self.high
        except InvalidOperation:
            return False

    def _in_degrees(self, following: Words) -> bool:
        """A degree sign follows; Fahrenheit only where the range can be nothing else."""
        sign = following[0] if following else ""
        return sign == DEGREE or (sign.startswith(DEGREE) and sign.endswith("f") == (self.low > BOILING_HALF))


def _belongs(sentence: Sentence, span: Span, index: int) -> bool:
    """A number belongs to a near word of its own clause, or to the word right before it: not "temperature normal, platelets 39"."""
    follows = index >= span.end
    between = index - span.end if follows else span.start - index - 1
    return (between == 0 and follows) or (between <= NEAR and sentence.clauses[span.end - 1] == sentence.clauses[index])


@dataclass(frozen=True, kw_only=True)
class SafetyText:
    id: str
    text: Text


@dataclass(frozen=True, kw_only=True, eq=False)
class Mentioned:
    """Words for one relation ("mother"), or for anybody of one sex ("she"), by language."""

    sex: str
    named: bool
    words: Mapping[str, Patterns]

    def is_another(self, other: Mentioned) -> bool:
        """Whether these words speak of somebody else than those."""
        return self is not other if self.named and other.named else self.sex != other.sex


@dataclass(frozen=True, kw_only=True)
class RedFlags:
    """`death`: how families write that the patient has died; `now`: by language, what makes a sentence one of the present.

    `people`: whom they speak of.
    """

    flags: tuple[RedFlag, ...]
    numbers: tuple[NumberRule, ...]
    negations: Mapping[str, Negations]
    texts: tuple[SafetyText, ...]
    death: Told
    now: Mapping[str, Patterns]
    people: tuple[Mentioned, ...]

    @cached_property
    def _starts(self) -> frozenset[str]:
        tables = (*(flag.told.words for flag in self.flags), *(rule.near for rule in self.numbers))
        return frozenset(start for table in tables for patterns_ in table.values() for start in patterns_.starts) | {DEGREE}

    def may_alarm(self, words: Words) -> bool:
        """Whether any word begins like the first word of a pattern: a quick no for almost everything that people write."""
        return any(not self._starts.isdisjoint(beginnings(word)) for word in words)

    def of(self, id_: str) -> RedFlag:
        return next(flag for flag in self.flags if flag.id == id_)

    def safety_texts(self, flags: Iterable[str]) -> tuple[SafetyText, ...]:
        """The texts that answer these flags, in the file's order, each once; the texts of no flag ("we have told ...") last."""
        every = {flag.text for flag in self.flags}
        raised = {self.of(flag).text for flag in flags}
        return tuple(one for one in self.texts if one.id in raised) + tuple(one for one in self.texts if one.id not in every)


def read(spot: Spot) -> RedFlags:
    """Red flags from their file; every language that has words for one flag must have them for all, and negations."""
    spot.only("version", "flags", "numbers", "deaths", "negations", "texts")
    texts = tuple(
        SafetyText(id=one.text("id"), text=text_of(one.only("id", "text"), "safety", "text"))
        for one in unique(spot.get("texts").items())
    )
    flags = tuple(_flag(one, {text.id for text in texts}) for one in unique(spot.get("flags").items()))
    numbers = tuple(_number(one, {flag.id for flag in flags}) for one in spot.get("numbers").items())
    negations = {language: _negations(one) for language, one in spot.get("negations").fields()}
    deaths = spot.get("deaths").only("people", "words", "but", "now")
    tables = (
        [deaths.get("words")]
        + [one.get("words") for one in spot.get("flags").items()]
        + [one.get("near") for one in spot.get("numbers").items()]
    )
    for table in tables:
        if {language for language, _ in table.fields()} != set(negations):
            raise table.wrong(f"must have words in {', '.join(sorted(negations))}, like the negations")
    now = {language: patterns(one, gap=0) for language, one in deaths.get("now").fields()}
    people = tuple(map(_mentioned, deaths.get("people").items()))
    death = _told(deaths, gap=0)
    return RedFlags(flags=flags, numbers=numbers, negations=negations, texts=texts, death=death, now=now, people=people)


def _mentioned(spot: Spot) -> Mentioned:
    spot.only("sex", "named", "words")
    words = {language: patterns(one, gap=0) for language, one in spot.get("words").fields()}
    return Mentioned(sex=spot.one_of("sex", ("female", "male")), named=spot.flag("named", default=True), words=words)


def _told(spot: Spot, gap: int = GAP) -> Told:
    but = spot.get("but").fields() if spot.has("but") else ()
    return Told(
        words={language: patterns(one, gap) for language, one in spot.get("words").fields()},
        but={language: patterns(one, gap=1) for language, one in but},
    )


def _flag(spot: Spot, texts: set[str]) -> RedFlag:
    spot.only("id", "label", "urgent", "text", "answers", "words", "but", "of_survivors")
    if spot.text("text") not in texts:
        raise spot.get("text").wrong("there is no safety text with this id")
    answers = frozenset((one.text("linkId"), one.text("code")) for one in spot.get("answers").items())
    return RedFlag(
        id=spot.text("id"),
        label=text_of(spot, "red-flag", "label"),
        urgent=spot.flag("urgent"),
        text=spot.text("text"),
        answers=answers,
        told=_told(spot),
        of_survivors=spot.has("of_survivors") and spot.flag("of_survivors"),
    )


def _number(spot: Spot, flags: set[str]) -> NumberRule:
    spot.only("flag", "alone", "near", "from", "to")
    if spot.text("flag") not in flags:
        raise spot.get("flag").wrong("there is no red flag with this id")
    return NumberRule(
        flag=spot.text("flag"),
        near={language: patterns(one) for language, one in spot.get("near").fields()},
        low=spot.get("from").number(),
        high=spot.get("to").number(),
        alone=spot.flag("alone"),
    )


def _negations(spot: Spot) -> Negations:
    spot.only("before", "after", "breaks", "within")
    before, after, breaks = (patterns(spot.get(name)) for name in ("before", "after", "breaks"))
    return Negations(before=before, after=after, breaks=breaks, within=spot.whole("within"))


def patterns(spot: Spot, gap: int = GAP) -> Patterns:
    """A list of patterns; a pattern without words is refused."""
    try:
        return Patterns.of((one.word() for one in spot.items()), gap)
    except ValueError as error:
        raise spot.wrong(f"{error} is not a pattern") from error
