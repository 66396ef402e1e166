"""Everything that is known about one case, as far as it leaves the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flows.values import Coding

if TYPE_CHECKING:
    from flows.grounds.measured import Measured
    from flows.response import QuestionnaireResponse


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredFile:
    """One file of a document. `sha256`: 64 hex digits of its bytes, None when nobody looked at them; `data`: the bytes in base64, None
    when they stay where they are.
    """

    content_type: str
    size: int
    sha256: str | None
    data: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredDocument:
    """A document of a case; `id` is a UUID, `title` what it is in English, `code` the same for machines where it is known."""

    id: str
    title: str
    code: Coding | None
    received: datetime
    files: tuple[StoredFile, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """The newest line about one consent. `withdrawn`: it was given once. `text_hash`: SHA-256 of the words shown, in `language`."""

    consent: str
    given: bool
    withdrawn: bool
    text_version: str
    text_hash: str
    language: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFile:
    """What is known about one case, as far as it leaves the house. `language` is that of the interview."""

    number: str
    response: QuestionnaireResponse
    language: str
    documents: tuple[StoredDocument, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    measured: tuple[Measured, ...] = ()
    now: datetime
