"""Progress: where a question stands in its form, in parts and questions. Only what is enabled now counts, so the numbers can change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dialogue.places import is_open
from flows.dialogue.prompt import Progress

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.dialogue.places import Places
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse

LOOSE = -1  # the part of all items that stand outside the groups at the top of the form


def progress_of(questionnaire: Questionnaire, places: Places, at: int, response: QuestionnaireResponse) -> Progress:
    """The progress at a place. Cards and "another one?" are not counted."""
    tops = questionnaire.items
    groups = {index for index, item in enumerate(tops) if item.type == "group"}
    here = _part(places[at], groups)
    parts: list[int] = []
    number = count = 0
    passing = questionnaire.burden is not None and is_open(places[at], response)
    for index, place in enumerate(places):
        if place.kind == "asked" and place.item.type != "display":
            part = place.part if place.part in groups else LOOSE
            if not parts or part != parts[-1]:
                parts.append(part)
            if part == here:
                count += 1
                number += index == at or (_before(place, response) if passing else index < at)
    parts = list(dict.fromkeys(parts))
    return Progress(
        part=parts.index(here) + 1 if here in parts else 1,
        parts=max(1, len(parts)),
        part_item=tops[here] if here != LOOSE else None,
        number=max(1, number),
        count=max(1, count),
    )


def _before(place: Place, response: QuestionnaireResponse) -> bool:
    """Where questions may be passed over, those before this one are those that are answered."""
    return not is_open(place, response)


def _part(place: Place, groups: set[int]) -> int:
    return place.part if place.part in groups else LOOSE
