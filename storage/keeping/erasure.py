"""Forgetting one chat: what holds health data or identity is deleted or blanked; the audit line and a tombstone stay.

Kept: the chat row without its Telegram id, consents (which text was agreed to or not, and when), case numbers with their times,
and the topic's number, so that the desk bot can delete the topic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, literal_column, or_, select, update

from storage import audit
from storage.schema.desk_tables import Counted, NextActs, Nudges, ReadValues
from storage.schema.document_tables import DataKeys, DocumentDates, DocumentParts, Documents, RecordMarks, UploadLinks
from storage.schema.support_tables import ClosedPaths, Ratings, SubmissionLines, Submissions, Tasks
from storage.tables import (
    AnswerChanges,
    AnswerDays,
    CaseMessages,
    Cases,
    Chats,
    EvidenceGrades,
    Inbox,
    KeptWords,
    Outbox,
    Reminders,
    Responses,
    table,
)

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, Executable

    from storage.transaction import Transaction

_answer_changes, _case_messages, _cases, _chats = table(AnswerChanges), table(CaseMessages), table(Cases), table(Chats)
_documents, _parts, _inbox, _outbox = table(Documents), table(DocumentParts), table(Inbox), table(Outbox)
_grades, _days, _dates = table(EvidenceGrades), table(AnswerDays), table(DocumentDates)
_next_acts, _nudges, _read_values = table(NextActs), table(Nudges), table(ReadValues)
_marks, _reminders, _responses, _kept = table(RecordMarks), table(Reminders), table(Responses), table(KeptWords)

_data_keys, _links, _counted = table(DataKeys), table(UploadLinks), table(Counted)

_chat: BindParameter[int] = bindparam("chat_id_")
_LOCK = select(_chats.c.telegram_id, _chats.c.state).where(_chats.c.id == _chat).with_for_update(key_share=True)
_its_documents = select(_documents.c.id).where(_documents.c.chat_id == _chat)
_its_cases = select(_cases.c.id).where(_cases.c.chat_id == _chat)
_its_lines = select(_case_messages.c.desk_outbox_id).where(
    _case_messages.c.case_id.in_(_its_cases), _case_messages.c.desk_outbox_id.is_not(None)
)
_its_cards = select(_cases.c.card_outbox_id).where(_cases.c.chat_id == _chat, _cases.c.card_outbox_id.is_not(None))
_its_alerts = select(_cases.c.alert_outbox_id).where(_cases.c.chat_id == _chat, _cases.c.alert_outbox_id.is_not(None))
_BLOBS = select(_parts.c.blob).where(_parts.c.document_id.in_(_its_documents), _parts.c.blob.is_not(None))

_blank = {"payload": b"", "result": None}
_unsent = _outbox.c.state.in_([literal_column("'waiting'"), literal_column("'sending'")])


def _blanking(*rows: object) -> tuple[Executable, Executable]:
    """Two statements: what was not sent never will be; what was sent keeps no content."""
    where = or_(*rows)  # type: ignore[arg-type]
    dropping = update(_outbox).where(where, _unsent).values(state="dropped", leased_until=None, next_try_at=None, **_blank)
    return dropping, update(_outbox).where(where).values(**_blank)


_shown = (_its_lines, _its_cards, _its_alerts)
_DESK_ROWS = _blanking(
    _outbox.c.thread_case_id.in_(_its_cases),
    *(_outbox.c.id.in_(ids) for ids in _shown),
    *(_outbox.c.target_outbox_id.in_(ids) for ids in _shown),
)
_PATIENT_ROWS = _blanking((_outbox.c.bot == "patient") & (_outbox.c.chat_id == bindparam("telegram_id_")))
_submissions, _submission_lines = table(Submissions), table(SubmissionLines)
_of_cases = (table(Tasks), table(ClosedPaths), table(Ratings), _submissions)
_SUPPORT: tuple[Executable, ...] = (
    _submission_lines.delete().where(
        _submission_lines.c.submission_id.in_(select(_submissions.c.id).where(_submissions.c.case_id.in_(_its_cases)))
    ),
    *(one.delete().where(one.c.case_id.in_(_its_cases)) for one in _of_cases),
)
_STATEMENTS: tuple[Executable, ...] = (
    *_SUPPORT,
    *_DESK_ROWS,
    *_PATIENT_ROWS,
    update(_outbox)
    .where(_outbox.c.bot == "patient", _outbox.c.chat_id == bindparam("telegram_id_"))
    .values(chat_id=0, document_id=None),
    update(_inbox)
    .where(_inbox.c.bot == "patient", _inbox.c.chat_id == bindparam("telegram_id_"))
    .values(payload=None, state="done", chat_id=None, message_id=None),
    _answer_changes.delete().where(
        _answer_changes.c.response_id.in_(select(_responses.c.id).where(_responses.c.chat_id == _chat))
    ),
    _counted.delete().where(_counted.c.response_id.in_(select(_responses.c.id).where(_responses.c.chat_id == _chat))),
    _responses.delete().where(_responses.c.chat_id == _chat),
    _parts.delete().where(_parts.c.document_id.in_(_its_documents)),
    _dates.delete().where(_dates.c.document_id.in_(_its_documents)),
    _read_values.delete().where(_read_values.c.chat_id == _chat),
    _documents.delete().where(_documents.c.chat_id == _chat),
    _data_keys.delete().where(_data_keys.c.chat_id == _chat),
    _links.delete().where(_links.c.chat_id == _chat),
    _reminders.delete().where(_reminders.c.chat_id == _chat),
    _marks.delete().where(_marks.c.chat_id == _chat),
    _grades.delete().where(_grades.c.chat_id == _chat),
    _days.delete().where(_days.c.chat_id == _chat),
    _next_acts.delete().where(_next_acts.c.case_id.in_(_its_cases)),
    _nudges.delete().where(_nudges.c.case_id.in_(_its_cases)),
    _kept.delete().where(_kept.c.chat_id == _chat),
    _case_messages.delete().where(_case_messages.c.case_id.in_(_its_cases)),
    update(_cases)
    .where(_cases.c.chat_id == _chat, _cases.c.closed_at.is_(None))
    .values(closed_at=bindparam("now_"), close_reason="erased", previous_stage=_cases.c.stage, stage="closed"),
    update(_cases)
    .where(_cases.c.chat_id == _chat)
    .values(reasons="", urgency="routine", red_flag_at=None, red_flag_ack_at=None, day_zero=None, protocol=None),
    update(_chats)
    .where(_chats.c.id == _chat)
    .values(
        telegram_id=-_chats.c.id,
        language=None,
        language_hint=None,
        zone=None,
        talking=False,
        state="erased",
        unreachable_at=None,
        reminders_on=False,
        snoozed_until=None,
        asked_message=None,
        aside=None,
    ),
)


def erase(tx: Transaction, chat_id: int, *, actor: str = "patient") -> tuple[str, ...]:
    """Forget a chat. Returns the blobs that the caller deletes from the vault after the commit; empty when it was erased before.

    A farewell to the person is put into the outbox after this call, in the same transaction. Raises KeyError.
    """
    chat = tx.row(_LOCK, {"chat_id_": chat_id})
    if chat is None:
        raise KeyError(chat_id)
    if chat.state == "erased":
        return ()
    parameters = {"chat_id_": chat_id, "telegram_id_": chat.telegram_id, "now_": tx.now}
    blobs = tuple(row.blob for row in tx.rows(_BLOBS, parameters))
    for statement in _STATEMENTS:
        tx.execute(statement, parameters)
    audit.write(tx, actor=actor, action="chat.erased", object=f"chat:{chat_id}", detail=f"documents={len(blobs)}")
    return blobs
