"""Recording: what an answer changes. Later answers stay; what an answer switches off is parked, what it switches on is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flows.changing import changed
from flows.dialogue.place import Place
from flows.dialogue.places import places
from flows.dialogue.refusing import refuse, warn
from flows.dialogue.scene import Scene, ask, ask_again
from flows.enablement import occurrences
from flows.events import Answered, Parked, Reason
from flows.fhirpath.computed import NOTHING, Computed
from flows.response import Absent, Cursor, frozen
from flows.values import Values, alike, same

if TYPE_CHECKING:
    from flows.dialogue.listing import Places
    from flows.dialogue.turns import Told, Turn
    from flows.questionnaire import Questionnaire

SETTLING = 5  # rounds in which hidden values may switch on further hidden values


def record(scene: Scene, place: Place, values: Values, *, stay: bool = False) -> Turn:
    """Put an answer down and go on; `stay`: more answers to the same question can come."""
    before = scene.response.answers.get(place.key, ())
    answers = dict(scene.response.answers)
    groups, closed = dict(scene.response.groups), scene.response.closed
    if place.item.items and place.item.several and before != values:
        renamed = _renamed(place.key, before, values)
        answers = {new: given for key, given in answers.items() if (new := _moved(key, place.key, renamed)) is not None}
        groups = {new: count for key, count in groups.items() if (new := _moved(key, place.key, renamed)) is not None}
        closed = frozenset(new for key in closed if (new := _moved(key, place.key, renamed)) is not None)
    answers[place.key] = values
    told = Answered(
        key=place.key,
        link_id=place.item.link_id,
        values=values,
        before=before,
        amended=scene.response.status != "in-progress",
    )
    cursor = Cursor(key=place.key, mode=scene.cursor.mode, draft=values) if stay else Cursor()
    turn = _changed(_without(scene, place.key, closed), answers, groups, cursor, told, again=stay)
    return _unless_forbidden(scene, place, turn)


def _without(scene: Scene, key: str, closed: frozenset[str]) -> Scene:
    """The scene in which nothing is offered or calculated for a question that is being answered."""
    before = scene.response
    offered, computed = before.offered - {key} if before.offered else before.offered, _given(before.computed, key)
    if offered == before.offered and computed is before.computed and closed == before.closed:
        return scene
    return replace(scene, response=replace(before, closed=closed, offered=offered, computed=computed))


def _given(computed: Computed, key: str) -> Computed:
    """An answer that a person gives is not a calculated one any more."""
    return replace(computed, calculated=computed.calculated - {key}) if key in computed.calculated else computed


def _unless_forbidden(scene: Scene, place: Place, turn: Turn) -> Turn:
    """The turn, unless a constraint of the form says that this must not be. Passing a question over is never forbidden.

    A rule that no answer can satisfy would hold somebody for ever; what a form requires is not offered to be passed over anyway.
    """
    given = turn.response.answers.get(place.key, ())
    if not scene.questionnaire.rules.of("constraint") or all(isinstance(value, Absent) for value in given):
        return turn
    from flows.fhirpath.constraints import broken

    refusal = broken(scene, place, turn.response)
    if refusal is None:
        return turn
    if refusal.reason is not Reason.WARNING:
        return refuse(scene, place, refusal)
    return turn if alike(given, scene.cursor.warned) else warn(scene, place, refusal, given)


def add_occurrence(scene: Scene, place: Place) -> Turn:
    """Another occurrence of a repeating group: its first question is asked."""
    groups = {**scene.response.groups, place.key: occurrences(place.item, place.key, scene.response.groups) + 1}
    response = replace(scene.response, closed=scene.response.closed - {place.key})
    return _changed(replace(scene, response=response), dict(scene.response.answers), groups, Cursor())


def close_group(scene: Scene, place: Place) -> Turn:
    """No more occurrences."""
    response = replace(scene.response, closed=scene.response.closed | {place.key})
    return _changed(replace(scene, response=response), dict(scene.response.answers), scene.response.groups, Cursor())


def accept_offered(scene: Scene, place: Place) -> Turn:
    """The answer that is there stays."""
    response = replace(scene.response, offered=scene.response.offered - {place.key})
    return _changed(replace(scene, response=response), dict(scene.response.answers), scene.response.groups, Cursor())


def settled(
    questionnaire: Questionnaire, answers: dict[str, Values], groups: Mapping[str, int]
) -> tuple[dict[str, Values], Places]:
    """The answers with the form's values for hidden and read-only items, and the places that are enabled with them."""
    found = places(questionnaire, answers, groups)
    for _ in range(SETTLING if questionnaire.presets else 0):
        preset = {
            place.key: place.item.initial
            for place in found
            if place.kind in {"hidden", "lead"} and place.item.is_question and place.item.initial and place.key not in answers
        }
        if not preset:
            break
        answers = {**answers, **preset}
        found = places(questionnaire, answers, groups)
    return answers, found


def begin(scene: Scene) -> Turn:
    """The first question of a new response."""
    answers, found, computed = evaluated(scene, {}, {}, fresh=True)
    response = replace(scene.response, answers=frozen(answers), computed=computed)
    return ask(scene.after(response, found))


def evaluated(
    scene: Scene, answers: dict[str, Values], groups: Mapping[str, int], *, fresh: bool = False
) -> tuple[dict[str, Values], Places, Computed]:
    """The answers as they count, their places, and what the form's expressions give. Forms without expressions have none to give."""
    if not scene.questionnaire.rules:
        return *settled(scene.questionnaire, answers, groups), NOTHING
    from flows.fhirpath.computing import compute  # the FHIRPath engine: only for forms that have expressions

    return compute(scene, answers, groups, fresh=fresh)


def _changed(
    scene: Scene, answers: dict[str, Values], groups: Mapping[str, int], cursor: Cursor, *told: Told, again: bool = False
) -> Turn:
    """The scene after a change: what is enabled now, what is parked, what came back, where the conversation goes on."""
    answers, found, computed = evaluated(scene, answers, groups)
    parked = answers.keys() - found.keys
    before = scene.response
    returned = {key for key in before.parked if key in found.shown}
    revision = before.revision + 1
    response = changed(
        before,
        answers=frozen(answers),
        groups=groups,
        parked=frozenset(parked),
        offered=(before.offered | returned) - parked if before.offered or returned else before.offered,
        authored=scene.now,
        revision=revision,
        computed=computed,
        cursor=changed(cursor, since=revision),
    )
    newly = tuple(key for key in answers if key in parked and key not in before.parked)
    after = scene.after(response, found)
    events = (*told, Parked(keys=newly)) if newly else told
    return ask_again(after, *events) if again else ask(after, *events)


def _renamed(key: str, before: Values, after: Values) -> dict[str, str | None]:
    """Where what stands under each answer belongs now; None: under an answer that was taken back."""
    return {
        f"{key}#{old}/": next((f"{key}#{new}/" for new, other in enumerate(after) if same(value, other)), None)
        for old, value in enumerate(before)
    }


def _moved(key: str, parent: str, renamed: Mapping[str, str | None]) -> str | None:
    if not key.startswith(f"{parent}#"):
        return key
    start = key[: key.index("/", len(parent)) + 1]
    target = renamed.get(start, start)
    return None if target is None else target + key.removeprefix(start)
