"""What storage gives back: one frozen dataclass per table, text and JSON already unsealed, every time aware and in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Bot = Literal["patient", "desk"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Chat:
    """One conversation with a patient or a relative. `asked_message` is the outbox id that shows the open question.

    `aside`: what stands below that question (flows.aside), None if nothing does.

    state: open | stopped | in_memory | erased. An erased chat is a tombstone; its telegram_id is minus its id.
    """

    id: int
    telegram_id: int
    language: str | None
    language_hint: str | None
    zone: str | None
    talking: bool
    state: str
    unreachable_at: datetime | None
    reminders_on: bool
    snoozed_until: datetime | None
    last_heard_at: datetime
    created_at: datetime
    asked_message: int | None
    aside: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredResponse:
    """A response as it was saved; `body` is the text of `QuestionnaireResponse.dumps()`."""

    id: str
    chat_id: int
    questionnaire: str
    revision: int
    status: str
    body: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerChange:
    """An answer that was replaced. `before` is the JSON text of the old values; `by` is "patient" or a coordinator's id."""

    id: int
    response_id: str
    key: str
    before: str
    at: datetime
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentLine:
    """One yes or no. `text_version` is the questionnaire's, `text_hash` the SHA-256 of the words that were shown in `language`."""

    consent: str
    given: bool
    text_version: str
    text_hash: str
    language: str
    at: datetime


GENERAL = 0  # in place of the id of a topic


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One patient's request at the desk. `card_outbox_id` and `alert_outbox_id`: the rows that show its card.

    topic_id: of its topic; None: that is still to be made; GENERAL: it has none, and what concerns it stands outside every topic.
    `red_flags`: sealed, see `cases.flags`.
    """

    id: int
    number: str
    chat_id: int
    stage: str
    previous_stage: str | None
    urgency: str
    reasons: str
    holder: int | None
    claimed_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    close_reason: str | None
    topic_id: int | None
    card_outbox_id: int | None
    alert_outbox_id: int | None
    red_flag_at: datetime | None
    red_flag_ack_at: datetime | None
    day_zero: date | None
    protocol: str | None = None
    red_flags: bytes | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseMessage:
    """One line of the talk of a case. direction: in (from the patient) | out (to the patient) | note (desk only)."""

    id: int
    case_id: int
    direction: str
    author: int
    body: str | None
    document_id: str | None
    patient_message_id: int | None
    desk_message_id: int | None
    desk_outbox_id: int | None
    patient_outbox_id: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class OutboxRow:
    """One Bot API call that is to be made, or was. `payload` is empty once it was sent.

    state: waiting | sending | sent | failed | dropped. `attempts` counts claims, so a row that was claimed before has > 1.
    leased_until: seconds since the epoch by the machine's clock (never the shifted one); send only before it.
    thread_id (with case_number), target_message_id: what thread_case_id and target_outbox_id stand for at this moment (by claim only).
    """

    id: int
    bot: Bot
    chat_id: int
    lane: int
    kind: str
    method: str
    payload: dict[str, Any] = field(repr=False)
    due_at: datetime
    expires_at: datetime | None
    state: str
    attempts: int
    next_try_at: datetime | None
    leased_until: float | None
    error: str | None
    sent_message_id: int | None
    result: Any = field(repr=False)
    after_id: int | None
    thread_case_id: int | None
    target_outbox_id: int | None
    unique_key: str | None
    document_id: str | None
    created_at: datetime
    sent_at: datetime | None
    thread_id: int | None = None
    case_number: str | None = None
    target_message_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Backlog:
    """What one bot still has to send in one lane. `oldest`: when the oldest of these rows was written."""

    bot: Bot
    lane: int
    waiting: int
    oldest: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Reminder:
    """A due row. state: planned | sent | dropped. `author` and `text` only for a coordinator's follow-up."""

    id: int
    chat_id: int
    case_id: int | None
    kind: str
    subject: str
    occurrence: int
    due_at: datetime
    state: str
    text: str | None = field(repr=False)
    author: int | None
    created_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A stored upload: one file, or the files of one album. state: uploading | held | open | closed | refused.

    guarded: its bytes lie apart, under a key of their own, and it is never shown in the staff group.
    """

    id: str
    chat_id: int
    case_id: int | None
    record: str | None
    state: str
    album: str | None
    caption: str | None = field(repr=False)
    answers_key: str | None
    origin: str
    guarded: bool
    created_at: datetime
    closes_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One file of a document. state: uploading | held | announced | stored | refused.

    `blob` is its id in the vault, `hmac` of its plain bytes, `wrapped` the data key that it is sealed with; `guarded`: that is
    the key of what lies apart. `pages`, `readable`, `flags`
    and `facts` are what an inspection found (bot/inspection).
    """

    id: int
    document_id: str
    message_id: int
    file_id: str
    file_unique_id: str
    kind: str
    name: str | None = field(repr=False)
    declared_type: str | None
    declared_size: int | None
    state: str
    reason: str | None
    content_type: str | None
    size: int | None
    hmac: str | None
    blob: str | None
    attempts: int
    next_try_at: datetime | None
    created_at: datetime
    key_id: str | None
    wrapped: bytes | None = field(repr=False)
    guarded: bool
    link_id: int | None
    pages: int | None
    readable: bool | None
    flags: tuple[str, ...]
    facts: dict[str, str] = field(repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coordinator:
    """Somebody of the roster. `private_chat`: the desk bot can write to them in private. `role`: see flows/staff/roles.py.

    `languages` (ids), `topics` (reasons of flows.events.HandoffRequested): apart by commas, empty for all; `shift`: see flows/staff/shifts.py.
    `standing`: listed (the settings decide whether they work here) | added | removed (an administrator decided).
    """

    telegram_id: int
    name: str
    language: str
    active: bool
    private_chat: bool
    role: str
    standing: str
    languages: str = ""
    topics: str = ""
    shift: str = ""
    away_until: datetime | None = None
    updated_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditLine:
    """Who did what to which object; `detail` never holds health data. Each hash covers the line and the hash before it."""

    sequence: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NextAct:
    """What is to be done next in a case, and by which day (of the desk)."""

    case_id: int
    body: str
    due: date | None
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadValue:
    """A value that a coordinator read in a report. `amount`: a JSON value; `record`: what the document is, if one was named."""

    id: int
    chat_id: int
    link_id: str
    amount: Any
    day: date
    document_id: str | None
    record: str | None
    grade: str
    by: int
    at: datetime
