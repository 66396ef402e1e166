"""The review: every answer once more, in the form's order, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dialogue.places import occurrence_of
from flows.dialogue.prompt import ReviewEntry, ReviewPage
from flows.enablement import occurrences

if TYPE_CHECKING:
    from flows.dialogue.listing import Places
    from flows.dialogue.place import Place
    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse
    from flows.values import Values

PAGE = 10  # answers on one page: with buttons and long texts still one message


def reviewable(places: Places) -> list[Place]:
    """What the review lists: questions and repeating groups. The place in this list is the number that CHANGE carries."""
    return [place for place in places if place.kind == "more" or (place.kind == "asked" and place.item.type != "display")]


def review_of(questionnaire: Questionnaire, response: QuestionnaireResponse, places: Places) -> ReviewPage:
    """The page of the review that is open."""
    numbers = {place.key: index for index, place in enumerate(reviewable(places))}
    entries = [
        _entry(questionnaire, place, numbers.get(place.key), values)
        for place in places
        if (place.key in numbers or _is_filled_in(place)) and (values := _values(place, response))
    ]
    pages = max(1, -(-len(entries) // PAGE))
    page = min(max(response.cursor.page, 0), pages - 1) if response.cursor.mode == "review" else 0
    return ReviewPage(
        entries=tuple(entries[page * PAGE : (page + 1) * PAGE]),
        page=page,
        pages=pages,
        leads=_closing(places) if page == pages - 1 else (),
    )


def _is_filled_in(place: Place) -> bool:
    """A read-only question that is shown."""
    return place.kind == "lead" and place.item.is_question and place.item.label.english != ""


def _entry(questionnaire: Questionnaire, place: Place, index: int | None, values: Values) -> ReviewEntry:
    top = questionnaire.items[place.part]
    return ReviewEntry(
        index=index,
        key=place.key,
        item=place.item,
        values=values,
        part=top if top.type == "group" else None,
        occurrence=occurrence_of(place),
    )


def _values(place: Place, response: QuestionnaireResponse) -> Values:
    if place.kind == "more":
        return (occurrences(place.item, place.key, response.groups),) if place.key in response.closed else ()
    return response.answers.get(place.key, ())


def _closing(places: Places) -> tuple[Item, ...]:
    """Texts behind the last question."""
    found: list[Item] = []
    for place in reversed(places):
        if place.kind in {"asked", "more"}:
            break
        if place.kind == "lead" and place.item.type == "display" and place.item.text:
            found.append(place.item)
    return tuple(reversed(found))
