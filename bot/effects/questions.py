"""Effects of the questionnaire's events: questions, answers, refusals, the review."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import around, questions, refusals
from bot.wording.markup import paragraphs, plain
from flows import engine, value_json
from flows.events import Answered, Asked, Completed, Drafted, Explained, Outdated, Parked, Refused, Reviewed
from flows.inputs import Control, Press
from storage import chats, responses
from storage.desk import evidence

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene
    from flows.items import Item


def asked(scene: Scene, event: Asked) -> None:
    message = questions.question(scene.words, event.prompt, _revision(scene), preface=scene.take_preface())
    if event.again and scene.in_place:
        scene.rewrite(message, kind="question_explained")
    else:
        scene.put_away()
        chats.update(scene.tx, scene.chat.id, asked_message=scene.say(message, kind="question"))


def drafted(scene: Scene, event: Drafted) -> None:
    scene.rewrite(questions.question(scene.words, event.prompt, _revision(scene)), kind="question_redrawn")


def answered(scene: Scene, event: Answered) -> None:
    item = _item(scene, event.key)
    if event.link_id in scene.house.definition.criteria.told_days:
        evidence.told(scene.tx, scene.chat.id, event.link_id)
    if event.before and event.before != event.values and scene.intake.response:
        responses.record_change(
            scene.tx,
            scene.intake.response.id,
            event.key,
            json.dumps([value_json.as_json(value) for value in event.before], ensure_ascii=False),
        )
    shown = (
        Message(text=plain(questions.text(scene.words, item)))
        if item.type == "display"
        else questions.answered(scene.words, item, event.values)
    )
    scene.rewrite(shown, kind="question_answered")


def refused(scene: Scene, event: Refused) -> None:
    scene.preface(refusals.refused(scene.words, scene.house.definition.refusals, event, _item(scene, event.key)))


def explained(scene: Scene, event: Explained) -> None:
    scene.in_place = True
    scene.preface(questions.explained(scene.words, _item(scene, event.key), event.what))


def reviewed(scene: Scene, event: Reviewed) -> None:
    message = questions.review(scene.words, event.page, _revision(scene))
    preface = scene.take_preface()
    if preface:
        message = Message(text=paragraphs(preface, message.text), rows=message.rows)
    if _turned_page(scene):
        scene.rewrite(message, kind="review_turned")
    else:
        chats.update(scene.tx, scene.chat.id, asked_message=scene.say(message, kind="review"))


def completed(scene: Scene, _event: Completed) -> None:
    scene.rewrite(questions.completed(scene.words), kind="review_confirmed")
    chats.update(scene.tx, scene.chat.id, asked_message=None)


def outdated(scene: Scene, _event: Outdated) -> None:
    scene.toast(around.outdated(scene.words), alert=True)


def parked(_scene: Scene, _event: Parked) -> None:
    """Nothing is said: the review shows only what counts, and the answers come back when they count again."""


def _revision(scene: Scene) -> int:
    return scene.intake.response.revision if scene.intake.response else 0


def _item(scene: Scene, key: str) -> Item:
    """The item of a key (see flows.response) as the patient saw it."""
    item = engine.look(scene.house.definition.questionnaire, scene.intake.response, key)
    assert item is not None  # the events are of this form
    return item


def _turned_page(scene: Scene) -> bool:
    said = scene.arrival.said if scene.arrival else None
    return isinstance(said, Press) and said.control is Control.REVIEW


EFFECTS: dict[type, Effect] = {
    Asked: asked,
    Drafted: drafted,
    Answered: answered,
    Refused: refused,
    Explained: explained,
    Reviewed: reviewed,
    Completed: completed,
    Outdated: outdated,
    Parked: parked,
}
