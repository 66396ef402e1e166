"""What follows from the fate of an outbox row: topics get their ids, relayed lines their message ids, coordinators their ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.channel import Unreachable
from bot.effects import cards, opening, topics, undoing
from bot.effects.group import Group
from bot.effects.replying import KIND
from bot.effects.scene import DESK, PATIENT, Lane
from bot.messages import Message
from bot.wording import desk as wording
from bot.wording.visible import quoted
from storage import cases, chats, outbox, relay, reminders

if TYPE_CHECKING:
    from bot.effects.scene import House
    from storage.rows import Chat, OutboxRow, Reminder
    from storage.transaction import Transaction

FOLLOW_UP = "follow_up"  # kind of the rows that bot/planning.py writes, with the key reminder/<id>/<piece>
CARRIES_LINE = frozenset({KIND, FOLLOW_UP})  # kinds of the patient's rows that a line of the talk may refer to
RELAYED = "words_relayed"  # kind of the rows that carry words of the patient's side: see relaying.py
NO_TOPIC = ("message thread not found", "topic_deleted", "topic_id_invalid")
ERASED = "erased"  # the close reason that storage.keeping.erasure writes, and the kind of the farewell
NO_CARD = "message to edit not found"
BLOCKED, DEACTIVATED, GONE = "bot was blocked", "user is deactivated", "chat not found"


def after_sent(tx: Transaction, house: House, row: OutboxRow, result: Any) -> None:
    """In the transaction that marks the row as sent; `result` is Telegram's answer."""
    _forget(tx, row)
    if row.method == "createForumTopic" and row.thread_case_id is not None:
        _topic_made(tx, house, row.thread_case_id, result)
    elif (row.bot == DESK or row.kind in CARRIES_LINE) and isinstance(result, dict) and "message_id" in result:
        relay.delivered(tx, row.id, int(result["message_id"]))
        if row.kind == RELAYED and row.thread_case_id is not None:
            _link_card(Group(tx=tx, house=house), row.thread_case_id, int(result["message_id"]))
    if row.kind == KIND and (said := _said_at(row)):
        Group(tx=tx, house=house).sign(said[1], "👌", kind="reply_delivered")
        undoing.clear(Group(tx=tx, house=house), *said)
    elif row.kind == FOLLOW_UP and (reminder := _reminder(tx, row)):
        _show_follow_up(Group(tx=tx, house=house), reminder, row)


def _link_card(group: Group, case_id: int, message_id: int) -> None:
    """The card leads to the message that has waited longest, once Telegram has said which one it is."""
    case = cases.get(group.tx, case_id)
    if cards.unanswered(group.tx, case) == message_id and cards.address(group, case):
        cards.refresh(group, case)


def _forget(tx: Transaction, row: OutboxRow) -> None:
    """After the farewell to somebody who deleted everything, no row knows the chat any more."""
    if row.bot == PATIENT and row.kind == ERASED:
        outbox.unname(tx, PATIENT, row.chat_id)


def _topic_made(tx: Transaction, house: House, case_id: int, result: Any) -> None:
    """The case gets its topic; one that was erased while the call was out has its topic deleted again."""
    case = cases.lock(tx, case_id)
    topic_id = result.get("message_thread_id") if isinstance(result, dict) else None
    group = Group(tx=tx, house=house)
    if not topic_id:  # a server that says yes to what it does not know
        topics.refused(group, case_id, "")
    elif case.close_reason == ERASED:
        group.call("deleteForumTopic", {"message_thread_id": topic_id}, kind="topic_deleted")
    else:
        topics.made(group, case, int(topic_id))


