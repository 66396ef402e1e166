"""Whether the bot can work in the staff group: who looks after it hears when that changes, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.effects.scene import Lane
from bot.messages import Message
from bot.wording import staff
from bot.wording.markup import plain
from flows.staff import roles
from storage import audit, coordinators, facts

if TYPE_CHECKING:
    from bot.effects.group import Group
    from storage.rows import Coordinator
    from storage.transaction import Transaction

Lack = Literal["", "removed", "demoted", "no-topics"]

OUT = "desk out of reach"  # the fact that says why the bot cannot work in the staff group; empty: it can
LACKS_TOPICS = ("demoted", "no-topics")
KIND = "desk_membership_told"


def changed(group: Group, now: Lack) -> bool:
    """In private to who looks after the group; into the group too where the bot can still write there. False: that is known."""
    if now == (facts.get(group.tx, OUT) or ""):
        return False
    facts.put(group.tx, OUT, now)
    audit.write(group.tx, actor="system", action=f"desk.{now or 'restored'}", object=f"chat:{group.chat}")
    told = _tell(group, staff.desk_lost(group.house.desk_words, now))
    if now != "removed":
        group.general(told, kind=KIND, lane=Lane.URGENT)
    return True


def moved(group: Group, number: int) -> None:
    """Telegram gave the staff group another number."""
    audit.write(group.tx, actor="system", action="desk.moved", object=f"chat:{number}")
    _tell(group, staff.desk_moved(group.house.desk_words, number))


def topic_refused(group: Group, description: str) -> None:
    """Telegram did not make a topic, and said why."""
    changed(group, "no-topics" if "not a forum" in description else "demoted")


def topic_made(group: Group) -> bool:
    """So the bot may do that by now, whether or not Telegram told of the change. False: that is known."""
    return lacks_topics(group.tx) and changed(group, "")


def lacks_topics(tx: Transaction) -> bool:
    """Whether Telegram makes no topics, as far as the bot knows."""
    return facts.get(tx, OUT) in LACKS_TOPICS


def _tell(group: Group, text: str) -> Message:
    told = Message(text=plain(text))
    for one in _who_looks_after_it(group.tx):
        group.privately(one.telegram_id, told, kind=KIND, lane=Lane.URGENT)
    return told


def _who_looks_after_it(tx: Transaction) -> list[Coordinator]:
    """The administrators whom the bot can reach in private, or else whoever it can."""
    reached = [one for one in coordinators.roster(tx) if one.private_chat]
    return [one for one in reached if roles.may(one.role, "roster")] or reached
