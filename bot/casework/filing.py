"""/answer as a reply to a message of the patient's side: its words become the answer to a question, and it is kept whose they are.

Alone it means the open question; with words, the one question that they name; where that is not clear, each is one tap away.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bot import intakes, planning
from bot.casework.acts import moment_of
from bot.effects import cards
from bot.effects.group import Group
from bot.wording import counter, keys
from bot.wording import filing as wording
from bot.wording.keys import Verb
from flows import value_json
from flows.dialogue import filing
from flows.events import Answered
from storage import audit, relay, responses

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from flows.items import Item
    from flows.response import QuestionnaireResponse
    from storage.rows import CaseMessage

MOST = 90  # Telegram takes a hundred buttons under a message


def command(scene: DeskScene, said: str) -> None:
    """Only by who holds the case, only words that the patient's side wrote itself, and only if they are an answer."""
    line = _line(scene, scene.act.arrival.reply_to)
    if line is None:
        return
    items, named = _items(scene), said.strip()
    meant = _meant(scene, items, named)
    if not named and scene.questions_open:
        _file(scene, line, None)
    elif len(meant) == 1:
        _file(scene, line, meant[0].link_id)
    else:
        _offer(scene, line, meant or items)


def chosen(scene: DeskScene, number: int) -> None:
    """A button of the list: a message of the topic, and a question of the form. Raises IndexError."""
    message, place = keys.apart(number)
    line = _line(scene, message)
    if line is not None:
        _file(scene, line, _all(scene)[place])


def _line(scene: DeskScene, message: int | None) -> CaseMessage | None:
    """The message that is to be filed, if it may be; else it is told why not."""
    words = scene.act.words
    line = relay.by_desk_message(scene.tx, scene.own_case.id, message) if message else None
    if scene.own_case.holder != scene.act.coordinator.telegram_id:
        scene.act.tell(counter.not_yours(words))
    elif line is None or line.direction != "in" or not line.body or line.document_id:
        scene.act.tell(wording.how(words))
    elif scene.intake.response is None:
        scene.act.tell(wording.nothing_open(words))
    else:
        return line
    return None


def _all(scene: DeskScene) -> list[str]:
    """Every linkId: a button means the same question whatever is answered meanwhile."""
    return list(scene.house.definition.questionnaire.by_link_id)


def _items(scene: DeskScene) -> tuple[Item, ...]:
    assert scene.intake.response is not None
    return filing.fileable(scene.house.definition.questionnaire, scene.intake.response)


def _meant(scene: DeskScene, items: tuple[Item, ...], said: str) -> tuple[Item, ...]:
    """By words in the language of the desk, or in English."""
    worded = tuple((item.label.worded(scene.act.words.worded), item.label.english) for item in items)
    return filing.found(items, said, worded) if said else ()


def _offer(scene: DeskScene, line: CaseMessage, items: tuple[Item, ...]) -> None:
    known = {link_id: place for place, link_id in enumerate(_all(scene))}
    message = line.desk_message_id or 0
    made = [(keys.joined(message, known[item.link_id]), wording.label(scene.act.words, item)) for item in items[:MOST]]
    choices = keys.choices(scene.act.words, Verb.FILE, scene.own_case.id, made)[:-1]
    scene.act.answer(wording.which(scene.act.words, choices))


def _file(scene: DeskScene, line: CaseMessage, link_id: str | None) -> None:
    """What is not understood, or has to be confirmed by the family, changes nothing."""
    before = scene.intake.response
    assert before is not None
    turn = filing.file(moment_of(scene), scene.intake, line.body or "", link_id)
    answered = next((event for event in turn.events if isinstance(event, Answered)), None)
    if answered is None:
        asked = link_id or before.cursor.key or before.cursor.at or ""
        scene.act.tell(wording.no_answer(scene.act.words, scene.house.definition.questionnaire.item_at(asked)))
        return
    intakes.save(scene.tx, scene.chat, scene.intake, turn.intake)
    scene.intake = turn.intake
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
