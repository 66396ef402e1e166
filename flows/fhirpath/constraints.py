"""Constraints: whether an answer makes a rule of the form untrue, and what the form says then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flows.dialogue.places import is_open, places_of
from flows.dialogue.reason import Reason
from flows.dialogue.refusal import Refusal
from flows.fhir.rule_reading import line_of
from flows.fhirpath.evaluation import Evaluation
from flows.fhirpath.expressions import EvaluationError
from flows.items import Item

if TYPE_CHECKING:
    from flows.dialogue.place import Path, Place
    from flows.dialogue.scene import Scene
    from flows.fhirpath.rules import Rule
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse


def broken(scene: Scene, place: Place, after: QuestionnaireResponse) -> Refusal | None:
    """What the form says of the first constraint that the answer at this place breaks, else all its warnings; None when there are none.

    A constraint of a single question holds for every answer to it. One over several answers refuses the answer that makes it untrue,
    once all that it is about was asked: before, nobody could know.
    """
    concerned = [rule for rule in scene.questionnaire.rules.of("constraint") if _concerns(scene.questionnaire, rule, place)]
    if not concerned:
        return None
    now = Evaluation(scene, after.answers, after.groups, after.computed.off)
    untrue = [rule for rule in concerned if _is_broken(now, rule, place, after)]
    for rule in untrue:
        if not rule.warning:
            return Refusal(reason=Reason.CONSTRAINT, text=rule.name)
    return Refusal(reason=Reason.WARNING, candidates=tuple(rule.name for rule in untrue)) if untrue else None


def _is_broken(now: Evaluation, rule: Rule, place: Place, after: QuestionnaireResponse) -> bool:
    path = _path(now.questionnaire.by_link_id.get(rule.link_id), place.path)
    return _is_false(now, rule, path) and (rule.link_id == place.item.link_id or _is_ripe(now.questionnaire, rule, after))


def _concerns(questionnaire: Questionnaire, rule: Rule, place: Place) -> bool:
    if rule.mentions:
        return place.item.link_id in rule.mentions or rule.link_id == place.item.link_id
    return rule.link_id in line_of(place.item.link_id, questionnaire.by_link_id)


def _path(item: Item | None, path: Path) -> Path:
    """The part of a path that leads to an item further up."""
    return path[: len(item.scopes) + item.repeating_group] if item else ()


def _is_false(state: Evaluation, rule: Rule, path: Path) -> bool:
    try:
        return state.truth(rule, path) is False
    except EvaluationError:
        return False


def _is_ripe(questionnaire: Questionnaire, rule: Rule, after: QuestionnaireResponse) -> bool:
    """Whether everything that a constraint is about was answered, or skipped, or is not asked now."""
    about = rule.mentions or {
        link_id for link_id in questionnaire.by_link_id if rule.link_id in line_of(link_id, questionnaire.by_link_id)
    }
    waiting = {
        place.item.link_id for place in places_of(questionnaire, after) if place.kind == "asked" and is_open(place, after)
    }
    return not waiting & about
