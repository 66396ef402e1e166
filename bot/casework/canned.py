"""Replies that are written often: /canned lists them, /canned ID shows one in both languages, a button sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.casework.talk import reply
from bot.messages import Message
from bot.wording import canned as wording
from bot.wording import counter
from storage import relay

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.effects.act import DeskScene
    from flows.staff.desk import Canned


def command(scene: DeskScene, said: str) -> None:
    """The list, or the preview of one; in the topic of the case, where its patient is the only one it can go to."""
    words, desk = scene.act.words, scene.house.definition.desk
    chosen = desk.reply(said.strip().casefold())
    if not scene.at_home:
        scene.act.tell(counter.only_in_topic(words))
    elif chosen is None:
        scene.act.answer(wording.listed(words, scene.own_case.id, desk.canned))
    else:
        scene.act.answer(_preview(scene, chosen, desk.canned.index(chosen)))


def show(scene: DeskScene, number: int) -> None:
    """The button of one in the list. Raises IndexError."""
    scene.act.answer(_preview(scene, scene.house.definition.desk.canned[number], number))


def send(scene: DeskScene, number: int) -> None:
    """The words as they were shown, made anew for what is so now; once, however often the button is pressed."""
    chosen, shown = scene.house.definition.desk.canned[number], scene.act.arrival.message_id
    if shown is not None and relay.by_desk_message(scene.tx, scene.own_case.id, shown):
        scene.act.tell(counter.sent_already(scene.act.words))
    else:
        reply(scene, filled(scene, chosen, scene.words))


def filled(scene: DeskScene, chosen: Canned, words: Catalogue) -> str:
    """In one language, with what its placeholders stand for."""
    return wording.filled(words, chosen, number=scene.own_case.number, name=scene.act.name, records=scene.checklist())


def _preview(scene: DeskScene, chosen: Canned, number: int) -> Message:
    theirs, ours = filled(scene, chosen, scene.words), filled(scene, chosen, scene.act.words)
    return wording.preview(scene.act.words, scene.own_case.id, number, language=scene.words.own_name, theirs=theirs, ours=ours)
