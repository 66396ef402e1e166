"""What ends things: the words under every ending, stopping, erasing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import desk
from storage import cases
from storage.keeping import erasure

if TYPE_CHECKING:
    from bot.effects.scene import Scene


def disclaimer(scene: Scene) -> str:
    """The page's disclaimer in one line, in the patient's language."""
    return scene.house.definition.page.disclaimers[0].text.worded(scene.words.worded)


def patient_stopped(scene: Scene, *, in_memory: bool) -> None:
    if scene.case:
        desk.patient_stopped(scene, in_memory=in_memory)


def erase(scene: Scene) -> None:
    """Everything of this chat goes; its cases' topics too, also of closed ones; blobs are deleted after the commit."""
    for case in cases.of_chat(scene.tx, scene.chat.id):
        desk.patient_erased(scene, case)
    scene.house.erased(scene.chat.telegram_id, scene.tx.now)
    scene.forgotten = erasure.erase(scene.tx, scene.chat.id)
