"""The prompt of the place that is open: what it expects, what is offered, which controls make sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows import picker
from flows.choices import PAGE
from flows.inputs import Control
from flows.items import AnswerOption
from flows.places import has_room, is_shown, occurrence_of
from flows.progress import progress_of
from flows.prompt import Choice, Expects, Prompt
from flows.values import Absent, PartialDate, Value, Values, same

if TYPE_CHECKING:
    from flows.items import Item
    from flows.place import Place
    from flows.places import Places
    from flows.questionnaire import Questionnaire
    from flows.response import Cursor, QuestionnaireResponse

BY_TYPE = {
    "display": Expects.OK,
    "boolean": Expects.YES_NO,
    "integer": Expects.INTEGER,
    "decimal": Expects.DECIMAL,
    "date": Expects.DATE,
    "dateTime": Expects.DATE,
    "quantity": Expects.QUANTITY,
    "attachment": Expects.FILE,
}
BY_FACE = {"other": Expects.OTHER, "unit": Expects.UNIT, "confirm": Expects.CONFIRM_ANSWER}
WITH_UNITS = {Expects.QUANTITY, Expects.UNIT, Expects.DECIMAL, Expects.INTEGER}


def prompt_of(questionnaire: Questionnaire, response: QuestionnaireResponse, places: Places, at: int) -> Prompt:
    """The question at a place, as it stands now."""
    place, cursor = places[at], response.cursor
    item = place.item
    expects = expects_of(place, cursor)
    choices = _choices(place, response, expects)
    picked = picker.shown(item, cursor.picked, cursor.page) if cursor.face == "picker" else None
    pages = picked.pages if picked else max(1, -(-len(choices) // PAGE))
    page = picked.page if picked else min(max(cursor.page, 0), pages - 1)
    return Prompt(
        key=place.key,
        item=item,
        progress=progress_of(questionnaire, places, at),
        expects=expects,
        leads=leads_before(places, at),
        choices=choices[page * PAGE : (page + 1) * PAGE] if len(choices) > PAGE else choices,
        page=page,
        pages=pages,
        units=item.units if expects in WITH_UNITS else (),
        controls=_controls(place, response, expects, paged=pages > 1) | _around(places, at, cursor),
        kept=kept(place, response),
        draft=cursor.draft or (),
        picker=picked.picker if picked else None,
        pending=f"{cursor.draft[0]}" if expects is Expects.UNIT and cursor.draft else cursor.words,
        occurrence=occurrence_of(place),
    )


def expects_of(place: Place, cursor: Cursor) -> Expects:
    if place.kind == "more":
        return Expects.MORE
    if cursor.face in BY_FACE:
        return BY_FACE[cursor.face]
    if place.item.options:
        return Expects.OPTIONS if place.item.several else Expects.OPTION
    return BY_TYPE.get(place.item.type, Expects.TEXT)


def kept(place: Place, response: QuestionnaireResponse) -> Values:
    """What KEEP would keep: the answer that is there, else the form's initial value; the answer to be confirmed when it is."""
    if response.cursor.face == "confirm":
        return response.cursor.draft or ()
    if place.kind == "more" or place.item.type == "display" or is_collecting(place.item, response.cursor):
        return ()
    return response.answers.get(place.key, place.item.initial)


def is_collecting(item: Item, cursor: Cursor) -> bool:
    """Whether some of several answers were given, one message or file each, and more can come."""
    return item.several and not item.options and cursor.draft is not None


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


def _candidates(item: Item, draft: Values) -> tuple[Choice, ...]:
    """The days that an unclear date may mean."""
    days: list[Value] = [value for value in draft if isinstance(value, PartialDate)]
    return tuple(
        Choice(index=index, option=AnswerOption(value=day, display=str(day), context=f"{item.link_id}/{day}", index=index))
        for index, day in enumerate(days if len(days) > 1 else [])
    )


def _controls(place: Place, response: QuestionnaireResponse, expects: Expects, *, paged: bool) -> frozenset[Control]:
    """The controls of the question itself."""
    if expects is Expects.MORE:
        return frozenset({Control.ADD, Control.DONE} if has_room(place, response.groups) else {Control.DONE})
    if response.cursor.face == "picker":
        return frozenset({Control.DONE} if len(response.cursor.picked) > 1 else ())
    if response.cursor.face != "main":
        return frozenset()
    item = place.item
    told = {Control.WHY: item.why, Control.HELP: item.help}
    return frozenset(
        {
            *(control for control, text in told.items() if text),
            *_finishing(item, response.cursor, expects),
            *_absent(item, response.cursor, paged=paged),
            *({Control.KEEP} if kept(place, response) else ()),
            *({Control.TODAY, Control.YESTERDAY, Control.PICK} if expects is Expects.DATE else ()),
        }
    )


def _finishing(item: Item, cursor: Cursor, expects: Expects) -> set[Control]:
    done = {Control.DONE} if expects is Expects.OPTIONS or (is_collecting(item, cursor) and cursor.draft) else set()
    return done | ({Control.OTHER} if item.open and item.options else set())


def _absent(item: Item, cursor: Cursor, *, paged: bool) -> set[Control]:
    """Ways to give no answer. An option that says "I don't know" is its own button, unless it may be on another page."""
    if item.type == "display" or is_collecting(item, cursor):
        return set()
    unknown = paged if item.unknown_option else "asked-unknown" in item.absent
    return {
        control
        for control, allowed in {
            Control.SKIP: not item.required,
            Control.UNKNOWN: unknown,
            Control.DECLINE: "asked-declined" in item.absent,
        }.items()
        if allowed
    }


def _around(places: Places, at: int, cursor: Cursor) -> frozenset[Control]:
    has_way_back = cursor.face != "main" or cursor.mode == "changing" or any(is_shown(place) for place in places[:at])
    return frozenset({Control.BACK} if has_way_back else ())


def leads_before(places: Places, at: int) -> tuple[Item, ...]:
    """Headings and texts between the question before and this one."""
    found: list[Item] = []
    for place in reversed(places[:at]):
        if is_shown(place):
            break
        if place.kind == "lead" and place.item.text:
            found.append(place.item)
    return tuple(reversed(found))
