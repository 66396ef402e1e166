"""Progress: where a question stands in its form, in parts and questions. Only what is enabled now counts, so the numbers can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dialogue.places import is_open
from flows.dialogue.prompt import Progress

if TYPE_CHECKING:
    from flows.dialogue.listing import Places
    from flows.response import QuestionnaireResponse


def progress_of(places: Places, at: int, response: QuestionnaireResponse, *, passing: bool) -> Progress:
    """The progress at a place. `passing`: questions may be passed over, so that those before this one are those that are answered."""
    here = places.part_of(places[at])
    questions = places.parts.get(here, ())
    if passing and is_open(places[at], response):
        number = sum([index == at or not is_open(places[index], response) for index in questions])
    else:
        number = sum([index <= at for index in questions])
    return Progress(
        part=list(places.parts).index(here) + 1 if questions else 1,
        parts=max(1, len(places.parts)),
        part_item=places.tops[here] if here >= 0 else None,
        number=max(1, number),
        count=max(1, len(questions)),
    )
