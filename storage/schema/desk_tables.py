"""Tables of the desk's own memory; storage/tables.py has them with all others."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from storage.schema.columns import RowId, StrangeText, UtcTime


class NextActs(SQLModel, table=True):
    """What is to be done next in a case, in a coordinator's words."""

    __tablename__ = "next_acts"
    case_id: int = Field(foreign_key="cases.id", primary_key=True, sa_type=BigInteger)
    body: bytes  # sealed
    due: date | None = None
    by: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)


class Nudges(SQLModel, table=True):
    """How often the desk was reminded that something waits. about: claim | answer | flag; since: the wait that it was about."""

    case_id: int = Field(foreign_key="cases.id", primary_key=True, sa_type=BigInteger)
    about: str = Field(primary_key=True)
    since: datetime = Field(sa_type=UtcTime)
    times: int
    at: datetime = Field(sa_type=UtcTime)


class Tallies(SQLModel, table=True):
    """Counts of the responses that were begun on a day (UTC). what: begun | finished | answered | stand; the last two of a question."""

    day: date = Field(primary_key=True)
    what: str = Field(primary_key=True)
    link_id: str = Field(primary_key=True)  # "" where no question is meant
    many: int


class Counted(SQLModel, table=True):
    """What a response has added to the tallies, at which revision, so that it can be taken off again when it goes on."""

    response_id: str = Field(foreign_key="responses.id", primary_key=True)
    revision: int
    body: bytes  # sealed


class SavedViews(SQLModel, table=True):
    """Filters of the list of cases that somebody gave a name. `query` is the query string of the page."""

    __tablename__ = "saved_views"
    coordinator: int = Field(foreign_key="coordinators.telegram_id", primary_key=True, sa_type=BigInteger)
    name: str = Field(primary_key=True, sa_type=StrangeText)
    query: str


class ReadValues(SQLModel, table=True):
    """Values that coordinators read in reports. `link_id`: the question that asks for such a value; `grade`: document | checked."""

    __tablename__ = "read_values"
    __table_args__ = {"sqlite_autoincrement": True}
    id: int | None = Field(default=None, primary_key=True, sa_type=cast("Any", RowId))
    chat_id: int = Field(foreign_key="chats.id", index=True, sa_type=BigInteger)
    link_id: str
    amount: bytes  # sealed
    day: date
    document_id: str | None = Field(default=None, foreign_key="documents.id")
    grade: str
    by: int = Field(sa_type=BigInteger)
    at: datetime = Field(sa_type=UtcTime)
