"""What is urgent: red flags in words and in answers, and how soon a case must be looked at.

A bot is not monitoring: a flag is answered with "call your emergency number or treating team", and the desk is alarmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal

from flows.grounds.given import given
from flows.response import Coding
from flows.words.folding import asks
from flows.words.phrases import Patterns, Sentence, Span, Words, sentences

if TYPE_CHECKING:
    from flows.grounds.findings import Finding
    from flows.library import Definition
    from flows.red_flags import RedFlags
    from flows.response import QuestionnaireResponse, Value

LONGEST = 5000  # characters that are looked at; Telegram lets nobody write more than 4,096 in a message

HURRYING = frozenset({"rapid-progression"})  # criteria that, when met, bring a case to the front

Priority = Literal["urgent", "soon", "routine"]


def flags_in_words(definition: Definition, text: str, language: str, *, number_expected: bool = True) -> tuple[str, ...]:
    """Ids of the red flags in what a person wrote, in the definition's order. Words of all languages are looked for.

    `number_expected`: the open question asks for a number, so that a lone "38.5" is its answer; otherwise it is a temperature.
    """
    rules = definition.red_flags
    raised: set[str] = set()
    for sentence in sentences(text[:LONGEST]):
        if rules.may_alarm(sentence.words):
            raised.update(_by_words(rules, sentence.words, language), _by_numbers(rules, sentence, language))
        if not number_expected and len(sentence.words) == 1:
            raised.update(rule.flag for rule in rules.numbers if rule.alone and rule.holds(sentence.words[0]))
    return tuple(flag.id for flag in rules.flags if flag.id in raised)


def tells_of_a_death(definition: Definition, text: str, language: str) -> bool:
    """Whether a family writes, in any language, that the patient has died. A question never does."""
    rules = definition.red_flags
    said = () if asks(text) else sentences(text[:LONGEST])
    return any(_stands(rules, rules.deaths, one.words, language) for one in said)


def flags_in_answer(definition: Definition, link_id: str, values: Iterable[Value]) -> tuple[str, ...]:
    """Ids of the red flags that these values of one question raise."""
    said = {(link_id, value.code) for value in values if isinstance(value, Coding)}
    return tuple(flag.id for flag in definition.red_flags.flags if flag.answers & said)


def flags_in_response(definition: Definition, response: QuestionnaireResponse) -> tuple[str, ...]:
    """Ids of the red flags among all answers that count."""
    said = {(one.link_id, one.value.code) for one in given(response) if isinstance(one.value, Coding)}
    return tuple(flag.id for flag in definition.red_flags.flags if flag.answers & said)


def priority(definition: Definition, response: QuestionnaireResponse, findings: Iterable[Finding]) -> Priority:
    """How soon somebody must look: at once for a red flag, soon when the disease cannot wait."""
    if any(definition.red_flags.of(flag).urgent for flag in flags_in_response(definition, response)):
        return "urgent"
    hurried = any(finding.criterion.id in HURRYING and finding.status == "met" for finding in findings)
    return "soon" if hurried else "routine"


def _by_words(rules: RedFlags, words: Words, language: str) -> Iterator[str]:
    for flag in rules.flags:
        if _stands(rules, flag.words, words, language):
            yield flag.id


def _stands(rules: RedFlags, phrases: Mapping[str, Patterns], words: Words, language: str) -> bool:
    """Whether one of the phrases, by language, stands among the words, and is not turned around."""
    found = ((own, span) for own, patterns in phrases.items() for span in patterns.spans(words))
    return any(not _negated(rules, words, one, language) for one in found)


def _by_numbers(rules: RedFlags, sentence: Sentence, language: str) -> Iterator[str]:
    for rule in rules.numbers:
        for near in rules.negations:
            for spans in rule.found(sentence, near):
                if not any(_negated(rules, sentence.words, (near, span), language) for span in spans):
                    yield rule.flag


def _negated(rules: RedFlags, words: Words, where: tuple[str, Span], language: str) -> bool:
    """Whether the language of the phrase, or the person's own, turns it around: people mix languages."""
    own, span = where
    return any(rules.negations[one].negated(words, span) for one in {own, language} & rules.negations.keys())
