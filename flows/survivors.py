"""Survivors: of whom a sentence speaks beside the news of a death. Nobody calls help for the dead; whoever lives on may need it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.red_flags import Mentioned, RedFlags
    from flows.words.phrases import Sentence, Span

Death = tuple["Sentence", "Span"]
Mention = tuple["Mentioned", "Span"]


def speaks_of_a_survivor(rules: RedFlags, sentence: Sentence, deaths: Iterable[Death]) -> bool:
    """Whether a sentence is about somebody else than whoever died: "My mother died. My father has a fever"."""
    told = [(one, who) for one, span in deaths if (who := _nearest(rules, one, span))]
    here = [who for who in _mentions(rules, sentence) if (sentence, who) not in told]
    dead = [who for _, (who, _) in told]
    return bool(dead and here) and all(one.is_another(who) for one, _ in here for who in dead)


def _nearest(rules: RedFlags, sentence: Sentence, span: Span) -> Mention | None:
    """Of whom it is told that they died."""
    return min(_mentions(rules, sentence), key=lambda one: _between(one[1], span), default=None)


def _between(one: Span, other: Span) -> int:
    """Words between two spans; none where they overlap."""
    return max(0, one.start - other.end, other.start - one.end)


def _mentions(rules: RedFlags, sentence: Sentence) -> Iterator[Mention]:
    found = ((who, span) for who in rules.people for patterns in who.words.values() for span in patterns.spans(sentence.words))
    yield from dict.fromkeys(found)
