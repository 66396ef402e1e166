"""Every message is a row before it is sent. `claim` hands rows to delivery; which ones, and in what order, is decided here.

Order: lane, then due time, then id. Of one Telegram chat only one row is out at a time. A row that rests after a failure holds
back the later rows of its chat in its own lane and in worse ones; after a 429 (`hold_chat`) it holds back the whole chat.
A row waits for what it needs and holds back nobody meanwhile: `after_id` (until that row is sent, failed or dropped), the topic of
`thread_case_id` (unless the row is the one that makes it), the message of `target_outbox_id`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, and_, bindparam, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import insert  # compiles for SQLite too, which took ON CONFLICT from there

from storage.rows import Backlog, OutboxRow
from storage.schema.columns import AT_ONCE
from storage.sending import claiming
from storage.tables import CaseMessages, Cases, Chats, Outbox, table

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from sqlalchemy import Row

    from storage.rows import Bot
    from storage.transaction import Transaction

LANES = range(4)

_outbox = table(Outbox)
_this = _outbox.c.id == bindparam("id_")
_unsent = _outbox.c.state.in_([literal_column("'waiting'"), literal_column("'sending'")])
_ours = _outbox.c.attempts == func.coalesce(bindparam("attempt_", type_=Integer), _outbox.c.attempts)
_INSERT = insert(_outbox).on_conflict_do_nothing().returning(_outbox.c.id)
_BY_KEY = select(_outbox.c.id).where(_outbox.c.unique_key == bindparam("key_"))
_GET = select(_outbox).where(_this)
_SENT = (
    _outbox.update()
    .where(_this, _outbox.c.state != "sent", _outbox.c.chat_id != 0)
    .values(
        state="sent",
        payload=b"",
        sent_message_id=bindparam("message_id_"),
        result=bindparam("result_"),
        sent_at=bindparam("now_"),
        leased_until=None,
        next_try_at=None,
        error=None,
    )
)
_RETRY = (
    _outbox.update()
    .where(_this, _outbox.c.state == "sending", _ours)
    .values(
        state="waiting",
        next_try_at=bindparam("at_"),
        holds_chat=bindparam("hold_"),
        error=bindparam("error_"),
        leased_until=None,
    )
)
_FAILED = (
    _outbox.update()
    .where(_this, _unsent, _ours)
    .values(state="failed", error=bindparam("error_"), leased_until=None, next_try_at=None)
)
_DROP = (
    _outbox.update()
    .where(_outbox.c.bot == bindparam("bot_"), _outbox.c.chat_id == bindparam("chat_id_"), _unsent)
    .values(state="dropped", payload=b"", leased_until=None, next_try_at=None)
)
_DROP_KINDS = _DROP.where(
    _outbox.c.kind.in_(bindparam("kinds_", expanding=True)), _outbox.c.state == literal_column("'waiting'")
)
_DROP_LANE = _DROP.where(_outbox.c.lane == bindparam("lane_"))
_keyed = and_(
    _outbox.c.bot == bindparam("bot_"), _outbox.c.unique_key >= bindparam("from_"), _outbox.c.unique_key < bindparam("to_")
)
_TAKE_BACK = (
    _outbox.update()
    .where(_keyed, _outbox.c.state == literal_column("'waiting'"))
    .values(state="dropped", payload=b"", leased_until=None, next_try_at=None)
)
_GONE_OUT = select(_outbox.c.id).where(_keyed, _outbox.c.state.in_(("sending", "sent"))).order_by(_outbox.c.id)
_HURRY = (
    _outbox.update()
    .where(
        _outbox.c.bot == bindparam("bot_"),
        _outbox.c.chat_id == bindparam("chat_id_"),
        _outbox.c.kind == bindparam("kind_"),
        _outbox.c.state == literal_column("'waiting'"),
    )
    .values(due_at=bindparam("due_"))
)
_MOVE = (
    _outbox.update()
    .where(_outbox.c.bot == bindparam("bot_"), _outbox.c.chat_id == bindparam("from_"), _unsent)
    .values(chat_id=bindparam("to_"))
)
_UNNAME = (
    _outbox.update()
    .where(_outbox.c.bot == bindparam("bot_"), _outbox.c.chat_id == bindparam("chat_id_"), ~_unsent)
    .values(chat_id=0)
)
_BACKLOG = (
    select(_outbox.c.bot, _outbox.c.lane, func.count().label("waiting"), func.min(_outbox.c.created_at).label("oldest"))
    .where(_unsent)
    .group_by(_outbox.c.bot, _outbox.c.lane)
    .order_by(_outbox.c.bot, _outbox.c.lane)
)
_some = (
    select(_outbox.c.id)
    .where(
        _outbox.c.bot == bindparam("bot_"),
        _outbox.c.state == literal_column("'waiting'"),
        _outbox.c.next_try_at.is_(None),
        _outbox.c.lane == bindparam("lane_"),
    )
    .limit(bindparam("limit_"))
    .subquery()
)
_WAITING = select(func.count()).select_from(_some)
_LIFT = (
    _outbox.update()
    .where(
        _outbox.c.thread_case_id == bindparam("case_id_"),
        _outbox.c.state == literal_column("'waiting'"),
        _outbox.c.lane == literal_column("2"),
    )
    .values(lane=bindparam("lane_"))
)
_UNDER = select(_outbox.c.id).where(
    _outbox.c.thread_case_id == bindparam("case_id_"),
    _outbox.c.state == literal_column("'waiting'"),
    _outbox.c.lane > literal_column("0"),
    _outbox.c.after_id.is_(None),
)
_BEHIND = _outbox.update().where(_outbox.c.id.in_(bindparam("ids_", expanding=True))).values(after_id=bindparam("after_"))
_SENT_SINCE = select(_outbox.c.sent_at).where(
    _outbox.c.bot == bindparam("bot_"),
    _outbox.c.chat_id == bindparam("chat_id_"),
    or_(_outbox.c.sent_at > bindparam("since_"), _outbox.c.state == literal_column("'sending'")),
)
_referring = (
    table(Chats).c.asked_message,
    *(table(Cases).c[name] for name in ("card_outbox_id", "alert_outbox_id")),
    *(table(CaseMessages).c[name] for name in ("desk_outbox_id", "patient_outbox_id")),
    *(_outbox.alias("other").c[name] for name in ("target_outbox_id", "after_id")),
)
_SHOWING = select(_outbox.c.id).where(
    _outbox.c.thread_case_id == bindparam("case_id_"),
    _outbox.c.document_id == bindparam("document_"),
    _outbox.c.state != "dropped",
)
_targets = _outbox.alias("edit")
_UNEDITED = select(_outbox.c.id).where(
    _outbox.c.thread_case_id == bindparam("case_id_"),
    _outbox.c.kind == bindparam("kind_"),
    _outbox.c.state.not_in(("dropped", "failed")),
    ~select(_targets.c.id).where(_targets.c.target_outbox_id == _outbox.c.id).exists(),
)
_PRUNE = _outbox.delete().where(
    ~_unsent,
    _outbox.c.created_at < bindparam("before_"),
    *(_outbox.c.id.not_in(select(column).where(column.is_not(None))) for column in _referring),
)


def put(
    tx: Transaction,
    *,
    bot: Bot,
    chat_id: int,
    method: str,
    payload: dict[str, Any],
    kind: str,
    lane: int = 1,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    after_id: int | None = None,
    thread_case_id: int | None = None,
    target_outbox_id: int | None = None,
    unique_key: str | None = None,
    document_id: str | None = None,
) -> int:
    """Write one Bot API call; returns its id. A unique_key that is there already writes nothing and returns the row that has it.

    chat_id: Telegram's; lane: 0 press answers and emergencies, 1 replies, 2 desk cards, 3 scheduled; kind: the event's name.
    due_at: not before (None: at once); expires_at: dropped when still unsent then.
    """
    if lane not in LANES:
        raise ValueError(lane)
    row = tx.row(
        _INSERT,
        {
            "bot": bot,
            "chat_id": chat_id,
            "lane": lane,
            "kind": kind,
            "method": method,
            "payload": tx.seal_json(payload, f"outbox.payload:{bot}"),
            "due_at": AT_ONCE if due_at is None else due_at,
            "expires_at": expires_at,
            "state": "waiting",
            "attempts": 0,
            "holds_chat": False,
            "after_id": after_id,
            "thread_case_id": thread_case_id,
            "target_outbox_id": target_outbox_id,
            "unique_key": unique_key,
            "document_id": document_id,
            "created_at": tx.now,
        },
    )
    return int(row.id if row is not None else tx.execute(_BY_KEY, {"key_": unique_key}).scalar_one())


def by_key(tx: Transaction, key: str) -> int | None:
    """The row that has this unique key."""
    row = tx.row(_BY_KEY, {"key_": key})
    return None if row is None else int(row.id)


def take_back(tx: Transaction, bot: Bot, keys: str) -> list[int]:
    """Drop what waits under keys that begin so; the rows that are out or went out are returned."""
    tx.execute(_TAKE_BACK, {"bot_": bot, "from_": keys, "to_": keys + "~"})
    return [row.id for row in tx.rows(_GONE_OUT, {"bot_": bot, "from_": keys, "to_": keys + "~"})]


def hurry(tx: Transaction, bot: Bot, chat_id: int, kind: str) -> int:
    """What waits for its time goes out at once, in its order. Returns how many rows."""
    return tx.execute(_HURRY, {"bot_": bot, "chat_id_": chat_id, "kind_": kind, "due_": AT_ONCE}).rowcount


def claim(tx: Transaction, bot: Bot, *, limit: int, lease: float) -> list[OutboxRow]:
    """Take rows to be sent, at most one per chat, for `lease` seconds of real time; rows past their lease are taken again.

    Rows past expires_at are dropped here, and so are edits of a message that was never sent.
    """
    return [outbox_row(tx, *found) for found in claiming.claim(tx, bot, limit=limit, lease=lease)]


def get(tx: Transaction, id: int) -> OutboxRow | None:  # noqa: A002
    """One row; its payload is empty once it was sent."""
    row = tx.row(_GET, {"id_": id})
    return None if row is None else outbox_row(tx, row)


def sent(tx: Transaction, id: int, message_id: int | None, result: Any = None) -> bool:  # noqa: A002
    """Telegram took it. The payload is emptied; `result` (JSON) is kept sealed. False: known as sent, or the chat was erased."""
    return took(tx, id, message_id, result)()


def took(tx: Transaction, id: int, message_id: int | None, result: Any = None) -> Callable[[], bool]:  # noqa: A002
    """`sent`, whose outcome may be asked for when more was written."""
    sealed = None if result is None else tx.seal_json(result, f"outbox.result:{id}")
    asked = tx.later(_SENT, {"id_": id, "message_id_": message_id, "result_": sealed, "now_": tx.now})
    return lambda: asked().rowcount > 0


def retry(
    tx: Transaction,
    id: int,  # noqa: A002
    at: datetime,
    error: str,
    *,
    hold_chat: bool = False,
    attempt: int | None = None,
) -> bool:
    """It failed for now (`error`: a class name) and is tried again at that time. hold_chat: nothing else to this chat before.

    `attempt`: the number of the claim that this is about. False: the row was dropped, sent or claimed by somebody else meanwhile.
    """
    return tx.changed(_RETRY, {"id_": id, "at_": at, "error_": error, "hold_": hold_chat, "attempt_": attempt})


def failed(tx: Transaction, id: int, error: str, *, attempt: int | None = None) -> bool:  # noqa: A002
    """It is given up. False: the row was dropped, sent or claimed by somebody else meanwhile."""
    return tx.changed(_FAILED, {"id_": id, "error_": error, "attempt_": attempt})


def drop_lane(tx: Transaction, bot: Bot, chat_id: int, lane: int) -> int:
    """Drop what was not sent yet to a chat in one lane. Returns how many rows."""
    return tx.execute(_DROP_LANE, {"bot_": bot, "chat_id_": chat_id, "lane_": lane}).rowcount


def drop_for_chat(tx: Transaction, bot: Bot, chat_id: int, *, kinds: Collection[str] | None = None) -> int:
    """Drop what was not sent yet to a chat: everything, or what waits of these kinds. Returns how many rows.

    An edit that is out stays on the books, so that the next one does not overtake it.
    """
    parameters: dict[str, Any] = {"bot_": bot, "chat_id_": chat_id}
    if kinds is None:
        return tx.execute(_DROP, parameters).rowcount
    return tx.execute(_DROP_KINDS, {**parameters, "kinds_": list(kinds)}).rowcount


def move_chat(tx: Transaction, bot: Bot, old: int, new: int) -> int:
    """A group got another id (migrate_to_chat_id): unsent rows follow it."""
    return tx.execute(_MOVE, {"bot_": bot, "from_": old, "to_": new}).rowcount


def unname(tx: Transaction, bot: Bot, chat_id: int) -> int:
    """What was sent to a chat does not say to whom any more. Returns how many rows."""
    return tx.execute(_UNNAME, {"bot_": bot, "chat_id_": chat_id}).rowcount


def backlog(tx: Transaction) -> list[Backlog]:
    """What is not sent yet, by bot and lane."""
    return [Backlog(**row._asdict()) for row in tx.rows(_BACKLOG)]


def waiting(tx: Transaction, bot: Bot, *, lane: int, limit: int) -> int:
    """How many rows of a lane wait, counted up to a limit."""
    return int(tx.execute(_WAITING, {"bot_": bot, "lane_": lane, "limit_": limit}).scalar_one())


def lift(tx: Transaction, case_id: int, lane: int) -> int:
    """The cards that wait for the topic of a case go out in this lane. Returns how many rows."""
    return tx.execute(_LIFT, {"case_id_": case_id, "lane_": lane}).rowcount


def under(tx: Transaction, case_id: int) -> list[int]:
    """The rows that wait to go into the topic of a case, and for no other row; what is urgent is not among them."""
    return [row.id for row in tx.rows(_UNDER, {"case_id_": case_id})]


def behind(tx: Transaction, ids: Collection[int], after: int) -> None:
    """These go out after that one."""
    if ids:
        tx.execute(_BEHIND, {"ids_": list(ids), "after_": after})


def sent_since(tx: Transaction, bot: Bot, chat_id: int, since: datetime) -> list[datetime]:
    """When the messages to a chat were sent; one that is out counts from now."""
    rows = tx.rows(_SENT_SINCE, {"bot_": bot, "chat_id_": chat_id, "since_": since})
    return [row.sent_at or tx.now for row in rows]


def showing(tx: Transaction, case_id: int, document_id: str) -> list[int]:
    """The rows that show something of a document in the topic of a case, whether they went out or are about to."""
    return [row.id for row in tx.rows(_SHOWING, {"case_id_": case_id, "document_": document_id})]


def unedited(tx: Transaction, case_id: int, kind: str) -> list[int]:
    """The rows of a kind in the topic of a case that still look, or will look, as they were written."""
    return [row.id for row in tx.rows(_UNEDITED, {"case_id_": case_id, "kind_": kind})]


def prune(tx: Transaction, before: datetime) -> int:
    """Forget rows written before that time that were sent, failed or dropped, and that nothing refers to any more.

    Cards and alerts of cases, relayed messages and what a chat was asked last may still be edited, deleted or answered.
    """
    return tx.execute(_PRUNE, {"before_": before}).rowcount


def outbox_row(
    tx: Transaction,
    row: Row[tuple[object, ...]],
    thread_id: int | None = None,
    case_number: str | None = None,
    target_message_id: int | None = None,
) -> OutboxRow:
    """Unseal one row."""
    values = {name: value for name, value in row._asdict().items() if name != "holds_chat"}
    payload = tx.unseal_json(row.payload, f"outbox.payload:{row.bot}") if row.payload else {}
    result = tx.unseal_json(row.result, f"outbox.result:{row.id}") if row.result else None
    return OutboxRow(
        **{**values, "payload": payload, "result": result},
        thread_id=thread_id,
        case_number=case_number,
        target_message_id=target_message_id,
    )
