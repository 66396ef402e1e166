"""The engine: a questionnaire as a conversation. Three verbs, pure and total: no input makes `advance` raise.

Events of one turn: what is told (Answered, Refused, Explained, Parked), then what is shown (Asked, Drafted, Reviewed or Completed).
An outdated press gives Outdated alone; words after everything was confirmed give nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from flows.dialogue.places import places_of
from flows.dialogue.pressing import press
from flows.dialogue.prompting import expects_of
from flows.dialogue.recording import begin
from flows.dialogue.saying import say, send
from flows.dialogue.scene import Scene, ask_again, open_place, shown
from flows.dialogue.turns import Turn
from flows.inputs import Input, Press, Sent, Words
from flows.response import QuestionnaireResponse
from flows.words.lexicon import NO_WORDS, Lexicon
from flows.words.tongue import Tongue, Translate, identity

if TYPE_CHECKING:
    from flows.dialogue.prompt import Expects
    from flows.events import Asked, Completed, Reviewed
    from flows.items import Item
    from flows.questionnaire import Questionnaire

NO_LAUNCH: Mapping[str, Any] = MappingProxyType({})

__all__ = ["Turn", "advance", "awaited", "look", "present", "start"]


def start(
    questionnaire: Questionnaire,
    *,
    id: str,  # noqa: A002 - FHIR's word
    now: datetime,
    today: date | None = None,
    launch: Mapping[str, Any] = NO_LAUNCH,
) -> Turn:
    """A new response, and its first question. `launch`: FHIR resources by name (patient, user) that expressions can read from now on."""
    response = QuestionnaireResponse(id=id, questionnaire=questionnaire.canonical, authored=now, launch=launch)
    return begin(Scene(questionnaire=questionnaire, response=response, tongue=Tongue(), now=now, today=today or now.date()))


def present(questionnaire: Questionnaire, response: QuestionnaireResponse) -> Asked | Reviewed | Completed:
    """What is open now. Nothing changes."""
    places = places_of(questionnaire, response)
    return shown(questionnaire, response, places, open_place(questionnaire, places, response))


def awaited(questionnaire: Questionnaire, response: QuestionnaireResponse) -> tuple[str, Expects] | None:
    """The key of the open question and what it expects, without the question itself; None in the review and after it."""
    now = response.authored
    place = Scene(questionnaire=questionnaire, response=response, tongue=Tongue(), now=now, today=now.date()).place
    return None if place is None else (place.key, expects_of(place, response.cursor))


def look(questionnaire: Questionnaire, response: QuestionnaireResponse | None, key: str) -> Item | None:
    """The item of a key as it looks now, with the text and options that the form computes; None when the form has none (any more)."""
    item = questionnaire.item_at(key)
    return item if item is None or response is None else response.computed.look(key, item)


def advance(
    questionnaire: Questionnaire,
    response: QuestionnaireResponse,
    said: Input,
    *,
    now: datetime,
    today: date,
    zone: tzinfo = UTC,
    language: str = "en",
    translate: Translate = identity,
    lexicon: Lexicon = NO_WORDS,
) -> Turn:
    """One turn. `today` is the patient's calendar day, `zone` where their times of day are meant; `translate` gives the labels as the patient sees them."""
    tongue = Tongue(language=language, vocabulary=lexicon.of(language), translate=translate)
    return _turn(Scene(questionnaire=questionnaire, response=response, tongue=tongue, now=now, today=today, zone=zone), said)


def _turn(scene: Scene, said: Input) -> Turn:
    match said:
        case Press():
            return press(scene, said)
        case Words():
            return say(scene.listening(), said.text)
        case Sent():
            return send(scene.listening(), said.attachment)
        case _:
            return ask_again(scene)
