"""The tables of what the desk does for a case beside talking: submissions to hospitals and what these may read, tasks, paths that closed,
a word at the end.

As in storage/tables.py: sealed columns (bytes) are marked, and `storage/migrations` must build exactly this.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from storage.schema.columns import COUNTED, RowId, UtcTime


class Submissions(SQLModel, table=True):
    """A case at one hospital. `state`: that of its newest line; `protocols`: numbers of trials, apart by blanks."""

    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    case_id: int = Field(foreign_key="cases.id", index=True, sa_type=BigInteger)
    centre: str = Field(index=True)
    protocols: str = ""
    state: str
    opened_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class SubmissionLines(SQLModel, table=True):
    """Append only: what happened to a submission, on which day, and who said so."""

    __tablename__ = "submission_lines"
    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    submission_id: int = Field(foreign_key="submissions.id", index=True, sa_type=BigInteger)
    state: str
    day: date
    reason: str | None = None
    body: bytes | None = None  # sealed: who answered, and in what words
    documents: str = ""  # ids of records, apart by blanks
    by: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)


class Tasks(SQLModel, table=True):
    """Something that the family or the desk has to see to. `item`: its id in the definition, "" where `body` says what it is."""

    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    case_id: int = Field(foreign_key="cases.id", index=True, sa_type=BigInteger)
    item: str
    owner: str
    state: str
    body: bytes | None = None  # sealed
    note: bytes | None = None  # sealed
    due: date | None = None
    day: date | None = None  # the date that it asks for
    by: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class ClosedPaths(SQLModel, table=True):
    """Why a way was not open for a case, and how it stood beside the protocols then."""

    __tablename__ = "closed_paths"
    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    case_id: int = Field(foreign_key="cases.id", index=True, sa_type=BigInteger)
    reason: str
    body: bytes  # sealed
    by: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)


class Ratings(SQLModel, table=True):
    """One answer, after the end, to how it was to be looked after."""

    case_id: int = Field(
        foreign_key="cases.id", primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False}
    )
    mark: int
    body: bytes | None = None  # sealed
    word_until: datetime | None = Field(default=None, sa_type=UtcTime)  # until then the next words belong to it
    at: datetime = Field(sa_type=UtcTime)


class Credentials(SQLModel, table=True):
    """What a hospital shows to read the cases that were sent to it. Only a digest of it is kept. `by`: a coordinator, 0: the operator."""

    __table_args__ = COUNTED
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    centre: str
    digest: str = Field(unique=True)
    by: int = Field(sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
