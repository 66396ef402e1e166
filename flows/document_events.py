"""Events of documents and of the records that they are, and of the way in for large ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flows.inputs import Attachment
from flows.records import State


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentReceived:
    """A document is stored. `record` is the checklist item that it was filed under, None while that is open."""

    attachment: Attachment
    record: str | None
    answers: str | None = None  # the key of the attachment question that it answers
    files: int = 1
    unreadable: int = 0  # files of it that do not open
    photo: bool = False  # worth saying once: a file shows more than a photo


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentRepeated:
    """The very same bytes came before. `record`: what they were filed under then; `kept_as`: where this copy goes, None: asked next."""

    attachment: Attachment
    record: str | None
    kept_as: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadOffered:
    """A link to the upload page is wanted, for files that a chat cannot carry. `record`: what for."""

    record: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class UploadEnded:
    """The link to the upload page shall not work any more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentHeld:
    """A file came before the consent to keep anything: it stays with Telegram and is fetched once the answer is yes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentTooLarge:
    """More than a Telegram bot may fetch. `limit` in bytes; `kept`: things may be kept, so there is another way for it now."""

    limit: int
    kept: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentRefused:
    """A file could not be kept; `reason` is its code."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentQueried:
    """What is this document? The checklist is offered as buttons. `number`: the document's number in this chat."""

    attachment: Attachment
    number: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordAsked:
    """The next missing record is asked for, or once more. number/count: its place among those asked now."""

    record: str
    number: int
    count: int
    state: State = "missing"


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordMarked:
    """later: will be sent later; none: the person does not have it. No record: all that were missing."""

    record: str | None
    mark: Literal["later", "none"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordsListed:
    """The checklist is shown, each record with its state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordsFinished:
    """Every record was sent, put off or marked as not there: the closing message with the case number follows."""
