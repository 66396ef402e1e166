"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _audit()
    _chats()
    _coordinators()
    _inbox()
    _outbox()
    _cases()
    _consents()
    _record_marks()
    _responses()
    _answer_changes()
    _case_messages()
    _kept_words()
    _facts()
    _documents()
    _reminders()
    _document_parts()


def downgrade() -> None:
    for name in TABLES:
        op.drop_table(name)


def _index(name: str, table: str, *columns: str, unique: bool = False, where: str | None = None) -> None:
    partial: dict[str, Any] = {} if where is None else {"sqlite_where": sa.text(where), "postgresql_where": sa.text(where)}
    op.create_index(name, table, columns, unique=unique, **partial)


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("object", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("previous_hash", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
    )


def _chats() -> None:
    op.create_table(
        "chats",
        sa.Column("id", ID, primary_key=True),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False, unique=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("language_hint", sa.String(), nullable=True),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("talking", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("unreachable_at", TIME, nullable=True),
        sa.Column("reminders_on", sa.Boolean(), nullable=False),
        sa.Column("snoozed_until", TIME, nullable=True),
        sa.Column("last_heard_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("asked_message", sa.BigInteger(), nullable=True),
        sa.Column("awaiting_document", sa.String(), nullable=True),
        sqlite_autoincrement=True,
    )


def _coordinators() -> None:
    op.create_table(
        "coordinators",
        sa.Column("telegram_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("private_chat", sa.Boolean(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
    )


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("bot", sa.String(), primary_key=True),
        sa.Column("update_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
    )
    _index("ix_inbox_message", "inbox", "bot", "chat_id", "message_id")
    _index("ix_inbox_new", "inbox", "bot", "received_at", "update_id", where="state = 'new'")


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, primary_key=True),
        sa.Column("bot", sa.String(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=True),
        sa.Column("holds_chat", sa.Boolean(), nullable=False),
        sa.Column("leased_until", sa.Double(), nullable=True),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("sent_message_id", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("after_id", sa.BigInteger(), nullable=True),
        sa.Column("thread_case_id", sa.BigInteger(), nullable=True),
        sa.Column("target_outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("unique_key", sa.String(), nullable=True),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sqlite_autoincrement=True,
    )
    _index("ix_outbox_chat", "outbox", "bot", "chat_id")
    _index("ix_outbox_expiring", "outbox", "bot", "expires_at", where="state = 'waiting' AND expires_at IS NOT NULL")
    _index(
        "ix_outbox_fresh", "outbox", "bot", "lane", "due_at", "id", "chat_id", where="state = 'waiting' AND next_try_at IS NULL"
    )
    _index(
        "ix_outbox_lines", "outbox", "bot", "lane", "chat_id", "due_at", "id", where="state = 'waiting' AND next_try_at IS NULL"
    )
    _index("ix_outbox_sending", "outbox", "bot", "chat_id", where="state = 'sending'")
    _index("ix_outbox_target", "outbox", "target_outbox_id", where="target_outbox_id IS NOT NULL")
    _index("ix_outbox_thread", "outbox", "thread_case_id", where="thread_case_id IS NOT NULL")
    _index("ix_outbox_tried", "outbox", "bot", "next_try_at", where="state = 'waiting' AND next_try_at IS NOT NULL")
    _index("ix_outbox_tried_chat", "outbox", "bot", "chat_id", where="state = 'waiting' AND next_try_at IS NOT NULL")
    _index("uq_outbox_key", "outbox", "unique_key", unique=True, where="unique_key IS NOT NULL")


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", ID, primary_key=True),
        sa.Column("number", sa.String(), nullable=False, unique=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("previous_stage", sa.String(), nullable=True),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("holder", sa.BigInteger(), nullable=True),
        sa.Column("claimed_at", TIME, nullable=True),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("close_reason", sa.String(), nullable=True),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("card_outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("alert_outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("red_flag_at", TIME, nullable=True),
        sa.Column("red_flag_ack_at", TIME, nullable=True),
        sa.Column("day_zero", sa.Date(), nullable=True),
        sqlite_autoincrement=True,
    )
    _index("ix_cases_chat_id", "cases", "chat_id")
    _index("ix_cases_topic_id", "cases", "topic_id")
    _index("ix_cases_waiting", "cases", "opened_at", where="closed_at IS NULL")
    _index("uq_cases_open", "cases", "chat_id", unique=True, where="closed_at IS NULL")


def _consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", ID, primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("consent", sa.String(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sqlite_autoincrement=True,
    )
    _index("ix_consents_chat_id", "consents", "chat_id")


def _record_marks() -> None:
    op.create_table(
        "record_marks",
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), primary_key=True),
        sa.Column("record", sa.String(), primary_key=True),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("at", TIME, nullable=False),
    )


def _responses() -> None:
    op.create_table(
        "responses",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questionnaire", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.UniqueConstraint("chat_id", "number", name="uq_responses_number"),
    )


def _answer_changes() -> None:
    op.create_table(
        "answer_changes",
        sa.Column("id", ID, primary_key=True),
        sa.Column("response_id", sa.String(), sa.ForeignKey("responses.id"), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sqlite_autoincrement=True,
    )
    _index("ix_answer_changes_response_id", "answer_changes", "response_id")


def _case_messages() -> None:
    op.create_table(
        "case_messages",
        sa.Column("id", ID, primary_key=True),
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("document_id", sa.String(), nullable=True),
        sa.Column("patient_message_id", sa.BigInteger(), nullable=True),
        sa.Column("desk_message_id", sa.BigInteger(), nullable=True),
        sa.Column("desk_outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("patient_outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sqlite_autoincrement=True,
    )
    _index("ix_case_messages_desk", "case_messages", "case_id", "desk_message_id")
    _index("ix_case_messages_desk_outbox_id", "case_messages", "desk_outbox_id")
    _index("ix_case_messages_patient", "case_messages", "case_id", "patient_message_id")
    _index("ix_case_messages_patient_outbox_id", "case_messages", "patient_outbox_id")


def _kept_words() -> None:
    op.create_table(
        "kept_words",
        sa.Column("id", ID, primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("patient_message_id", sa.BigInteger(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sqlite_autoincrement=True,
    )
    _index("ix_kept_words_chat_id", "kept_words", "chat_id")


def _facts() -> None:
    op.create_table(
        "facts",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("value", sa.String(), nullable=False),
    )


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("record", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("album", sa.String(), nullable=True),
        sa.Column("caption", sa.LargeBinary(), nullable=True),
        sa.Column("answers_key", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("closes_at", TIME, nullable=False),
        sa.Column("closed_at", TIME, nullable=True),
    )
    _index("ix_documents_chat_id", "documents", "chat_id")
    _index("ix_documents_open", "documents", "closes_at", where="state = 'open'")
    _index("uq_documents_album", "documents", "chat_id", "album", unique=True, where="album IS NOT NULL")


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("id", ID, primary_key=True),
        sa.Column("chat_id", sa.BigInteger(), sa.ForeignKey("chats.id"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), sa.ForeignKey("cases.id"), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("author", sa.BigInteger(), nullable=True),
        sa.Column("leased_until", sa.Double(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.UniqueConstraint("chat_id", "kind", "subject", "occurrence", name="uq_reminders_occurrence"),
        sqlite_autoincrement=True,
    )
    _index("ix_reminders_due", "reminders", "due_at", "id", where="state = 'planned'")


def _document_parts() -> None:
    op.create_table(
        "document_parts",
        sa.Column("id", ID, primary_key=True),
        sa.Column("document_id", sa.String(), sa.ForeignKey("documents.id"), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("file_unique_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=True),
        sa.Column("declared_type", sa.String(), nullable=True),
        sa.Column("declared_size", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("content_type", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("hmac", sa.String(), nullable=True),
        sa.Column("blob", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", TIME, nullable=True),
        sa.Column("leased_until", sa.Double(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.UniqueConstraint("document_id", "message_id", name="uq_document_parts_message"),
        sqlite_autoincrement=True,
    )
    _index("ix_document_parts_announced", "document_parts", "id", where="state = 'announced'")
    _index("ix_document_parts_hmac", "document_parts", "hmac", where="hmac IS NOT NULL")


TABLES = (
    "document_parts",
    "reminders",
    "documents",
    "facts",
    "kept_words",
    "case_messages",
    "answer_changes",
    "responses",
    "record_marks",
    "consents",
    "cases",
    "outbox",
    "inbox",
    "coordinators",
    "chats",
    "audit",
)
