"""People have a right to a copy of everything that is kept of them: it is sent into their own chat, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects.scene import call_patient
from bot.messages import File
from bot.wire import Call
from bot.wording import copying as wording
from flows.events import CopyAsked, CopyWanted
from storage import audit, documents

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene

COPY = "copy"  # in a payload: the file with everything that was said, see bot/delivery/copies.py
KIND = "own_copy"
LARGEST = 45 * 1024 * 1024  # bytes; Telegram takes 50 MB of a bot


def copy_asked(scene: Scene, _event: CopyAsked) -> None:
    scene.ask(wording.asked(scene.words), kind="copy_asked")


def copy_wanted(scene: Scene, _event: CopyWanted) -> None:
    """What was said is gathered when it is sent; originals go as they came."""
    audit.write(scene.tx, actor=f"chat:{scene.chat.id}", action="copy.sent", object=f"chat:{scene.chat.id}")
    stored = [
        (document, number, part)
        for document in documents.for_chat(scene.tx, scene.chat.id)
        for number, part in enumerate(
            one for one in documents.parts(scene.tx, document.id) if one.state == "stored" and one.blob
        )
    ]
    fitting = [one for one in stored if (one[2].size or 0) <= LARGEST]
    scene.say(wording.comes(scene.words, files=len(fitting), larger=len(stored) - len(fitting)), kind=KIND)
    _send(scene, Call(method="sendDocument", params={COPY: {"chat": scene.chat.id}}))
    for count, (document, number, _) in enumerate(fitting, 1):
        file = File(document_id=document.id, part=number, name=f"{document.record or 'document'}-{count}")
        _send(scene, scene.house.wire.file(file, scene.chat.telegram_id))


def _send(scene: Scene, call: Call) -> None:
    call_patient(scene.tx, scene.chat.telegram_id, call, kind=KIND)


EFFECTS: dict[type, Effect] = {CopyAsked: copy_asked, CopyWanted: copy_wanted}
