"""The prompt of the place that is open: what it expects, what is offered, which controls make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dialogue import picker
from flows.dialogue.offering import controls, kept
from flows.dialogue.place import is_shown
from flows.dialogue.places import is_open, number_of, occurrence_of
from flows.dialogue.progress import progress_of
from flows.dialogue.prompt import Choice, Expects, Lead, Prompt
from flows.inputs import Control
from flows.items import AnswerOption
from flows.values import Absent, PartialDate, Values, same
from flows.words.choices import PAGE
from flows.words.folding import in_a_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.dialogue.listing import Places
    from flows.dialogue.place import Place
    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import Cursor, QuestionnaireResponse

BY_TYPE = {
    "display": Expects.OK,
    "boolean": Expects.YES_NO,
    "integer": Expects.INTEGER,
    "decimal": Expects.DECIMAL,
    "date": Expects.DATE,
    "dateTime": Expects.DATE,
    "time": Expects.TIME,
    "quantity": Expects.QUANTITY,
    "attachment": Expects.FILE,
}
BY_FACE = {"other": Expects.OTHER, "unit": Expects.UNIT, "time": Expects.TIME, "confirm": Expects.CONFIRM_ANSWER}
WITH_UNITS = {Expects.QUANTITY, Expects.UNIT, Expects.DECIMAL, Expects.INTEGER}


def prompt_of(questionnaire: Questionnaire, response: QuestionnaireResponse, places: Places, at: int) -> Prompt:
    """The question at a place, as it stands now."""
    place, cursor = places[at], response.cursor
    item, passing = place.item, questionnaire.burden is not None
    expects = expects_of(place, cursor)
    choices = _choices(place, response, expects)
    picked = picker.shown(item, cursor.picked, cursor.page) if cursor.face == "picker" else None
    pages = picked.pages if picked else max(1, -(-len(choices) // PAGE))
    page = picked.page if picked else min(max(cursor.page, 0), pages - 1)
    return Prompt(
        key=place.key,
        item=item,
        progress=progress_of(places, at, response, passing=passing),
        expects=expects,
        leads=leads_before(places, at, response, passing=passing),
        choices=choices if item.alphabetical else _of_page(choices, page),
        page=page,
        pages=pages,
        units=item.units if expects in WITH_UNITS else (),
        controls=controls(place, response, expects, paged=pages > 1) | _around(places, at, cursor),
        kept=kept(place, response),
        former=response.former.get(place.key, ()) if place.key not in response.answers else (),
        draft=cursor.draft or (),
        picker=picked.picker if picked else None,
        pending=cursor.words,
        occurrence=occurrence_of(place),
    )


def shown_choices(prompt: Prompt, label: Callable[[AnswerOption], str]) -> tuple[Choice, ...]:
    """The choices on the page that is shown. Those of an alphabetical list stand in the order of their names in the reader's language."""
    if not prompt.item.alphabetical:
        return prompt.choices
    return _of_page(tuple(sorted(prompt.choices, key=lambda one: in_a_list(label(one.option)))), prompt.page)


def _of_page(choices: tuple[Choice, ...], page: int) -> tuple[Choice, ...]:
    return choices[page * PAGE : (page + 1) * PAGE] if len(choices) > PAGE else choices


def expects_of(place: Place, cursor: Cursor) -> Expects:
    if place.kind == "more":
        return Expects.MORE
    if cursor.face in BY_FACE:
        return BY_FACE[cursor.face]
    if place.item.options:
        return Expects.OPTIONS if place.item.several else Expects.OPTION
    return BY_TYPE.get(place.item.type, Expects.TEXT)


def selected(place: Place, response: QuestionnaireResponse) -> Values:
    """The options chosen so far."""
    if response.cursor.draft is not None:
        return response.cursor.draft
    return tuple(value for value in kept(place, response) if not isinstance(value, Absent))


def offered_options(item: Item, chosen: Values) -> tuple[AnswerOption, ...]:
    """The form's options, and behind them what was written in own words, so that it can be taken back."""
    own = [value for value in chosen if isinstance(value, str) and not any(same(value, one.value) for one in item.options)]
    return (
        *item.options,
        *(
            AnswerOption(value=value, display=value, context=f"{item.link_id}/own", index=index)
            for index, value in enumerate(own, start=len(item.options))
        ),
    )


def _choices(place: Place, response: QuestionnaireResponse, expects: Expects) -> tuple[Choice, ...]:
    if expects is Expects.DATE:
        return _candidates(place.item, response.cursor.draft or ())
    if expects not in {Expects.OPTION, Expects.OPTIONS}:
        return ()
    chosen = selected(place, response)
    options = offered_options(place.item, chosen) if expects is Expects.OPTIONS else place.item.options
    hits = response.cursor.hits
    return tuple(
        Choice(index=option.index, option=option, selected=_is_chosen(option, chosen))
        for option in options
        if not hits or option.index in hits or option.index >= len(place.item.options)
    )


def _is_chosen(option: AnswerOption, chosen: Values) -> bool:
    return any(same(option.value, value) for value in chosen)


def meant_days(draft: Values) -> tuple[PartialDate, ...]:
    """The days that an unclear date may mean."""
    return tuple(value for value in draft if isinstance(value, PartialDate)) if len(draft) > 1 else ()


def _candidates(item: Item, draft: Values) -> tuple[Choice, ...]:
    if item.several:
        return ()
    return tuple(
        Choice(index=index, option=AnswerOption(value=day, display=str(day), context=f"{item.link_id}/{day}", index=index))
        for index, day in enumerate(meant_days(draft))
    )


def _around(places: Places, at: int, cursor: Cursor) -> frozenset[Control]:
    has_way_back = cursor.face != "main" or cursor.mode == "changing" or next(iter(places.shown.values()), at) < at
    return frozenset({Control.BACK} if has_way_back else ())


def leads_before(places: Places, at: int, response: QuestionnaireResponse, *, passing: bool) -> tuple[Lead, ...]:
    """Headings and texts between the question before and this one.

    `passing`: where a question may be passed over, the texts before it come with the one that is asked first, and not again.
    """
    if passing and is_open(places[at], response) and _begun_behind(places, at, response):
        return ()
    found: list[Lead] = []
    for place in reversed(places[:at]):
        if is_shown(place) and not (passing and is_open(place, response)):
            break
        if place.kind == "lead" and place.item.text:
            found.append(_lead(place, places[at], response))
    return tuple(reversed(found))


def _lead(place: Place, asked: Place, response: QuestionnaireResponse) -> Lead:
    """`asked`: the question behind it, which stands in an occurrence of this group or beside it."""
    item = place.item
    start = next((start for link_id, start in asked.path if link_id == item.link_id), "") if item.repeating_group else ""
    values = response.answers.get(place.key, ()) if item.is_question else ()
    return Lead(item=item, values=values, occurrence=number_of(start) if start else None)


def _begun_behind(places: Places, at: int, response: QuestionnaireResponse) -> bool:
    """Whether a later question of the same topic was answered before this one."""
    part = places[at].part
    for place in places[at + 1 :]:
        if place.part != part:
            return False
        if is_shown(place) and not is_open(place, response):
            return True
    return False
