"""Filing: what the patient's side said at another time becomes the answer to one question. What is open stays open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flows import moment as at
from flows.dialogue.cursor import Cursor
from flows.dialogue.places import places_of
from flows.events import Answered
from flows.inputs import Words
from flows.moment import Turn

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.items import Item
    from flows.moment import Intake, Moment
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse

SENT = frozenset({"attachment"})  # answered by a file, not by words


def fileable(questionnaire: Questionnaire, response: QuestionnaireResponse) -> tuple[Item, ...]:
    """The questions that words can answer now, in the order of the form. A permission is given by the family's own tap only."""
    return tuple({place.item.link_id: place.item for place in _places(questionnaire, response)}.values())


def found(items: tuple[Item, ...], said: str, worded: tuple[tuple[str, ...], ...]) -> tuple[Item, ...]:
    """Those that hold every one of these words; one that is meant by its linkId alone. `worded`: each item's label in several languages."""
    wanted = said.casefold().split()
    exact = tuple(item for item in items if item.link_id.casefold() == said.casefold().strip())
    held = (
        item
        for item, labels in zip(items, worded, strict=True)
        if all(any(word in label.casefold() for label in (item.link_id, *labels)) for word in wanted)
    )
    return exact or tuple(held)


def file(moment: Moment, intake: Intake, said: str, link_id: str | None) -> Turn:
    """The words go the way of any answer. Without Answered among the events nothing was changed. None: the open question.

    In a repeating group the newest occurrence is meant.
    """
    before = intake.response
    assert before is not None
    asked = replace(before, cursor=_at(moment, before, link_id)) if link_id else before
    turn = at.converse(moment, replace(intake, talking=False, aside=None, response=asked), Words(text=said))
    answered = any(isinstance(event, Answered) for event in turn.events)
    if not answered or turn.intake.response is None:
        return Turn(intake=intake, events=tuple(event for event in turn.events if not isinstance(event, Answered)))
    after = _settled(before, turn.intake.response) if link_id else turn.intake.response
    return Turn(intake=replace(intake, response=after), events=turn.events)


def _at(moment: Moment, before: QuestionnaireResponse, link_id: str) -> Cursor:
    keys = [one.key for one in _places(moment.definition.questionnaire, before) if one.item.link_id == link_id]
    return Cursor(key=keys[-1], mode="changing" if keys[-1] in before.answers else "asking") if keys else before.cursor


def _settled(before: QuestionnaireResponse, after: QuestionnaireResponse) -> QuestionnaireResponse:
    """The conversation goes on where it was; what was complete is complete, and amended."""
    if before.status == "in-progress":
        revisited = before.cursor.key in after.answers or before.cursor.mode == "review"
        return replace(after, cursor=replace(before.cursor, since=after.cursor.since)) if revisited else after
    return replace(after, cursor=Cursor(mode="done", since=after.cursor.since), status="amended")


def _places(questionnaire: Questionnaire, response: QuestionnaireResponse) -> list[Place]:
    asked = (one for one in places_of(questionnaire, response) if one.kind == "asked" and one.item.is_question)
    return [one for one in asked if one.item.type not in SENT and one.item.consent is None]
