"""Scene: one response as a turn finds it, with everything that the turn may know; and what it shows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property

from flows.changing import changed
from flows.dialogue.listing import Places
from flows.dialogue.place import Place, place_at
from flows.dialogue.places import is_open, places_of
from flows.dialogue.prompting import prompt_of
from flows.dialogue.reviewing import review_of
from flows.dialogue.turns import Shown, Told, Turn
from flows.events import Asked, Completed, Drafted, Reviewed
from flows.questionnaire import Questionnaire
from flows.response import Cursor, QuestionnaireResponse
from flows.words.tongue import Tongue


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`spoken`: words or a file came, not a press. `zone` is the patient's. `known`: the places and the open one, where they were found already."""

    questionnaire: Questionnaire
    response: QuestionnaireResponse
    tongue: Tongue
    now: datetime
    today: date
    spoken: bool = False
    zone: tzinfo = UTC
    known: tuple[Places, int | None] | None = None

    @cached_property
    def places(self) -> Places:
        """All places of the form as it is now. Listed when they are needed: the answer to most questions needs them only once."""
        return places_of(self.questionnaire, self.response) if self.known is None else self.known[0]

    @cached_property
    def at(self) -> int | None:
        """The index of the open place, None in the review and after it."""
        return open_place(self.questionnaire, self.places, self.response) if self.known is None else self.known[1]

    @cached_property
    def place(self) -> Place | None:
        """The open place."""
        if self.known is None and self.cursor.at is not None and self.response.questionnaire == self.questionnaire.canonical:
            found = place_at(self.cursor.at, self.questionnaire.by_name, self.questionnaire.standing)
            return self.response.computed.adapt(found) if found else None
        return None if self.at is None else self.places[self.at]

    @property
    def cursor(self) -> Cursor:
        return self.response.cursor

    def listening(self) -> Scene:
        """The scene for words or a file."""
        return replace(self, spoken=True)

    def with_cursor(self, cursor: Cursor, *, new_face: bool) -> Scene:
        """The scene after the conversation moved. `new_face`: buttons made before this turn are no good any more."""
        revision = self.response.revision + 1
        since = cursor.since if cursor.since == self.cursor.since and not new_face else revision
        response = changed(self.response, cursor=changed(cursor, since=since), revision=revision)
        return self.after(response, self.places)

    def after(self, response: QuestionnaireResponse, places: Places) -> Scene:
        """The scene of a response that has just changed, with the open place noted in it."""
        at = open_place(self.questionnaire, places, response)
        key = None if at is None else places[at].key
        if response.cursor.at != key:
            response = changed(response, cursor=changed(response.cursor, at=key))
        return replace(self, response=response, known=(places, at))


def open_place(questionnaire: Questionnaire, places: Places, response: QuestionnaireResponse) -> int | None:
    """The place that is being asked: the one that is revisited, else the first one that is open."""
    cursor = response.cursor
    if cursor.mode in {"review", "done"}:
        return None
    if cursor.key is not None and cursor.key in places.shown:
        return places.shown[cursor.key]
    return first_open(questionnaire, places, response)


def first_open(questionnaire: Questionnaire, places: Places, response: QuestionnaireResponse) -> int | None:
    """The place that is asked next: the first open one, but where the form's criteria have it otherwise (flows.burden)."""
    answers, offered = response.answers, response.offered
    waiting = (index for key, index in places.shown.items() if key not in answers or key in offered)
    first = next((index for index in waiting if is_open(places[index], response)), None)
    return first if first is None or questionnaire.burden is None else questionnaire.burden.next(places, response, first)


def shown(
    questionnaire: Questionnaire, response: QuestionnaireResponse, places: Places, at: int | None
) -> Asked | Reviewed | Completed:
    """What is open now."""
    if at is not None:
        return Asked(prompt=prompt_of(questionnaire, response, places, at))
    if response.cursor.mode == "done":
        return Completed(amended=response.status == "amended")
    return Reviewed(page=review_of(questionnaire, response, places))


def show(scene: Scene) -> Asked | Reviewed | Completed:
    return shown(scene.questionnaire, scene.response, scene.places, scene.at)


def ask(scene: Scene, *told: Told) -> Turn:
    """Ask what is open now, as something new."""
    return Turn(response=scene.response, events=(*told, show(scene)))


def ask_again(scene: Scene, *told: Told) -> Turn:
    """Ask the same once more, below what was said. Nothing is shown again once everything was confirmed."""
    showing: Shown = show(scene)
    if isinstance(showing, Completed):
        return Turn(response=scene.response, events=told)
    return Turn(
        response=scene.response, events=(*told, replace(showing, again=True) if isinstance(showing, Asked) else showing)
    )


def redraw(scene: Scene, cursor: Cursor, *, new_face: bool = False) -> Turn:
    """The same question with another face: the message is edited after a press, repeated below after words."""
    after = scene.with_cursor(cursor, new_face=new_face)
    showing = show(after)
    if scene.spoken or not isinstance(showing, Asked):
        return ask_again(after)
    return Turn(response=after.response, events=(Drafted(prompt=showing.prompt),))


def move(scene: Scene, cursor: Cursor, *told: Told) -> Turn:
    """Go to another place."""
    return ask(scene.with_cursor(cursor, new_face=True), *told)
