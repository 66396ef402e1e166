"""What a coordinator does on a page of the desk: the deeds of the desk in Telegram, and what is said of them comes back to the page.

The topic in the staff group tells the others what was noted and answered here. Everything has the number of its page, below zero: what was
written there is known by it, as what is written in the group is known by its message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING

from bot.casework import deeds, measuring, talk
from bot.casework.acts import scene_of
from bot.effects.act import Act, DeskArrival
from bot.effects.group import Group
from bot.effects.scene import DESK
from bot.wording import counter, desk
from bot.wording.visible import quoted
from flows.case import MOVES
from flows.staff import roles
from storage import cases, coordinators, inbox

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from bot.effects.scene import House
    from bot.messages import Message, Rows
    from storage.transaction import Transaction

MOST = 2**63  # above every number that the store can hold
DIGITS = 20  # of the longest, with its sign
TAGS = re.compile(r"<[^>]+>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """`said`: the words of a deed that takes one text; `fields`: everything that the page sent.

    `once`: a positive number that belongs to the page it was asked on, so that a doubled click is one deed.
    """

    coordinator: int
    number: str
    verb: str
    said: str
    once: int
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(kw_only=True, slots=True)
class PageAct(Act):
    """`said`: what there is to tell whoever asked, plain."""

    said: list[str] = field(default_factory=list)

    def answer(self, message: Message) -> None:
        self.said.append(unescape(TAGS.sub("", message.text)))

    def tell(self, text: str) -> None:
        self.said.append(text)

    def rewrite(self, text: str, *, kind: str) -> None:
        """There is no button to take away."""

    def redraw(self, rows: Rows, *, kind: str) -> None:
        """Likewise."""


def do(tx: Transaction, house: House, asked: Asked) -> tuple[str, ...]:
    """What there is to say about it. Raises KeyError for a case or a deed that is not there, Denied for whoever may not act."""
    deed, known, case = DEEDS[asked.verb], coordinators.get(tx, asked.coordinator), cases.by_number(tx, asked.number)
    if case is None:
        raise KeyError(asked.number)
    if known is None or not known.active or not roles.may(known.role, "act"):
        raise cases.Denied(case.id, asked.coordinator)
    if not inbox.take(tx, DESK, -asked.once):  # Telegram's numbers are positive
        return ()
    page, me = -asked.once, asked.coordinator
    arrival = DeskArrival(update_id=page, message_id=page, chat_id=me, private=True, sender=me, text=asked.said)
    act = PageAct(tx=tx, house=house, arrival=arrival, coordinator=known)
    scene = scene_of(act, case.id, action=f"web.{asked.verb}")
    if scene is not None:
        deed(scene, asked)
    return tuple(act.said)


def _note(scene: DeskScene, said: str) -> None:
    if not said.strip():
        scene.act.tell(counter.nothing_written(scene.act.words))
        return
    talk.note(scene, said)
    group = Group(tx=scene.tx, house=scene.house)
    for piece in quoted(said):
        group.line(scene.own_case.id, desk.noted(scene.house.desk_words, scene.act.name, piece), kind="note_shown")


def _reply(scene: DeskScene, said: str) -> None:
    """To the patient's side of this case and nobody else, under the rules of a reply in its topic."""
    if said.strip():
        talk.reply(scene, said)
    else:
        scene.act.tell(counter.nothing_written(scene.act.words))


def _undo(scene: DeskScene, said: str) -> None:
    deeds.undo(scene, _whole(said))


def _whole(said: str) -> int:
    """A number that the page gave out. Raises KeyError for anything that no store can hold."""
    if not said.removeprefix("-").isdecimal() or len(said) > DIGITS or abs(int(said)) >= MOST:
        raise KeyError(said)
    return int(said)


def _move(scene: DeskScene, said: str) -> None:
    if said not in MOVES:
        raise KeyError(said)
    deeds.move(scene, said)


def _take_over(scene: DeskScene, said: str) -> None:
    if said not in {one.id for one in scene.house.definition.desk.reasons}:
        raise KeyError(said)
    deeds.take_over(scene, said)


def _close(scene: DeskScene, said: str) -> None:
    if said not in {one.id for one in scene.house.definition.close_reasons}:
        raise KeyError(said)
    deeds.close(scene, said)


def _take_back(scene: DeskScene, said: str) -> None:
    measuring.take_back(scene, _whole(said))


DEEDS: dict[str, Callable[[DeskScene, Asked], None]] = {
    "claim": lambda scene, _: deeds.claim(scene),
    "take-over": lambda scene, asked: _take_over(scene, asked.said),
    "release": lambda scene, _: deeds.release(scene),
    "hand-over": lambda scene, asked: deeds.give(scene, _whole(asked.fields.get("to", "")), asked.said),
    "close": lambda scene, asked: _close(scene, asked.said),
    "acknowledge": lambda scene, _: deeds.acknowledge(scene),
    "stage": lambda scene, asked: _move(scene, asked.said),
    "note": lambda scene, asked: _note(scene, asked.said),
    "reply": lambda scene, asked: _reply(scene, asked.said),
    "undo": lambda scene, asked: _undo(scene, asked.said),
    "lab": lambda scene, asked: measuring.on_page(scene, asked.fields),
    "lab-back": lambda scene, asked: _take_back(scene, asked.said),
}
