"""The card of a case and its topic: gathered from rows, posted once, then edited in place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot import intakes
from bot.effects.group import Group
from bot.effects.standing import standing
from bot.wording import card as wording
from bot.wording.card import Card
from flows import records
from flows.schedule.followups import SUBJECT
from storage import cases, chats, consents, coordinators, documents, facts, relay, reminders
from storage.desk import next_acts, submissions, tasks
from storage.records import record_marks
from storage.rows import GENERAL
from storage.sending import edits

if TYPE_CHECKING:
    from datetime import datetime

    from bot.effects.scene import Lane
    from storage.rows import Case
    from storage.transaction import Transaction

CARD_EDITED = "card_edited"  # kind of the row that edits a card; the case's id follows


def gather(group: Group, case: Case) -> Card:
    """Everything that the card of a case shows, as it is now."""
    tx, definition = group.tx, group.house.definition
    chat = chats.get(tx, case.chat_id)
    response = intakes.current(tx, case.chat_id, definition)
    marks = record_marks.for_chat(tx, case.chat_id)
    planned = next_acts.get(tx, case.id)
    stands = standing(tx, group.house, chat, response)
    return Card(
        case=case,
        definition=definition,
        response=response,
        findings=stands.findings,
        grades=stands.grades,
        measured=stands.measured,
        counting=stands.counting,
        screened=stands.response,
        records=records.checklist(definition, response, marks) if response else (),  # type: ignore[arg-type]
        unnamed=len(unnamed(tx, case.chat_id)),
        consents=consents.current(tx, case.chat_id),
        language=group.house.catalogues[chat.language].own_name,
        holder=name_of(tx, case.holder),
        waiting=waiting_since(tx, case),
        zone=chat.zone,
        now=tx.now,
        alarmed=alarmed(case),
        silent=chat.state if chat.state in {"stopped", "in_memory"} else "unreachable" if chat.unreachable_at else "",
        check_in=reminders.next_due(tx, case.chat_id, subject=SUBJECT) if case.day_zero else None,
        next=(planned.body, planned.due) if planned else None,
        today=tx.now.astimezone(group.house.desk_zone).date(),
        desk_zone=group.house.desk_zone.key,
        unanswered=address(group, case, first) if (first := unanswered(tx, case)) else "",
        submissions=tuple(submissions.of_case(tx, case.id)),
        tasks=tuple(tasks.of_case(tx, case.id)),
        earlier=tuple((one, address(group, one)) for one in cases.of_chat(tx, case.chat_id) if one.id < case.id),
    )


def address(group: Group, case: Case, message_id: int | None = None) -> str:
    """Where the topic of a case, or a message in it, stands in Telegram; only members of the group get there."""
    chat = str(facts.group_now(group.tx, group.chat))
    if not (case.topic_id or message_id) or case.topic_id is None or not chat.startswith("-100"):
        return ""
    return "/".join(map(str, filter(None, ("https://t.me/c", chat[4:], case.topic_id, message_id))))


def post_card(group: Group, case: Case, *, lane: Lane) -> Case:
    """A new card in the topic, pinned; the one before it is no longer edited. In General nothing is pinned."""
    row = group.topic(case.id, wording.card(group.house.desk_words, gather(group, case)), kind="card_posted", lane=lane)
    if case.topic_id != GENERAL:
        group.call("pinChatMessage", {"disable_notification": True}, kind="card_pinned", lane=lane, target_outbox_id=row)
    posted = replace(case, card_outbox_id=row)
    cases.save(group.tx, posted)
    return posted


def refresh(group: Group, case: Case) -> None:
    """Edit the card in place. An edit of the same card that still waits is out of date and is dropped."""
    if case.card_outbox_id is None:
        return
    kind = f"{CARD_EDITED}/{case.id}"
    edits.drop(group.tx, case.card_outbox_id, kind)
    group.rewrite(case.card_outbox_id, wording.card(group.house.desk_words, gather(group, case)), kind=kind)


def rename(group: Group, case: Case) -> None:
    """The topic's name follows the stage."""
    if case.topic_id == GENERAL:
        return
    group.call("editForumTopic", {"name": title(group, case)}, kind="topic_renamed", thread_case_id=case.id)


def shut(group: Group, case: Case) -> None:
    """Nothing more is written into the topic."""
    if case.topic_id != GENERAL:
        group.call("closeForumTopic", {}, kind="topic_closed", thread_case_id=case.id)


def title(group: Group, case: Case) -> str:
    """The topic's name: number, disease as coded, stage."""
    response = intakes.current(group.tx, case.chat_id, group.house.definition)
    return wording.title(group.house.desk_words, group.house.definition, case, response)


def name_of(tx: Transaction, coordinator: int | None) -> str | None:
    """A coordinator's name for the desk: the number where no name is known."""
    known = coordinators.get(tx, coordinator) if coordinator is not None else None
    return known.name or str(known.telegram_id) if known else None if coordinator is None else str(coordinator)


def unanswered(tx: Transaction, case: Case) -> int | None:
    """The message in the topic that has waited longest for an answer."""
    first = None
    for line in relay.history(tx, case.id):
        if line.direction == "in":
            first = first or line.desk_message_id
        elif line.direction == "out":
            first = None
    return first


def waiting_since(tx: Transaction, case: Case) -> datetime | None:
    """Since when the patient's side waits: its first words after the last reply, or the opening of a case that nobody holds."""
    waiting: datetime | None = case.opened_at if case.holder is None else None
    for line in relay.history(tx, case.id):
        if line.direction == "in":
            waiting = waiting or line.at
        elif line.direction == "out":
            waiting = None
    return None if case.closed_at else waiting


def alarmed(case: Case) -> bool:
    """A red flag that nobody has acknowledged."""
    return case.red_flag_at is not None and (case.red_flag_ack_at is None or case.red_flag_ack_at < case.red_flag_at)


def unnamed(tx: Transaction, chat_id: int) -> list[str]:
    """Ids of stored documents of the patient's side of which nobody has said what they are."""
    return [
        one.id
        for one in documents.for_chat(tx, chat_id)
        if one.state == "closed" and one.record is None and one.origin == "patient"
    ]
