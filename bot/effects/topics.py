"""The topics of cases: asked for, made, refused. While Telegram makes none, what concerns a case stands in General with its number.

One case asks again every minute; when a topic comes, all others that have none ask for theirs.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from bot.effects import cards, reach
from bot.effects.scene import Lane
from bot.wording import desk as wording
from storage import cases
from storage.rows import GENERAL

if TYPE_CHECKING:
    from bot.effects.group import Group
    from storage.rows import Case

AGAIN = timedelta(minutes=1)
KIND = "topic_created"
MANY = 10_000  # cases that ask at once; they do it in the last lane


def post(group: Group, case: Case, *, lane: Lane) -> Case:
    """Ask for a topic and put the card into it. Returns the case that knows its card."""
    if reach.lacks_topics(group.tx):
        posted = cards.post_card(group, replace(case, topic_id=GENERAL), lane=lane)
        _ask_again(group)
        return posted
    _ask(group, case, lane=lane)
    return cards.post_card(group, case, lane=lane)


def refused(group: Group, case_id: int, description: str) -> None:
    """Telegram does not make it (a right is missing, most likely): nobody waits for that."""
    case = cases.lock(group.tx, case_id)
    if case.topic_id is None:
        case = replace(case, topic_id=GENERAL)
        cases.save(group.tx, case)
    reach.topic_refused(group, description)
    _ask_again(group)


def made(group: Group, case: Case, topic_id: int) -> None:
    """The case has its topic. One that did without starts there with its card; one that has a topic needs no second."""
    if case.topic_id:
        group.call("deleteForumTopic", {"message_thread_id": topic_id}, kind="topic_deleted")
        return
    before, now = case.topic_id, replace(case, topic_id=topic_id)
    cases.save(group.tx, now)
    if before == GENERAL:
        group.line(case.id, wording.topic_at_last(group.house.desk_words), kind="topic_begins")
        cards.post_card(group, now, lane=Lane.CARD)
    if reach.topic_made(group):
        for_all(group)


def for_all(group: Group) -> None:
    """Every open case that has none asks for its topic."""
    for case in cases.in_general(group.tx, MANY):
        _ask(group, case, lane=Lane.SCHEDULED)


def stand_anew(group: Group) -> None:
    """In a group that counts its messages anew the cards of the cases that have no topic are posted again, to be edited there."""
    for case in cases.in_general(group.tx, MANY):
        cards.post_card(group, case, lane=Lane.SCHEDULED)


def _ask_again(group: Group) -> None:
    """The oldest case asks again; the key sees to it that of all that happens in a minute one asks."""
    due = (group.tx.now + AGAIN).replace(second=0, microsecond=0)
    for one in cases.in_general(group.tx, 1):
        _ask(group, one, lane=Lane.CARD, due_at=due, unique_key=f"topic/{due:%Y%m%d%H%M}")


def _ask(group: Group, case: Case, **how: Any) -> None:
    group.call("createForumTopic", {"name": cards.title(group, case)}, kind=KIND, thread_case_id=case.id, **how)
