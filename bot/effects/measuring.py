"""Effects of values that coordinators read in reports: kept, told in the topic, written down; the card follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.act import DeskScene, at_desk
from bot.effects.group import Group
from bot.effects.scene import Lane
from bot.messages import Message
from bot.stored import read_in_reports
from bot.wording import measured as wording
from flows import value_json
from flows.desk_events import ValueRead, ValueTakenBack
from storage import audit
from storage.records import read_values

if TYPE_CHECKING:
    from bot.effects.registry import Effect


def read(scene: DeskScene, event: ValueRead) -> None:
    """The answer of the family stays as it is; which of the two counts is decided whenever the case is looked at."""
    number = read_values.add(
        scene.tx,
        scene.chat.id,
        event.link_id,
        value_json.as_json(event.amount),
        day=event.day,
        document_id=event.document,
        grade=event.grade,
        by=event.coordinator,
    )
    made = next(one for one in read_in_reports(scene.tx, scene.chat.id) if one.id == number)
    told = wording.taken(scene.act.words, scene.house.definition, scene.act.name, made, scene.own_case.id)
    _told(scene, told, "value.read", f"{event.link_id} {event.grade} document={event.document or '-'}")


def taken_back(scene: DeskScene, event: ValueTakenBack) -> None:
    read_values.drop(scene.tx, scene.chat.id, event.value)
    told = wording.taken_back(scene.act.words, scene.house.definition, scene.act.name, event.link_id)
    _told(scene, Message(text=told), "value.taken-back", event.link_id)


def _told(scene: DeskScene, message: Message, action: str, detail: str) -> None:
    case, group = scene.own_case, Group(tx=scene.tx, house=scene.house)
    group.topic(case.id, message, kind="value_read", lane=Lane.ANSWER)
    audit.write(scene.tx, actor=str(scene.act.coordinator.telegram_id), action=action, object=f"case:{case.id}", detail=detail)
    cards.refresh(group, case)


EFFECTS: dict[type, Effect] = {ValueRead: at_desk(read), ValueTakenBack: at_desk(taken_back)}
