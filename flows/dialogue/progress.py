"""Progress: where a question stands in its form, in parts and questions. Only what is enabled now counts, so the numbers can change."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from flows.dialogue.places import is_open
from flows.dialogue.prompt import Progress

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.dialogue.places import Places
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse


def progress_of(questionnaire: Questionnaire, places: Places, at: int, response: QuestionnaireResponse) -> Progress:
    """The progress at a place. Cards and "another one?" are not counted."""
    tops = questionnaire.items
    groups = [index for index, item in enumerate(tops) if item.type == "group"]
    here = _part(places[at], groups)
    parts: list[int] = []
    number = count = 0
    passing = questionnaire.burden is not None and is_open(places[at], response)
    for index, place in enumerate(places):
        if place.kind == "asked" and place.item.type != "display":
            part = _part(place, groups)
            if not parts or part != parts[-1]:
                parts.append(part)
            if part == here:
                count += 1
                number += index == at or (_before(place, response) if passing else index < at)
    parts = list(dict.fromkeys(parts))
    return Progress(
        part=parts.index(here) + 1 if here in parts else 1,
        parts=max(1, len(parts)),
        part_item=tops[here] if here >= 0 else None,
        number=max(1, number),
        count=max(1, count),
    )


def _before(place: Place, response: QuestionnaireResponse) -> bool:
    """Where questions may be passed over, those before this one are those that are answered."""
    return not is_open(place, response)


def _part(place: Place, groups: list[int]) -> int:
    """The top group that a place is in; below zero: the questions outside of groups between two of them are a part of their own."""
    before = bisect_left(groups, place.part)
    return place.part if before < len(groups) and groups[before] == place.part else -1 - before
