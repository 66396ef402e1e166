"""Whom news of a case addresses: who is here, speaks the language and sees to the topic; and who instead when nobody does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, kw_only=True, slots=True)
class Colleague:
    """`here`: on shift and not away. Empty sets mean any."""

    id: int
    here: bool
    languages: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


def addressed(people: Sequence[Colleague], *, language: str | None, topic: str) -> tuple[int, ...]:
    """The best pool that is not empty: language and topic, language, topic, who is here; then the same of those who are not here.

    Who was set for this language comes before who takes any.
    """
    for pool in ([one for one in people if one.here], list(people)):
        fitting = [one for one in pool if not one.topics or topic in one.topics] or pool
        for some in (fitting, pool):
            speaking = [one for one in some if language in one.languages]
            if speaking:
                return tuple(one.id for one in speaking)
        anything = [one for one in fitting if not one.languages] or fitting
        if anything:
            return tuple(one.id for one in anything)
    return ()