def after_failed(tx: Transaction, house: House, row: OutboxRow, error: Exception) -> None:
    """In the transaction that gives the row up."""
    _forget(tx, row)
    description = str(error).lower()
    group = Group(tx=tx, house=house)
    if row.method == "createForumTopic" and row.thread_case_id is not None:
        topics.refused(group, row.thread_case_id, description)
    elif row.bot == DESK and row.thread_case_id is not None and any(words in description for words in NO_TOPIC):
        opening.recreate_topic(group, row.thread_case_id, lost=row.thread_id)
    elif row.bot == DESK and row.payload.get("message_thread_id") and any(words in description for words in NO_TOPIC):
        _outside(tx, row)
    elif row.kind.startswith(cards.CARD_EDITED) and NO_CARD in description:
        case = cases.lock(tx, int(row.kind.rpartition("/")[2]))
        if case.card_outbox_id == row.target_outbox_id:
            cards.post_card(group, case, lane=Lane.CARD)
    elif row.bot == PATIENT:
        _undelivered(
            group, row, wording.undelivered(house.desk_words, _reason(description)), lost=isinstance(error, Unreachable)
        )


def _outside(tx: Transaction, row: OutboxRow) -> None:
    """An answer in a thread that is no topic (any more) comes outside of it."""
    payload = {name: value for name, value in row.payload.items() if name != "message_thread_id"}
    outbox.put(tx, bot=DESK, chat_id=row.chat_id, method=row.method, payload=payload, kind=row.kind, lane=row.lane)


def membership(tx: Transaction, house: House, chat: Chat, *, reachable: bool) -> None:
    """The patient's side blocked the bot, or let it in again: the desk sees it on the card, and hears of it once."""
    if reachable == (chat.unreachable_at is None):
        return
    chats.update(tx, chat.id, unreachable_at=None if reachable else tx.now)
    group, case = Group(tx=tx, house=house), cases.open_for(tx, chat.id)
    if case is None:
        return
    if not reachable:
        group.line(case.id, wording.unreachable(house.desk_words), kind="patient_unreachable")
    cards.refresh(group, case)


def _undelivered(group: Group, row: OutboxRow, told: str, *, lost: bool) -> None:
    """Said under the reply that did not arrive; for any other message once, when the patient's side is out of reach from then on."""
    chat = chats.of_telegram(group.tx, row.chat_id)
    case = cases.open_for(group.tx, chat.id) if chat else None
    if chat is None or case is None:
        return
    if row.kind == KIND and (said := _said_at(row)):
        group.topic(case.id, Message(text=told), kind="reply_undelivered", reply_to=said[1])
        undoing.clear(group, *said)
    elif row.kind == FOLLOW_UP or (lost and chat.unreachable_at is None):
        group.line(case.id, told, kind="patient_unreachable")
    if lost and chat.unreachable_at is None:
        chats.update(group.tx, chat.id, unreachable_at=group.tx.now)
        cards.refresh(group, case)


def _show_follow_up(group: Group, reminder: Reminder, row: OutboxRow) -> None:
    """A planned message went out: the topic shows it like a reply."""
    if reminder.case_id is None or reminder.author is None:
        return
    name = cards.name_of(group.tx, reminder.author) or ""
    for text in quoted(reminder.text or ""):
        group.line(reminder.case_id, wording.told_patient(group.house.desk_words, name, text), kind="follow_up_shown")
    relay.add(
        group.tx,
        reminder.case_id,
        direction="out",
        author=reminder.author,
        body=reminder.text,
        patient_message_id=row.sent_message_id,
        patient_outbox_id=row.id,
    )


def _reminder(tx: Transaction, row: OutboxRow) -> Reminder | None:
    """The follow-up that a row carries; once, for its first piece."""
    match (row.unique_key or "").split("/"):
        case [_, number, "0"]:
            return reminders.get(tx, int(number))
    return None


def _reason(description: str) -> str:
    names = {BLOCKED: "blocked", DEACTIVATED: "deactivated", GONE: "gone"}
    return next((name for words, name in names.items() if words in description), "refused")


def _said_at(row: OutboxRow) -> tuple[int, int] | None:
    """The case and the message of the desk that a reply's row carries (see replying.key)."""
    match (row.unique_key or "").split("/"):
        case [_, case_id, message_id, _] if int(message_id):
            return int(case_id), int(message_id)
    return None
