"""Scheduled messages as rows: planned from rules, claimed when due, sent once.

A planned reminder is recomputed from the facts after every turn (`replace`), so a row that is no longer wanted is dropped
before it can be sent. A coordinator's follow-up has an author and is nobody's to recompute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, func, literal, literal_column, or_, select

from storage.rows import Reminder
from storage.tables import Chats, Reminders, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row

    from storage.transaction import Transaction

Planned = "tuple[str, str, int, datetime]"

FOLLOW_UP = "follow-up"
APPOINTMENT = "appointment"
LEASE_SECONDS = 20.0  # a batch takes a second; whoever dies with one is followed within half a minute

_reminders = table(Reminders)
_chats = table(Chats)
_planned = _reminders.c.state == literal_column("'planned'")
_of_chat = _reminders.c.chat_id == bindparam("chat_id_")
_this = _reminders.c.id == bindparam("id_")
_ruled = _reminders.c.author.is_(None)

_KNOWN = select(
    _reminders.c.id, _reminders.c.kind, _reminders.c.subject, _reminders.c.occurrence, _reminders.c.due_at, _reminders.c.state
).where(_of_chat, _ruled)
_INSERT = _reminders.insert()
_FOLLOW_UP = _INSERT.returning(_reminders.c.id)
_PLAN = (
    _reminders.update()
    .where(_this)
    .values(state="planned", due_at=bindparam("due_"), case_id=bindparam("case_"), leased_until=None, done_at=None)
)
_DROP = _reminders.update().where(_this, _planned).values(state="dropped", done_at=bindparam("now_"))
_DROP_SUBJECT = (
    _reminders.update()
    .where(_of_chat, _planned, _reminders.c.kind == bindparam("kind_"), _reminders.c.subject == bindparam("subject_"))
    .values(state="dropped", done_at=bindparam("now_"))
)
_DROP_ALL = _reminders.update().where(_of_chat, _planned).values(state="dropped", done_at=bindparam("now_"))
_SENT = (
    _reminders.update()
    .where(_this, _planned, _reminders.c.due_at <= bindparam("now_"))
    .values(state="sent", done_at=bindparam("now_"), leased_until=None)
)
_RELEASE = _reminders.update().where(_planned, _reminders.c.leased_until.is_not(None)).values(leased_until=None)
_POSTPONE = _reminders.update().where(_this, _planned).values(due_at=bindparam("due_"), leased_until=None)
_reachable = and_(
    _chats.c.state == "open",
    _chats.c.unreachable_at.is_(None),
    or_(
        _reminders.c.author.is_not(None),
        and_(_chats.c.reminders_on, or_(_chats.c.snoozed_until.is_(None), _chats.c.snoozed_until <= bindparam("now_"))),
    ),
)
_DUE = (
    select(_reminders.c.id)
    .join(_chats, _chats.c.id == _reminders.c.chat_id)
    .where(
        _planned,
        _reminders.c.due_at <= bindparam("now_"),
        or_(_reminders.c.leased_until.is_(None), _reminders.c.leased_until < bindparam("wall_")),
        _reachable,
    )
    .order_by(_reminders.c.due_at, _reminders.c.id)
    .limit(bindparam("limit_"))
    .with_for_update(skip_locked=True, of=_reminders, key_share=True)
)
_CLAIM = (
    _reminders.update()
    .where(_reminders.c.id.in_(bindparam("ids_", expanding=True)), _planned)
    .values(leased_until=bindparam("lease_"))
    .returning(*_reminders.c)
)
_FOR_CHAT = select(_reminders).where(_of_chat).order_by(_reminders.c.due_at, _reminders.c.id)
_NEXT_DUE = select(func.min(_reminders.c.due_at).label("due")).where(_of_chat, _planned)
_NEXT_ABOUT = _NEXT_DUE.where(_reminders.c.subject == bindparam("subject_"))
_GET = select(_reminders).where(_this)
_OCCURRENCES = (
    select(_reminders.c.kind, _reminders.c.subject, func.count().label("sent"))
    .where(_of_chat, _reminders.c.state == "sent")
    .group_by(_reminders.c.kind, _reminders.c.subject)
)
_LAST_OCCURRENCE = select(func.coalesce(func.max(_reminders.c.occurrence), literal(-1))).where(
    _of_chat, _reminders.c.kind == bindparam("kind_"), _reminders.c.subject == bindparam("subject_")
)


def replace(
    tx: Transaction, chat_id: int, planned: Sequence[tuple[str, str, int, datetime]], *, case_id: int | None = None
) -> None:
    """Make the planned reminders of a chat exactly these: (kind, subject, occurrence, due_at).

    Inserts what is new, moves what is due at another time, drops what is no longer wanted. What was sent stays sent and is not
    planned again; coordinators' follow-ups are not touched.
    """
    wanted = {(kind, subject, occurrence): due_at for kind, subject, occurrence, due_at in planned}
    for row in tx.rows(_KNOWN, {"chat_id_": chat_id}):
        due_at = wanted.pop((row.kind, row.subject, row.occurrence), None)
        if row.state == "sent":
            continue
        if due_at is None:
            tx.later(_DROP, {"id_": row.id, "now_": tx.now})
        elif row.state != "planned" or row.due_at != due_at:
            tx.later(_PLAN, {"id_": row.id, "due_": due_at, "case_": case_id})
    for (kind, subject, occurrence), due_at in wanted.items():
        values = {"kind": kind, "subject": subject, "occurrence": occurrence, "due_at": due_at, "case_id": case_id}
        tx.later(_INSERT, {"chat_id": chat_id, **values, "state": "planned", "created_at": tx.now})


def add_follow_up(
    tx: Transaction, chat_id: int, *, due_at: datetime, text: str, author: int, case_id: int | None = None
) -> int:
    """Schedule a coordinator's words for the patient. Returns the reminder's id."""
    subject = "" if case_id is None else str(case_id)
    last = tx.execute(_LAST_OCCURRENCE, {"chat_id_": chat_id, "kind_": FOLLOW_UP, "subject_": subject}).scalar_one()
    values = {"kind": FOLLOW_UP, "subject": subject, "occurrence": last + 1, "due_at": due_at, "case_id": case_id}
    sealed = tx.seal_text(text, _context(chat_id))
    row = {"chat_id": chat_id, **values, "text": sealed, "author": author, "state": "planned", "created_at": tx.now}
    return int(tx.execute(_FOLLOW_UP, row).scalar_one())


def add_appointment(
    tx: Transaction, chat_id: int, *, text: str, dues: Sequence[datetime], author: int, case_id: int, key: str
) -> list[int]:
    """Plan the reminders of one appointment (`key` tells it from others of the chat). Returns their ids."""
    values = {"chat_id": chat_id, "case_id": case_id, "kind": APPOINTMENT, "subject": key, "author": author}
    sealed = tx.seal_text(text, _context(chat_id))
    rows = (
        {**values, "occurrence": number, "due_at": due_at, "text": sealed, "state": "planned", "created_at": tx.now}
        for number, due_at in enumerate(dues)
    )
    return [int(tx.execute(_FOLLOW_UP, row).scalar_one()) for row in rows]


def drop_subject(tx: Transaction, chat_id: int, kind: str, subject: str) -> int:
    """Drop what is planned about one subject. Returns how many."""
    return tx.execute(_DROP_SUBJECT, {"chat_id_": chat_id, "kind_": kind, "subject_": subject, "now_": tx.now}).rowcount


def due(tx: Transaction, limit: int, *, lease: float = LEASE_SECONDS) -> list[Reminder]:
    """Claim reminders that are due, the longest due first, for `lease` seconds of real time.

    Chats that are stopped, erased or unreachable are passed over; planned ones also while reminders are off or snoozed.
    What is claimed and neither sent, dropped nor postponed within the lease comes back.
    """
    ids = [row.id for row in tx.rows(_DUE, {"now_": tx.now, "wall_": tx.wall, "limit_": limit})]
    if not ids:
        return []
    rows = tx.rows(_CLAIM, {"ids_": ids, "lease_": tx.wall + lease})
    return sorted((_reminder(tx, row) for row in rows), key=lambda reminder: (reminder.due_at, reminder.id))


def release(tx: Transaction) -> None:
    """At the start of the only worker: what it had taken when it died is due again, without waiting for the lease."""
    tx.execute(_RELEASE, {})


def sent(tx: Transaction, id: int) -> bool:  # noqa: A002
    """Mark a reminder sent, in the transaction that writes its outbox row. False: it was dropped, moved or sent meanwhile."""
    return tx.changed(_SENT, {"id_": id, "now_": tx.now})


def drop(tx: Transaction, id: int) -> bool:  # noqa: A002
    """Drop one planned reminder. False: it was not planned any more."""
    return tx.changed(_DROP, {"id_": id, "now_": tx.now})


def postpone(tx: Transaction, id: int, due_at: datetime) -> bool:  # noqa: A002
    """Give one planned reminder another time (quiet hours after a downtime). False: it was not planned any more."""
    return tx.changed(_POSTPONE, {"id_": id, "due_": due_at})


def drop_all(tx: Transaction, chat_id: int) -> int:
    """Drop everything planned for a chat, follow-ups too. Returns how many."""
    return tx.execute(_DROP_ALL, {"chat_id_": chat_id, "now_": tx.now}).rowcount


def get(tx: Transaction, id: int) -> Reminder | None:  # noqa: A002
    """One reminder."""
    row = tx.row(_GET, {"id_": id})
    return None if row is None else _reminder(tx, row)


def for_chat(tx: Transaction, chat_id: int) -> list[Reminder]:
    """Every reminder of a chat, by due time."""
    return [_reminder(tx, row) for row in tx.rows(_FOR_CHAT, {"chat_id_": chat_id})]


def next_due(tx: Transaction, chat_id: int, *, subject: str | None = None) -> datetime | None:
    """When the next message is planned for a chat; with a subject, the next one about it."""
    row = tx.row(_NEXT_DUE if subject is None else _NEXT_ABOUT, {"chat_id_": chat_id, "subject_": subject})
    return row.due if row else None


def occurrences(tx: Transaction, chat_id: int) -> dict[tuple[str, str], int]:
    """(kind, subject) -> how many were sent."""
    return {(row.kind, row.subject): row.sent for row in tx.rows(_OCCURRENCES, {"chat_id_": chat_id})}


def _reminder(tx: Transaction, row: Row[tuple[object, ...]]) -> Reminder:
    values = {name: value for name, value in row._asdict().items() if name != "leased_until"}
    return Reminder(**{**values, "text": tx.maybe_unseal(row.text, _context(row.chat_id))})


def _context(chat_id: int) -> str:
    return f"reminders.text:{chat_id}"
