"""What is urgent: red flags in words and in answers, and how soon a case must be looked at.

A bot is not monitoring: a flag is answered with "call your emergency number or treating team", and the desk is alarmed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from flows.grounds.given import given
from flows.response import Coding
from flows.survivors import speaks_of_a_survivor
from flows.words.folding import asks
from flows.words.phrases import Sentence, Span, Words, sentences

if TYPE_CHECKING:
    from flows.grounds.findings import Finding
    from flows.library import Definition
    from flows.red_flags import RedFlags, Told
    from flows.response import QuestionnaireResponse, Value

LONGEST = 5000  # characters that are looked at; Telegram lets nobody write more than 4,096 in a message

HURRYING = frozenset({"rapid-progression"})  # criteria that, when met, bring a case to the front

Priority = Literal["urgent", "soon", "routine"]


def flags_in_words(definition: Definition, text: str, language: str, *, number_expected: bool = True) -> tuple[str, ...]:
    """Ids of the red flags in what a person wrote, in the definition's order. Words of all languages are looked for.

    Beside the news of a death a fever is that of the dead, and nobody is to call help for them: only what is so now, what is said
    of somebody else, and what may be said of whoever lives on, is an alarm.
    `number_expected`: the open question asks for a number, so that a lone "38.5" is its answer; otherwise it is a temperature.
    """
    rules = definition.red_flags
    found = [(one, _raised(rules, one, language, number_expected=number_expected)) for one in sentences(text[:LONGEST])]
    alarmed = not asks(text) and any(raised for _, raised in found)
    if alarmed and (deaths := _deaths(rules, text, language)):
        found = [
            (one, raised if speaks_of_a_survivor(rules, one, deaths) else _of_survivors(rules, one, raised))
            for one, raised in found
        ]
    every = frozenset[str]().union(*(raised for _, raised in found))
    return tuple(flag.id for flag in rules.flags if flag.id in every)


def flags_of_survivors(definition: Definition, text: str, language: str) -> tuple[str, ...]:
    """Ids of the red flags in what is written after a death: those of whoever lives on."""
    rules = definition.red_flags
    found = ((one, _raised(rules, one, language, number_expected=True)) for one in sentences(text[:LONGEST]))
    every = frozenset[str]().union(*(_of_survivors(rules, one, raised) for one, raised in found))
    return tuple(flag.id for flag in rules.flags if flag.id in every)


def tells_of_a_death(definition: Definition, text: str, language: str) -> bool:
    """Whether a family writes, in any language, that the patient has died. A question never does."""
    return bool(not asks(text) and _deaths(definition.red_flags, text, language))


def alarms_of_another(definition: Definition, text: str, language: str) -> bool:
    """Whether the news of a death stands beside an alarm about somebody else: then it is not the patient's, as far as anybody can tell."""
    rules, deaths = definition.red_flags, _deaths(definition.red_flags, text, language)
    said = sentences(text[:LONGEST]) if deaths else ()
    raised = (one for one in said if _raised(rules, one, language, number_expected=True))
    return any(speaks_of_a_survivor(rules, one, deaths) for one in raised)


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


def _raised(rules: RedFlags, sentence: Sentence, language: str, *, number_expected: bool) -> frozenset[str]:
    raised: set[str] = set()
    if rules.may_alarm(sentence.words):
        raised.update(flag.id for flag in rules.flags if _stands(rules, flag.told, sentence.words, language))
        raised.update(_by_numbers(rules, sentence, language))
    if not number_expected and len(sentence.words) == 1:
        raised.update(rule.flag for rule in rules.numbers if rule.alone and rule.holds(sentence.words[0]))
    return frozenset(raised)


def _of_survivors(rules: RedFlags, sentence: Sentence, raised: frozenset[str]) -> frozenset[str]:
    """Those of a sentence that still are an alarm when somebody has died."""
    if any(any(patterns.spans(sentence.words)) for patterns in rules.now.values()):
        return raised
    return frozenset(one for one in raised if rules.of(one).of_survivors)


def _deaths(rules: RedFlags, text: str, language: str) -> list[tuple[Sentence, Span]]:
    """Where it is told that somebody died."""
    told = ((one, found) for one in sentences(text[:LONGEST]) for found in rules.death.spans(one.words))
    return [(one, found[1]) for one, found in told if not _negated(rules, one.words, found, language)]


def _stands(rules: RedFlags, told: Told, words: Words, language: str) -> bool:
    """Whether it is told in these words, and not turned around."""
    return any(not _negated(rules, words, one, language) for one in told.spans(words))


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
