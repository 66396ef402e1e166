"""Effects of what coordinators do, and the desk's part in what the patient's side does.

Offered to the patient's effects: open_case, relay_words, relay_document, refresh_card, announce, patient_stopped, patient_erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.deeds import EFFECTS as DEEDS
from bot.effects.group import Group
from bot.effects.opening import open_case, recreate_topic
from bot.effects.papers import EFFECTS as PAPERS
from bot.effects.relaying import relay_document, relay_words
from bot.effects.settling import after_failed, after_sent
from bot.messages import Message
from bot.wording import desk as wording
from bot.wording.markup import plain
from flows import alerts
from flows.events import (
    Answered,
    CaseClaimed,
    CaseReleased,
    Completed,
    ConsentRecorded,
    DocumentReceived,
    Erased,
    HandoffRequested,
    LanguageChosen,
    RecordMarked,
    RecordsFinished,
    RedFlagged,
    Restarted,
    Stopped,
    WordsRelayed,
    ZoneChosen,
)
from storage import coordinators, outbox, relay
from storage.sending import shown

if TYPE_CHECKING:
    from bot.effects.scene import Scene
    from storage.rows import Case

__all__ = [
    "EFFECTS",
    "after_failed",
    "after_sent",
    "announce",
    "open_case",
    "patient_erased",
    "patient_stopped",
    "recreate_topic",
    "refresh_card",
    "relay_document",
    "relay_words",
]

AT_ONCE = 100  # messages that Telegram deletes in one call
EFFECTS = {**DEEDS, **PAPERS}
CHANGES_CARD = (Answered, Completed, ConsentRecorded, LanguageChosen, RecordMarked, RecordsFinished, Restarted, ZoneChosen)
SHOWN_OTHERWISE = (HandoffRequested, RedFlagged, WordsRelayed, DocumentReceived, CaseClaimed, CaseReleased, Stopped, Erased)


def refresh_card(scene: Scene) -> None:
    """The card as things are now; at most one edit of it waits."""
    if scene.case:
        cards.refresh(_group(scene), scene.case)


def announce(scene: Scene, event: object) -> None:
    """What the alert rules say about an event that the desk does not see otherwise; the card follows what it shows.

    Call after the effect of each event. Answers of an intake that is not finished do not redraw the card one by one: the group takes
    20 messages a minute.
    """
    if scene.case is None:
        return
    if not isinstance(event, SHOWN_OTHERWISE):
        _tell_by_rule(scene, scene.case, event)
    if isinstance(event, CHANGES_CARD) and not (isinstance(event, Answered) and not event.amended):
        refresh_card(scene)


def patient_stopped(scene: Scene, *, in_memory: bool) -> None:
    """The person wants no messages, or the patient has died: follow-ups of coordinators fall too (the caller drops reminders)."""
    outbox.drop_for_chat(scene.tx, "patient", scene.chat.telegram_id, kinds=["reply"])
    if scene.case:
        _tell_by_rule(scene, scene.case, Stopped(in_memory=in_memory))
        refresh_card(scene)


def patient_erased(scene: Scene, case: Case) -> None:
    """Call before the rows go. The topic is deleted with everything in it; card and alert lose their words at once.

    Message ids are given as they are: rows that refer to the case or its outbox rows are dropped by the erasure.
    """
    group = _group(scene)
    message = wording.patient_erased(group.house.desk_words, case.number)
    for row in (case.card_outbox_id, case.alert_outbox_id):
        known = outbox.get(group.tx, row) if row else None
        if known and known.sent_message_id:
            call = group.house.wire.edit(message, group.chat)
            group.call(call.method, call.params | {"message_id": known.sent_message_id}, kind="card_emptied")
    _take_away(group, case)
    if case.topic_id:
        group.call("deleteForumTopic", {"message_thread_id": case.topic_id}, kind="topic_deleted")
    group.general(message, kind="case_erased")


def _take_away(group: Group, case: Case) -> None:
    """The messages of a case, the coordinators' too, as far as Telegram still lets the bot: not all need stand in a topic."""
    said = [line.desk_message_id or 0 for line in relay.history(group.tx, case.id)]
    card = outbox.get(group.tx, case.card_outbox_id) if case.card_outbox_id else None
    emptied = card.sent_message_id if card else None
    gone = sorted({one for one in (*said, *shown.of_case(group.tx, case.id)) if one > 0 and one != emptied})
    for first in range(0, len(gone), AT_ONCE):
        group.call("deleteMessages", {"message_ids": gone[first : first + AT_ONCE]}, kind="words_taken_away")


def _tell_by_rule(scene: Scene, case: Case, event: object) -> None:
    rule, group = alerts.audience(scene.house.definition, event), _group(scene)
    if rule is None:
        return
    words = group.house.desk_words
    text = rule.text.worded(words.worded)
    with_number = Message(text=wording.news(words, case.number, text))
    group.line(case.id, plain(text), kind="case_news")
    holder = next((one for one in coordinators.roster(scene.tx) if one.telegram_id == case.holder), None)
    if rule.audience == "desk" or (rule.audience == "holder" and holder is None):
        group.general(with_number, kind="case_news")
    elif rule.audience == "holder" and holder and holder.private_chat:
        group.privately(holder.telegram_id, with_number, kind="case_news")


def _group(scene: Scene) -> Group:
    return Group(tx=scene.tx, house=scene.house)
