"""Every table. Sealed columns (bytes) are marked so; who seals them and with what context stands in the module of the noun.

`storage/migrations` must build exactly this; a test compares the two on both databases.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Double, Index, Table, UniqueConstraint
from sqlmodel import Field, SQLModel

from storage.schema import desk_tables, document_tables, support_tables  # noqa: F401 - their tables are there wherever these are
from storage.schema.columns import COUNTED, RowId, StrangeText, UtcTime, where

_FRESH = "state = 'waiting' AND next_try_at IS NULL"
_TRIED = "state = 'waiting' AND next_try_at IS NOT NULL"


class Inbox(SQLModel, table=True):
    """Every update that Telegram delivered, by (bot, update_id). state: new | done | poison."""

    __table_args__ = (
        Index("ix_inbox_new", "bot", "received_at", "update_id", **where("state = 'new'")),
        Index("ix_inbox_waiting", "bot", "chat_id", **where("state = 'new'")),
        Index("ix_inbox_message", "bot", "chat_id", "message_id"),
    )
    bot: str = Field(primary_key=True)
    update_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    chat_id: int | None = Field(default=None, sa_type=BigInteger)
    message_id: int | None = Field(default=None, sa_type=BigInteger)
    received_at: datetime = Field(sa_type=UtcTime)
    payload: bytes | None = None  # sealed; emptied when the update is done
    state: str = "new"
    attempts: int = 0
    error: str | None = None  # a class name, never a message


class Chats(SQLModel, table=True):
    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    telegram_id: int = Field(unique=True, sa_type=BigInteger)
    language: str | None = None
    language_hint: str | None = Field(default=None, sa_type=StrangeText)
    zone: str | None = None
    talking: bool = False
    state: str = "open"
    unreachable_at: datetime | None = Field(default=None, sa_type=UtcTime)
    reminders_on: bool = True
    snoozed_until: datetime | None = Field(default=None, sa_type=UtcTime)
    last_heard_at: datetime = Field(sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    asked_message: int | None = Field(default=None, sa_type=BigInteger)
    aside: str | None = None


class Responses(SQLModel, table=True):
    __table_args__ = (UniqueConstraint("chat_id", "number", name="uq_responses_number"),)
    id: str = Field(primary_key=True)
    chat_id: int = Field(foreign_key="chats.id", sa_type=BigInteger)
    number: int  # the first response of its chat is 1
    questionnaire: str
    revision: int
    status: str
    body: bytes  # sealed
    created_at: datetime = Field(index=True, sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


class AnswerChanges(SQLModel, table=True):
    __tablename__ = "answer_changes"
    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    response_id: str = Field(foreign_key="responses.id", index=True)
    key: str
    before: bytes  # sealed
    at: datetime = Field(sa_type=UtcTime)
    by: str


class Consents(SQLModel, table=True):
    """Append only: the newest line of a consent counts."""

    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    chat_id: int = Field(foreign_key="chats.id", index=True, sa_type=BigInteger)
    consent: str
    given: bool
    text_version: str
    text_hash: str
    language: str
    at: datetime = Field(sa_type=UtcTime)


class Cases(SQLModel, table=True):
    __table_args__ = (
        Index("uq_cases_open", "chat_id", unique=True, **where("closed_at IS NULL")),
        Index("ix_cases_waiting", "opened_at", **where("closed_at IS NULL")),
        Index("ix_cases_open_urgency", "urgency", "id", **where("closed_at IS NULL")),
        Index("ix_cases_open_holder", "holder", "urgency", "id", **where("closed_at IS NULL")),
        Index("ix_cases_open_stage", "stage", "urgency", "id", **where("closed_at IS NULL")),
        Index("ix_cases_flagged", "urgency", "id", **where("closed_at IS NULL AND red_flag_at IS NOT NULL")),
        Index("ix_cases_closed_urgency", "urgency", "id", **where("closed_at IS NOT NULL")),
        Index("ix_cases_closed_holder", "holder", "urgency", "id", **where("closed_at IS NOT NULL")),
        COUNTED,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    number: str = Field(unique=True)
    chat_id: int = Field(foreign_key="chats.id", index=True, sa_type=BigInteger)
    stage: str
    previous_stage: str | None = None
    urgency: str
    reasons: str = ""
    holder: int | None = Field(default=None, sa_type=BigInteger)
    claimed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    opened_at: datetime = Field(index=True, sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    close_reason: str | None = None
    topic_id: int | None = Field(default=None, index=True, sa_type=BigInteger)
    card_outbox_id: int | None = Field(default=None, sa_type=BigInteger)
    alert_outbox_id: int | None = Field(default=None, sa_type=BigInteger)
    red_flag_at: datetime | None = Field(default=None, sa_type=UtcTime)
    red_flag_ack_at: datetime | None = Field(default=None, sa_type=UtcTime)
    day_zero: date | None = None
    protocol: str | None = None
    red_flags: bytes | None = None  # sealed


class CaseMessages(SQLModel, table=True):
    """The relay map: which message in the desk's topic is which message in the patient's chat. Lives as long as the case."""

    __tablename__ = "case_messages"
    __table_args__ = (
        Index("ix_case_messages_direction", "case_id", "direction", "id"),
        Index("ix_case_messages_desk", "desk_message_id", "case_id"),
        Index("ix_case_messages_patient", "case_id", "patient_message_id"),
        COUNTED,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    case_id: int = Field(foreign_key="cases.id", sa_type=BigInteger)
    direction: str
    author: int = Field(sa_type=BigInteger)
    body: bytes | None = None  # sealed
    document_id: str | None = None
    patient_message_id: int | None = Field(default=None, sa_type=BigInteger)
    desk_message_id: int | None = Field(default=None, sa_type=BigInteger)
    desk_outbox_id: int | None = Field(default=None, index=True, sa_type=BigInteger)
    patient_outbox_id: int | None = Field(default=None, index=True, sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)


class Outbox(SQLModel, table=True):
    """Every Bot API call, written before it is made. See storage/outbox.py for the order in which rows are claimed."""

    __table_args__ = (
        Index("ix_outbox_fresh", "bot", "lane", "due_at", "id", "chat_id", **where(_FRESH)),
        Index("ix_outbox_lines", "bot", "lane", "chat_id", "due_at", "id", **where(_FRESH)),
        Index("ix_outbox_tried", "bot", "next_try_at", **where(_TRIED)),
        Index("ix_outbox_tried_chat", "bot", "chat_id", **where(_TRIED)),
        Index("ix_outbox_sending", "bot", "chat_id", **where("state = 'sending'")),
        Index("ix_outbox_expiring", "bot", "expires_at", **where("state = 'waiting' AND expires_at IS NOT NULL")),
        Index("uq_outbox_key", "unique_key", unique=True, **where("unique_key IS NOT NULL")),
        Index("ix_outbox_chat", "bot", "chat_id"),
        Index("ix_outbox_thread", "thread_case_id", **where("thread_case_id IS NOT NULL")),
        Index("ix_outbox_target", "target_outbox_id", **where("target_outbox_id IS NOT NULL")),
        COUNTED,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    bot: str
    chat_id: int = Field(sa_type=BigInteger)  # Telegram's id of the chat; 0 once the patient was erased
    lane: int  # 0 press answers and emergencies, 1 replies, 2 desk cards, 3 scheduled
    kind: str
    method: str
    payload: bytes  # sealed; emptied when the row is sent
    due_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    state: str = "waiting"
    attempts: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcTime)
    holds_chat: bool = False
    leased_until: float | None = Field(default=None, sa_type=Double)
    error: str | None = None
    sent_message_id: int | None = Field(default=None, sa_type=BigInteger)
    result: bytes | None = None  # sealed
    after_id: int | None = Field(default=None, sa_type=BigInteger)
    thread_case_id: int | None = Field(default=None, sa_type=BigInteger)
    target_outbox_id: int | None = Field(default=None, sa_type=BigInteger)
    unique_key: str | None = None
    document_id: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Reminders(SQLModel, table=True):
    __table_args__ = (
        UniqueConstraint("chat_id", "kind", "subject", "occurrence", name="uq_reminders_occurrence"),
        Index("ix_reminders_due", "due_at", "id", **where("state = 'planned'")),
        COUNTED,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    chat_id: int = Field(foreign_key="chats.id", sa_type=BigInteger)
    case_id: int | None = Field(default=None, foreign_key="cases.id", sa_type=BigInteger)
    kind: str
    subject: str
    occurrence: int
    due_at: datetime = Field(sa_type=UtcTime)
    state: str = "planned"
    text: bytes | None = None  # sealed
    author: int | None = Field(default=None, sa_type=BigInteger)
    leased_until: float | None = Field(default=None, sa_type=Double)
    created_at: datetime = Field(sa_type=UtcTime)
    done_at: datetime | None = Field(default=None, sa_type=UtcTime)


class KeptWords(SQLModel, table=True):
    """What the patient's side said to the desk before a case was open; it becomes lines of the case that opens."""

    __tablename__ = "kept_words"
    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    chat_id: int = Field(foreign_key="chats.id", index=True, sa_type=BigInteger)
    author: int = Field(sa_type=BigInteger)
    body: bytes  # sealed
    patient_message_id: int | None = Field(default=None, sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)


