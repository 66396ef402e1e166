"""Completeness: whether a response may say that it is complete. FHIR: a required item must be present in a completed response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dialogue.places import places_of
from flows.values import Absent, is_absent

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse, Status
    from flows.values import Values


def out_of_reach(item: Item) -> bool:
    """Whether an item is required and no person is asked for it."""
    return item.required and item.is_question and (item.hidden or item.read_only)


def status_of(questionnaire: Questionnaire, response: QuestionnaireResponse) -> Status:
    """The status to export: still in progress while a required item has no value, or fewer than the form wants."""
    if response.status == "in-progress":
        return response.status
    lacking = any(_is_lacking(place, response.answers.get(place.key, ())) for place in places_of(questionnaire, response))
    return "in-progress" if lacking else response.status


def _is_lacking(place: Place, values: Values) -> bool:
    """Where somebody is asked, "not known" and "not said" are answers; what was skipped is none."""
    item = place.item
    if not item.is_question:
        return False
    if place.kind == "asked":
        if not values or Absent(reason="skipped") in values:
            return item.required
        return len(values) < item.min_occurs and not any(map(is_absent, values))
    return item.required and all(isinstance(value, Absent) for value in values)
