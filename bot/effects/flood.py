"""More news than the group can take (Telegram allows twenty messages a minute): one list that is edited in place, instead of an alert for each case.

The list is of cases that nobody holds and that have no alert of their own. Topics and cards come as fast as they may; whoever claims
a case has its topic before all others.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.effects.scene import DESK, Lane
from bot.wording import flood as wording
from storage import facts, outbox
from storage.desk import overview
from storage.sending import edits

if TYPE_CHECKING:
    from bot.effects.group import Group
    from bot.messages import Message
    from storage.rows import OutboxRow

WAITING = 30  # cards that wait: from then on it is a flood
PER_MINUTE = 12  # cards that the group is sent, see bot/delivery/pace.py
EDITED, POSTED = "desk_list_edited", "desk_list_posted"
APART = timedelta(seconds=3)  # between two edits of the list
OLD = timedelta(hours=1)  # a list that stands further up is posted anew
LIST = "desk list"  # the fact that holds its outbox row
LISTED = "desk_list"  # in a payload: the row is to be the list, see bot/delivery/lists.py


def on(group: Group) -> bool:
    """Whether the group has more to take than it can."""
    return outbox.waiting(group.tx, DESK, lane=int(Lane.CARD), limit=WAITING) == WAITING


def show(group: Group) -> None:
    """The list is brought up to date soon. It is made when it is sent, so one edit of it waits at most, and they keep a distance."""
    row, any_left = _posted(group), overview.any_unalerted(group.tx)
    if row is None or (row.created_at < group.tx.now - OLD and any_left):
        _post_anew(group, row, group.call("sendMessage", {LISTED: True}, kind=POSTED, lane=Lane.ANSWER))
    elif not edits.waiting(group.tx, row.id, EDITED):
        due = _next(group.tx.now)
        group.call("editMessageText", {LISTED: True}, kind=EDITED, lane=Lane.URGENT, target_outbox_id=row.id, due_at=due)
    if not any_left:
        facts.put(group.tx, LIST, "")


def listed(group: Group) -> Message:
    """The list as it is now."""
    waits = outbox.waiting(group.tx, DESK, lane=int(Lane.CARD), limit=10_000)
    found = overview.unalerted(group.tx)
    words = group.house.desk_words
    return wording.listed(words, group.house.catalogues, found, waiting=waits, minutes=-(-waits // PER_MINUTE))


def refresh(group: Group) -> None:
    """After something changed in a case; nothing where no list stands."""
    if _posted(group) is not None:
        show(group)


def _post_anew(group: Group, before: OutboxRow | None, posted: int) -> None:
    facts.put(group.tx, LIST, str(posted))
    if before is not None:
        group.call("deleteMessage", {}, kind="desk_list_replaced", lane=Lane.ANSWER, target_outbox_id=before.id)


def _posted(group: Group) -> OutboxRow | None:
    known = facts.get(group.tx, LIST)
    return outbox.get(group.tx, int(known)) if known else None


def _next(now: datetime) -> datetime:
    """The next moment of a grid."""
    since = datetime.min.replace(tzinfo=now.tzinfo)
    return now + APART - (now - since) % APART
