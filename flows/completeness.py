"""Completeness: whether a response may say that it is complete. FHIR: a required item must be present in a completed response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.places import places_of
from flows.values import Absent

if TYPE_CHECKING:
    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse, Status


def out_of_reach(item: Item) -> bool:
    """Whether an item is required and no person is asked for it."""
    return item.required and item.is_question and (item.hidden or item.read_only)


def status_of(questionnaire: Questionnaire, response: QuestionnaireResponse) -> Status:
    """The status to export: still in progress while a required item that nobody is asked for has no value."""
    if response.status == "in-progress" or not any(map(out_of_reach, questionnaire.by_link_id.values())):
        return response.status
    needed = (
        place
        for place in places_of(questionnaire, response)
        if place.kind in {"hidden", "lead"} and place.item.required and place.item.is_question
    )
    lacking = any(_is_empty(response, place.key) for place in needed)
    return "in-progress" if lacking else response.status


def _is_empty(response: QuestionnaireResponse, key: str) -> bool:
    return all(isinstance(value, Absent) for value in response.answers.get(key, ()))