class Facts(SQLModel, table=True):
    """Small things that the house itself has to remember, such as where the staff group moved to."""

    name: str = Field(primary_key=True)
    value: str


class Duties(SQLModel, table=True):
    """What only one program may do at a time, and who does it. See storage/sending/duties.py."""

    name: str = Field(primary_key=True)
    holder: str
    until: float = Field(sa_type=Double)  # seconds since the epoch, by the clock of the database
    pulse: int | None = Field(default=None, sa_type=BigInteger)  # advisory lock of the holder, while it is connected


class EvidenceGrades(SQLModel, table=True):
    """What somebody raised the evidence of a criterion to. `basis`: keyed digest of the answers that it stands for."""

    __tablename__ = "evidence_grades"
    chat_id: int = Field(foreign_key="chats.id", primary_key=True, sa_type=BigInteger)
    criterion: str = Field(primary_key=True)
    grade: str
    by: int = Field(sa_type=BigInteger)
    basis: str
    at: datetime = Field(sa_type=UtcTime)


class AnswerDays(SQLModel, table=True):
    """When an answer that grows old by itself was told last; the answer itself stands in the response."""

    __tablename__ = "answer_days"
    chat_id: int = Field(foreign_key="chats.id", primary_key=True, sa_type=BigInteger)
    link_id: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)


class Coordinators(SQLModel, table=True):
    telegram_id: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_type=StrangeText)
    language: str
    active: bool = True
    private_chat: bool = False
    role: str = "coordinator"
    standing: str = "listed"
    languages: str = ""  # apart by commas; empty: any
    topics: str = ""  # what they see to first: complete, human, red-flag; empty: anything
    shift: str = ""  # as flows/staff/shifts.py reads it; empty: always
    away_until: datetime | None = Field(default=None, sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


class Audit(SQLModel, table=True):
    """Append only, each line chained to the one before it."""

    __table_args__ = (Index("ix_audit_object", "object", "sequence"),)
    sequence: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=UtcTime)
    actor: str
    action: str
    object: str
    detail: str = ""
    previous_hash: str
    hash: str


def table(model: type[SQLModel]) -> Table:
    """The Core table of a model, for statements that are built once."""
    return cast("Table", model.__table__)  # type: ignore[attr-defined]
