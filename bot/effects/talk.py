"""Effects of talking with a person: red flags, handoff, words that go to the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import desk
from bot.effects.scene import Lane
from bot.wording import talk
from flows.events import HandoffRequested, RedFlagged, TalkEnded, TalkStarted, WordsRelayed

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene


def red_flagged(scene: Scene, event: RedFlagged) -> None:
    """Emergency care first, before anything else that this turn says."""
    scene.flags = event.flags
    texts = [one.text.worded(scene.words.worded) for one in scene.house.definition.safety_texts(event.flags)]
    scene.say(talk.red_flag(texts), kind="red_flag", lane=Lane.URGENT)


def handoff_requested(scene: Scene, event: HandoffRequested) -> None:
    scene.case = desk.open_case(scene, event.reason, scene.flags)


def talk_started(scene: Scene, event: TalkStarted) -> None:
    promise = scene.promise
    message = talk.talk_started(scene.words, claimed=event.claimed, questions_open=scene.questions_open, promise=promise)
    scene.say(message, kind="talk_started")


def talk_ended(scene: Scene, _event: TalkEnded) -> None:
    scene.preface(talk.talk_ended(scene.words, questions_open=scene.questions_open))


def words_relayed(scene: Scene, event: WordsRelayed) -> None:
    desk.relay_words(scene, event.text, noted=event.noted, edited=event.edited)
    if scene.intake.talking and not event.noted:
        scene.tick()
    else:
        scene.preface(talk.passed_on(scene.words) if scene.case else talk.kept_for_desk(scene.words))


EFFECTS: dict[type, Effect] = {
    RedFlagged: red_flagged,
    HandoffRequested: handoff_requested,
    TalkStarted: talk_started,
    TalkEnded: talk_ended,
    WordsRelayed: words_relayed,
}
