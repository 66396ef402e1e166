"""A document that lies apart, such as a passport: sent to one coordinator in private, because they asked for it, and never unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects.group import Group
from bot.effects.scene import DESK, Lane
from bot.messages import File
from bot.wording import desk
from storage import audit, documents, outbox

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from storage.rows import Document


def send(scene: DeskScene, number: int) -> None:
    """`number`: of the document in its chat. Raises IndexError where there is none that is guarded."""
    document = documents.for_chat(scene.tx, scene.chat.id)[number - 1]
    record = scene.house.definition.record(document.record)
    if number < 1 or not document.guarded:
        raise IndexError
    if not scene.act.coordinator.private_chat:
        scene.act.tell(desk.guarded_where(scene.act.words))
        return
    _privately(scene, document)
    actor = str(scene.act.coordinator.telegram_id)
    audit.write(scene.tx, actor=actor, action="document.guarded-opened", object=f"document:{document.id}")
    named = record.text.worded(scene.act.words.worded) if record else desk.unnamed(scene.act.words)
    told = desk.guarded_sent(scene.act.words, scene.act.name, named)
    Group(tx=scene.tx, house=scene.house).line(scene.own_case.id, told, kind="guarded_opened")


def _privately(scene: DeskScene, document: Document) -> None:
    me = scene.act.coordinator.telegram_id
    stored = [part for part in documents.parts(scene.tx, document.id) if part.state == "stored"]
    for number in range(len(stored)):
        file = File(
            document_id=document.id,
            part=number,
            name=f"{document.record or 'document'}-{number + 1}",
            caption=scene.own_case.number,
        )
        call = scene.house.wire.file(file, me)
        params = call.params | {"protect_content": True}
        outbox.put(
            scene.tx,
            bot=DESK,
            chat_id=me,
            method=call.method,
            payload=params,
            kind="guarded_sent",
            lane=int(Lane.ANSWER),
            document_id=call.document_id,
        )
