"""Effects that show the page's content. None of them moves the open question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wording import page
from flows.events import FaqAnswered, FaqListed, TopicShown

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene


def faq_listed(scene: Scene, event: FaqListed) -> None:
    shown = page.faqs(scene.words, scene.house.definition.page, event.found, event.query, questions_open=scene.questions_open)
    scene.say(shown, kind="faq_listed")


def faq_answered(scene: Scene, event: FaqAnswered) -> None:
    content = scene.house.definition.page
    one = next(faq for faq in content.faqs if faq.id == event.faq)
    scene.say(page.faq(scene.words, content, one, questions_open=scene.questions_open), kind="faq_answered")


def topic_shown(scene: Scene, event: TopicShown) -> None:
    content = scene.house.definition.page
    one = next((topic for topic in content.topics if topic.id == event.topic), None)
    if one is None:
        scene.say(page.topics(scene.words, content, questions_open=scene.questions_open), kind="topics_listed")
    else:
        scene.say(page.topic(scene.words, content, one, questions_open=scene.questions_open), kind="topic_shown")


EFFECTS: dict[type, Effect] = {FaqListed: faq_listed, FaqAnswered: faq_answered, TopicShown: topic_shown}
