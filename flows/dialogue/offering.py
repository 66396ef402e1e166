"""Offering: which controls make sense at a question, and which answer KEEP would keep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dialogue.fitting import fits
from flows.dialogue.patience import is_over, may_skip
from flows.dialogue.places import has_room
from flows.dialogue.prompt import Expects
from flows.inputs import Control

if TYPE_CHECKING:
    from flows.dialogue.place import Place
    from flows.items import Item
    from flows.response import Cursor, QuestionnaireResponse
    from flows.values import Values


def kept(place: Place, response: QuestionnaireResponse) -> Values:
    """What KEEP would keep: the answer that a rule finds unusual, else the answer that is there, else the form's initial value where it is an answer; the answer to be confirmed when it is."""
    if response.cursor.face == "confirm":
        return response.cursor.draft or ()
    if place.kind == "more" or place.item.type == "display" or is_collecting(place.item, response.cursor):
        return ()
    if response.cursor.warned:
        return response.cursor.warned
    given = response.answers.get(place.key)
    return tuple(value for value in place.item.initial if fits(value, place.item)) if given is None else given


def is_collecting(item: Item, cursor: Cursor) -> bool:
    """Whether some of several answers were given, one message or file each, and more can come."""
    return item.several and not item.options and cursor.draft is not None


def controls(place: Place, response: QuestionnaireResponse, expects: Expects, *, paged: bool) -> frozenset[Control]:
    """The controls of the question itself."""
    if expects is Expects.MORE:
        return frozenset({Control.ADD, Control.DONE} if has_room(place, response.groups) else {Control.DONE})
    if response.cursor.face == "picker":
        return frozenset({Control.DONE} if len(response.cursor.picked) > 1 else ())
    if response.cursor.face != "main":
        return frozenset({Control.DONE} if response.cursor.face == "time" else ())
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
    if item.type == "display":
        return set()
    if is_collecting(item, cursor):
        return {Control.SKIP} if is_over(item, cursor) else set()
    unknown = paged if item.unknown_option else "asked-unknown" in item.absent
    return {
        control
        for control, allowed in {
            Control.SKIP: may_skip(item, cursor),
            Control.UNKNOWN: unknown,
            Control.DECLINE: "asked-declined" in item.absent,
        }.items()
        if allowed
    }
