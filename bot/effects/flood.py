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

if TYPE_CHECKING:
    from bot.effects.group import Group
    from storage.rows import OutboxRow

WAITING = 30  # cards that wait: from then on it is a flood
PER_MINUTE = 12  # cards that the group is sent, see bot/delivery/pace.py
EDITED, POSTED = "desk_list_edited", "desk_list_posted"
APART = timedelta(seconds=3)  # between two edits of the list
OLD = timedelta(hours=1)  # a list that stands further up is posted anew
LIST = "desk list"  # the fact that holds its outbox row


def on(group: Group) -> bool:
    """Whether the group has more to take than it can."""
    return outbox.waiting(group.tx, DESK, lane=int(Lane.CARD), limit=WAITING) == WAITING


def show(group: Group) -> None:
    """The list as it is now. One edit of it waits at most, and they keep a distance."""
    found = overview.unalerted(group.tx)
    row, words = _posted(group), group.house.desk_words
    waits = outbox.waiting(group.tx, DESK, lane=int(Lane.CARD), limit=10_000)
    message = wording.listed(words, group.house.catalogues, found, waiting=waits, minutes=-(-waits // PER_MINUTE))
    if row is None or (row.created_at < group.tx.now - OLD and found.count):
        _post_anew(group, row, group.general(message, kind=POSTED, lane=Lane.ANSWER))
    else:
        outbox.drop_for_chat(group.tx, DESK, group.chat, kinds=[EDITED])
        call = group.house.wire.edit(message, group.chat)
        due = _next(group.tx.now)
        group.call(call.method, call.params, kind=EDITED, lane=Lane.URGENT, target_outbox_id=row.id, due_at=due)
    if not found.count:
        facts.put(group.tx, LIST, "")


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
    """The next moment of a grid, so that whoever edits last before it is the one who is shown."""
    since = datetime.min.replace(tzinfo=now.tzinfo)
    return now + APART - (now - since) % APART
