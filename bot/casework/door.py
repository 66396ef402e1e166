"""Who comes in at the desk: coordinators act, strangers are refused in words, other groups are left."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.casework.acts import act_of
from bot.casework.where import case_at
from bot.effects import fates, reach, topics
from bot.effects.act import answer, press_answered
from bot.effects.group import Group
from bot.effects.scene import DESK
from bot.messages import Message
from bot.wording import counter
from bot.wording.markup import plain
from storage import audit, coordinators, outbox, relay

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.effects.act import Act, DeskArrival
    from bot.effects.scene import House
    from storage.transaction import Transaction


def enter(tx: Transaction, house: House, arrival: DeskArrival, deed: Callable[[Act], None]) -> None:
    """The deed of somebody on the active roster; of anybody else, a refusal."""
    act = act_of(tx, house, arrival)
    if act is not None:
        deed(act)
    elif arrival.query:
        _write_down(tx, arrival, arrival.press.case_id if arrival.press else 0)
        press_answered(tx, arrival, counter.not_on_roster(house.desk_words))
    elif arrival.private:
        _met(tx, house, arrival)
    elif _tried(tx, arrival):
        case = case_at(tx, arrival)
        _write_down(tx, arrival, case.id if case else 0)
        words = house.desk_words
        told = counter.not_a_person(words) if arrival.sender is None else counter.not_on_roster(words)
        answer(tx, house, arrival, Message(text=plain(told)))


def unsure(tx: Transaction, house: House, arrival: DeskArrival) -> None:
    """Nothing is shown to somebody who may have left."""
    told = counter.unsure(house.desk_words)
    if arrival.query:
        press_answered(tx, arrival, told)
    else:
        answer(tx, house, arrival, Message(text=plain(told)))


def press_elsewhere(tx: Transaction, house: House, arrival: DeskArrival) -> None:
    """A press that cannot have come from a button of ours."""
    press_answered(tx, arrival, counter.bad_button(house.desk_words))


def leave(tx: Transaction, arrival: DeskArrival) -> None:
    """Go out of a group that is not the desk, without a word."""
    outbox.put(tx, bot=DESK, chat_id=arrival.chat_id, method="leaveChat", payload={}, kind="strange_group_left")


def ours(tx: Transaction, house: House, arrival: DeskArrival) -> None:
    """What the bot may do in the staff group has changed."""
    lack: reach.Lack = "" if arrival.able else "demoted" if arrival.present else "removed"
    group = Group(tx=tx, house=house)
    if reach.changed(group, lack) and arrival.able:
        topics.for_all(group)


def departed(tx: Transaction, arrival: DeskArrival) -> None:
    """Who leaves the staff group works here no more; coming back is for the settings to say, at the next start."""
    gone = coordinators.get(tx, arrival.member) if arrival.member is not None and not arrival.present else None
    if gone is not None and gone.active:
        coordinators.save(tx, replace(gone, active=False))
        audit.write(tx, actor="system", action="coordinator.departed", object=f"coordinator:{gone.telegram_id}")


def moved(tx: Transaction, house: House, arrival: DeskArrival) -> None:
    """The staff group has another id."""
    if arrival.moved_to is not None:
        fates.after_moved(tx, house, arrival.chat_id, arrival.moved_to)


def _met(tx: Transaction, house: House, arrival: DeskArrival) -> None:
    """In private somebody who does not work here any more is told how to come back; a stranger is told only after a start."""
    worked_here = arrival.sender is not None and coordinators.get(tx, arrival.sender) is not None
    if worked_here:
        answer(tx, house, arrival, Message(text=plain(counter.gone(house.desk_words))))
    elif arrival.command == "start":
        answer(tx, house, arrival, Message(text=plain(counter.stranger(house.desk_words))))


def _tried(tx: Transaction, arrival: DeskArrival) -> bool:
    """Whether a stranger in the group gave a command, or answered a message of a patient's side."""
    if arrival.command:
        return True
    case = case_at(tx, arrival)
    line = relay.by_desk_message(tx, case.id, arrival.reply_to) if case and arrival.reply_to else None
    return line is not None and line.direction == "in"


def _write_down(tx: Transaction, arrival: DeskArrival, case_id: int) -> None:
    audit.write(tx, actor=str(arrival.sender or "nobody"), action="case.denied", object=f"case:{case_id}")
