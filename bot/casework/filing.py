"""/answer as a reply to a message of the patient's side: its words become the answer to the open question, and it is kept whose they are."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import intakes, planning
from bot.casework.acts import moment_of
from bot.effects import cards
from bot.effects.group import Group
from bot.wording import counter
from bot.wording import filing as wording
from flows import intake as flow
from flows import value_json
from flows.events import Answered
from flows.inputs import Words
from storage import audit, relay, responses

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from flows.response import QuestionnaireResponse
    from storage.rows import CaseMessage


def command(scene: DeskScene, _said: str) -> None:
    """Only by who holds the case, only words that the patient's side wrote itself, and only if they are an answer."""
    words, replied = scene.act.words, scene.act.arrival.reply_to
    line = relay.by_desk_message(scene.tx, scene.own_case.id, replied) if replied else None
    if scene.own_case.holder != scene.act.coordinator.telegram_id:
        scene.act.tell(counter.not_yours(words))
    elif line is None or line.direction != "in" or not line.body or line.document_id:
        scene.act.tell(wording.how(words))
    elif scene.intake.response is None or not scene.questions_open:
        scene.act.tell(wording.nothing_open(words))
    else:
        _file(scene, scene.intake.response, line)


def _file(scene: DeskScene, before: QuestionnaireResponse, line: CaseMessage) -> None:
    """The words go the way of any answer; what is not understood, or has to be confirmed by the family, changes nothing."""
    turn = flow.receive(moment_of(scene), replace(scene.intake, talking=False, aside=None), Words(text=line.body or ""))
    answered = next((event for event in turn.events if isinstance(event, Answered)), None)
    if answered is None or turn.intake.response is None:
        open_ = scene.house.definition.questionnaire.item_at(before.cursor.key or before.cursor.at or "")
        scene.act.tell(wording.no_answer(scene.act.words, open_))
        return
    after = replace(scene.intake, response=turn.intake.response)
    intakes.save(scene.tx, scene.chat, scene.intake, after)
    scene.intake = after
    _remember(scene, before, answered, line)
    planning.replan(scene.tx, scene.house, scene.chat.id)
    cards.refresh(Group(tx=scene.tx, house=scene.house), scene.own_case)


def _remember(scene: DeskScene, before: QuestionnaireResponse, answered: Answered, line: CaseMessage) -> None:
    """Who filed it and from which message: in the history of the answer, in the audit log, and under the message itself."""
    me, item = scene.act.coordinator.telegram_id, scene.house.definition.questionnaire.item_at(answered.key)
    was = json.dumps([value_json.as_json(one) for one in answered.before], ensure_ascii=False)
    responses.record_change(scene.tx, before.id, answered.key, was, by=f"{me} from message {line.id}")
    audit.write(
        scene.tx,
        actor=str(me),
        action="answer.filed",
        object=f"case:{scene.own_case.id}",
        detail=f"{answered.link_id} message:{line.id}",
    )
    told = wording.filed(scene.act.words, scene.act.name, item, answered.values)
    group = Group(tx=scene.tx, house=scene.house)
    group.topic(scene.own_case.id, told, kind="answer_filed", reply_to=line.desk_message_id)
