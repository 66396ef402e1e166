"""Who acts, on which case, and how a decision of `flows` becomes rows: the frame of everything that a coordinator does."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from bot import effects, intakes, planning
from bot.casework.where import case_at
from bot.effects import cards
from bot.effects.act import Act, DeskScene
from bot.effects.group import Group
from bot.effects.rules import as_stored
from bot.wording import card, counter
from flows import case as rules
from flows import intake as flow
from flows.events import ClaimLost, DayZeroSet, MoveRefused
from flows.inputs import Control, Press
from storage import cases, chats, coordinators

if TYPE_CHECKING:
    from bot.effects.act import DeskArrival
    from bot.effects.scene import House
    from flows.case import Outcome
    from flows.events import Event
    from storage.rows import Case, Coordinator
    from storage.transaction import Transaction

NUMBER = re.compile(r"(?:CL-?)?[2-9A-Z]{5}", re.IGNORECASE)


def act_of(tx: Transaction, house: House, arrival: DeskArrival) -> Act | None:
    """The act of a coordinator on the active roster; None for everybody else. A new first name is learnt on the way."""
    known = coordinators.get(tx, arrival.sender) if arrival.sender is not None else None
    if known is None or not known.active:
        return None
    return Act(tx=tx, house=house, arrival=arrival, coordinator=_named(tx, known, arrival.name))


def _named(tx: Transaction, known: Coordinator, name: str) -> Coordinator:
    if not name or name == known.name:
        return known
    named = replace(known, name=name)
    coordinators.save(tx, named)
    return named


def open_private_chat(act: Act) -> None:
    coordinators.save(act.tx, replace(act.coordinator, private_chat=True))


def case_meant(act: Act) -> tuple[Case | None, str]:
    """The case of the place, or the one whose number comes first; and what else was said."""
    case = case_at(act.tx, act.arrival)
    if case is not None:
        return case, act.arrival.argument
    first, _, rest = act.arrival.argument.partition(" ")
    return (cases.by_number(act.tx, first), rest.strip()) if NUMBER.fullmatch(first) else (None, act.arrival.argument)


def scene_of(act: Act, case_id: int, *, action: str) -> DeskScene | None:
    """The case under lock, for this coordinator: every look at a case passes here and leaves a line in the audit log."""
    try:
        chat_id = cases.get(act.tx, case_id).chat_id
    except KeyError:
        return None
    chat = chats.get(act.tx, chat_id, locked=True)  # the chat first, as the patient's side does
    case = cases.access(act.tx, case_id, act.coordinator.telegram_id, action=f"case.{action}")
    intake, _ = intakes.load(act.tx, chat)
    return DeskScene(tx=act.tx, house=act.house, chat=chat, intake=intake, case=case, act=act)


def settle(scene: DeskScene, outcome: Outcome, *, ends_talk: bool = False) -> tuple[Event, ...]:
    """Save what was decided, write its effects, answer what was refused. Returns the events."""
    ruled, events = outcome
    after = as_stored(scene.own_case, ruled)
    if after != scene.case:
        cases.save(scene.tx, after)
        scene.case = after
    talk = _talk_ends(scene) if ends_talk and events else ()
    effects.apply(scene, (*events, *talk))
    for event in events:
        refuse(scene, event)
    planning.replan(scene.tx, scene.house, scene.chat.id)
    if any(isinstance(event, DayZeroSet) for event in events):
        cards.refresh(Group(tx=scene.tx, house=scene.house), scene.own_case)
    return events


def refuse(scene: DeskScene, event: Event) -> None:
    """Words for what the rules did not allow."""
    words = scene.act.words
    match event:
        case ClaimLost(holder=holder):
            scene.act.tell(counter.held_by(words, cards.name_of(scene.tx, holder) or ""))
        case MoveRefused(stage="closed"):
            scene.act.tell(counter.is_closed(words))
        case MoveRefused(stage=stage, wanted=wanted) if wanted in rules.STAGES:
            names = [card.stage(words, scene.house.definition, one) for one in rules.MOVES[stage]]
            told = counter.no_such_move(words, _stage(scene, stage), _stage(scene, wanted), names)
            scene.act.tell(told)
        case MoveRefused(stage=stage):
            scene.act.tell(counter.silent_stage(words, _stage(scene, stage)))


def _stage(scene: DeskScene, stage_id: str) -> str:
    return card.stage(scene.act.words, scene.house.definition, stage_id)


def _talk_ends(scene: DeskScene) -> tuple[Event, ...]:
    """The patient's words are answers again: what was open is asked once more. A farewell stands alone when nothing was."""
    if not scene.chat.talking or not scene.may_write:
        return ()
    turn = flow.receive(moment_of(scene), scene.intake, Press(control=Control.CONTINUE))
    intakes.save(scene.tx, scene.chat, scene.intake, turn.intake)
    scene.intake = turn.intake
    return turn.events if scene.questions_open or not scene.own_case.closed_at else ()


def moment_of(scene: DeskScene) -> flow.Moment:
    """What `flows` needs to know of now."""
    return intakes.moment(scene.tx, scene.house.definition, scene.chat, scene.words)
