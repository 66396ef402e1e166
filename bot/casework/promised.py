"""Families were promised the name of each hospital before it sees their case: whether they have it, and the two ways to see to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.casework import talk
from bot.wording import promised as wording
from storage import audit, relay

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from flows.casework.support import Centre

KNOWN = "hospital.known"  # in the audit log: the family knows of it otherwise, for example from a call


def known(scene: DeskScene, centre: Centre) -> bool:
    """Whether a message to the family named this hospital, or a coordinator has said that they know it."""
    case, name = scene.own_case.id, centre.name.casefold()
    said = (one for one in relay.history(scene.tx, case) if one.direction == "out")
    told = any(name in (one.body or "").casefold() for one in said)
    return told or any(line.detail == centre.id for line in audit.moves(scene.tx, f"case:{case}", begins=(KNOWN,)))


def ask(scene: DeskScene, centre: Centre) -> None:
    """Nothing was written down; what the family would read is shown."""
    number = scene.house.definition.support.centres.index(centre)
    scene.act.answer(wording.unnamed(scene.act.words, scene.words, scene.own_case.id, centre, number))


def name(scene: DeskScene, number: int) -> None:
    """The button that tells the family, under the rules of a reply."""
    centre = scene.house.definition.support.centres[number]
    if talk.tell(scene, wording.to_family(scene.words, centre)):
        scene.act.answer(wording.write_down(scene.act.words, scene.own_case.id, centre, number))


def know(scene: DeskScene, number: int) -> None:
    """The button that says: they know it already."""
    centre, me = scene.house.definition.support.centres[number], str(scene.act.coordinator.telegram_id)
    audit.write(scene.tx, actor=me, action=KNOWN, object=f"case:{scene.own_case.id}", detail=centre.id)
    scene.act.answer(wording.write_down(scene.act.words, scene.own_case.id, centre, number))
