"""The tables of documents: links to the upload page, what was sent, its files and their keys, and what is known of records.

As in storage/tables.py: sealed columns (bytes) are marked, and `storage/migrations` must build exactly this.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger, Double, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.schema.columns import COUNTED, RowId, StrangeText, UtcTime, where


class DataKeys(SQLModel, table=True):
    """The keys that the bytes of one family's documents are sealed with, wrapped by the master key. area: records | guarded."""

    __tablename__ = "data_keys"
    __table_args__ = (UniqueConstraint("chat_id", "area", name="uq_data_keys_area"),)
    id: str = Field(primary_key=True)
    chat_id: int = Field(foreign_key="chats.id", sa_type=BigInteger)
    area: str
    wrapped: bytes  # sealed
    created_at: datetime = Field(sa_type=UtcTime)


class UploadLinks(SQLModel, table=True):
    """Links to the upload page. Only a digest of the link is kept, so that nobody who reads this table can use one."""

    __tablename__ = "upload_links"
    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    chat_id: int = Field(foreign_key="chats.id", index=True, sa_type=BigInteger)
    digest: str = Field(unique=True)
    record: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Documents(SQLModel, table=True):
    __table_args__ = (
        Index("uq_documents_album", "chat_id", "album", unique=True, **where("album IS NOT NULL")),
        Index("ix_documents_open", "closes_at", **where("state = 'open'")),
    )
    id: str = Field(primary_key=True)
    chat_id: int = Field(foreign_key="chats.id", index=True, sa_type=BigInteger)
    case_id: int | None = Field(default=None, foreign_key="cases.id", sa_type=BigInteger)
    record: str | None = None
    state: str = "open"
    album: str | None = Field(default=None, sa_type=StrangeText)
    caption: bytes | None = None  # sealed
    answers_key: str | None = None
    origin: str = "patient"
    guarded: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    created_at: datetime = Field(sa_type=UtcTime)
    closes_at: datetime = Field(sa_type=UtcTime)
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DocumentParts(SQLModel, table=True):
    __tablename__ = "document_parts"
    __table_args__ = (
        UniqueConstraint("document_id", "message_id", name="uq_document_parts_message"),
        Index("ix_document_parts_announced", "id", **where("state = 'announced'")),
        Index("ix_document_parts_hmac", "hmac", **where("hmac IS NOT NULL")),
        COUNTED,
    )
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    document_id: str = Field(foreign_key="documents.id")
    message_id: int = Field(sa_type=BigInteger)
    file_id: str = Field(sa_type=StrangeText)
    file_unique_id: str = Field(sa_type=StrangeText)
    kind: str
    name: bytes | None = None  # sealed
    declared_type: str | None = Field(default=None, sa_type=StrangeText)
    declared_size: int | None = Field(default=None, sa_type=BigInteger)
    state: str = "announced"
    reason: str | None = None
    content_type: str | None = None
    size: int | None = Field(default=None, sa_type=BigInteger)
    hmac: str | None = None  # keyed digest of the plain bytes: tells the same file sent twice, tells nobody else anything
    blob: str | None = None
    attempts: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcTime)
    leased_until: float | None = Field(default=None, sa_type=Double)
    created_at: datetime = Field(sa_type=UtcTime)
    key_id: str | None = None
    link_id: int | None = Field(default=None, sa_type=BigInteger)
    pages: int | None = None
    readable: bool | None = None
    flags: str | None = None  # codes of bot/inspection, apart by commas
    facts: bytes | None = None  # sealed


class RecordMarks(SQLModel, table=True):
    __tablename__ = "record_marks"
    chat_id: int = Field(foreign_key="chats.id", primary_key=True, sa_type=BigInteger)
    record: str = Field(primary_key=True)
    mark: str
    at: datetime = Field(sa_type=UtcTime)


class DocumentDates(SQLModel, table=True):
    """The day that stands on a document, as a coordinator read it."""

    __tablename__ = "document_dates"
    document_id: str = Field(foreign_key="documents.id", primary_key=True)
    day: date
    by: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)
