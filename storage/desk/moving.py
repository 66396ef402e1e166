"""The staff group gets another id. The new one counts its messages from one again, so no number of an old message means anything there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal_column, select

from storage import facts
from storage.schema.document_tables import DocumentParts, Documents
from storage.tables import CaseMessages, Cases, Outbox, table

if TYPE_CHECKING:
    from collections.abc import Collection

    from storage.transaction import Transaction

NOWHERE = 2_000_000_000  # added to the number of a topic: Telegram finds none there, and so it is made anew when it is needed
SHIFT = 1 << 44  # more than any message id that a part can have by then

_messages, _outbox, _cases = table(CaseMessages), table(Outbox), table(Cases)
_parts, _documents = table(DocumentParts), table(Documents)
_by_coordinators = select(_documents.c.id).where(_documents.c.origin == literal_column("'coordinator'"))
_FORGET = (
    _cases.update()
    .where(_cases.c.topic_id > 0, _cases.c.topic_id < literal_column(str(NOWHERE)))
    .values(topic_id=_cases.c.topic_id + literal_column(str(NOWHERE))),
    _messages.update().where(_messages.c.desk_message_id > 0).values(desk_message_id=None),  # below zero: written on a page
    _outbox.update().where(_outbox.c.chat_id < 0, _outbox.c.sent_message_id.is_not(None)).values(sent_message_id=None),
    _parts.update()
    .where(_parts.c.document_id.in_(_by_coordinators))
    .values(message_id=_parts.c.message_id + literal_column(str(SHIFT))),
)
_UNKEY = (
    _outbox.update()
    .where(
        _outbox.c.kind.in_(bindparam("kinds_", expanding=True)),
        _outbox.c.unique_key.is_not(None),
        ~_outbox.c.unique_key.contains("/-"),  # what was written on a page: no message has a number below zero
    )
    .values(unique_key=literal_column("'moved/'") + _outbox.c.unique_key)
)


def move(tx: Transaction, old: int, new: int, *, kinds: Collection[str]) -> bool:
    """Whatever is known by its number in the old group is forgotten, and the keys of rows of these kinds, which hold such numbers.

    False: that is known already, perhaps since a message could not be sent; what was said since then stays.
    """
    if facts.group_now(tx, old) == facts.group_now(tx, new):
        return False
    facts.put(tx, f"group:{old}", str(new))
    for statement in _FORGET:
        tx.execute(statement)
    tx.execute(_UNKEY, {"kinds_": list(kinds)})
    return True
