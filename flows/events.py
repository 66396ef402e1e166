"""Every event: one frozen dataclass each, a fact in the past tense.

`flows` returns events; `bot/effects/` has exactly one function per event type, and refuses to start when one is missing.
Keys are places in a response (see `flows.response`); nothing here carries a chat id, a name or a Telegram word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flows.desk_events import (
    CaseClaimed,
    CaseClosed,
    CaseMoved,
    CaseReleased,
    ClaimLost,
    DayZeroSet,
    DocumentEvent,
    EvidenceRaised,
    FollowUpScheduled,
    MoveRefused,
    NextPlanned,
    Noted,
    RedFlagAcknowledged,
    Replied,
)
from flows.dialogue.reason import Reason
from flows.document_events import (
    DocumentHeld,
    DocumentQueried,
    DocumentReceived,
    DocumentRefused,
    DocumentRepeated,
    DocumentTooLarge,
    RecordAsked,
    RecordMarked,
    RecordsFinished,
    RecordsListed,
    UploadEnded,
    UploadOffered,
)
from flows.question_events import (
    Answered,
    Asked,
    Completed,
    Drafted,
    Explained,
    Outdated,
    Parked,
    Refused,
    Reviewed,
)
from flows.support_events import SupportEvent

__all__ = [
    "Answered",
    "Asked",
    "CaseClaimed",
    "CaseClosed",
    "CaseMoved",
    "CaseReleased",
    "ClaimLost",
    "Completed",
    "ConsentRecorded",
    "CopyAsked",
    "CopyWanted",
    "DayZeroSet",
    "DocumentHeld",
    "DocumentQueried",
    "DocumentReceived",
    "DocumentRefused",
    "DocumentRepeated",
    "DocumentTooLarge",
    "Drafted",
    "Erased",
    "ErasureAsked",
    "Event",
    "EvidenceRaised",
    "Explained",
    "FaqAnswered",
    "FaqListed",
    "FollowUpScheduled",
    "HandoffRequested",
    "HelpShown",
    "IntakeEnded",
    "LanguageAsked",
    "LanguageChosen",
    "MoveRefused",
    "NextPlanned",
    "NotUnderstood",
    "Noted",
    "Outdated",
    "Parked",
    "PrivacyShown",
    "Reason",
    "RecordAsked",
    "RecordMarked",
    "RecordsFinished",
    "RecordsListed",
    "RedFlagAcknowledged",
    "RedFlagged",
    "Refused",
    "RemindersSet",
    "Replied",
    "Restarted",
    "Resumed",
    "Reviewed",
    "SilenceAsked",
    "Snoozed",
    "StatusShown",
    "StopAsked",
    "Stopped",
    "TalkEnded",
    "TalkStarted",
    "Thanked",
    "TopicShown",
    "UploadEnded",
    "UploadOffered",
    "WordsRelayed",
    "ZoneChosen",
]

# ---- the intake around the questionnaire


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageAsked:
    """The choice of languages is shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LanguageChosen:
    language: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentRecorded:
    """`consent` is the linkId of the consent item. The text's version is the questionnaire's version plus a hash of the text shown."""

    consent: str
    given: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class IntakeEnded:
    """The consent to keep answers was refused: nothing is kept and nothing is asked."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcomed:
    """The first words of a form that has one language: nothing is to be chosen before it begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Renewed:
    """The form has a new version in which the answers to these questions are no answers any more: they are asked again."""

    keys: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Resumed:
    """The person came back (a second /start, Continue): the place is unchanged."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneChosen:
    """`zone` is an IANA time zone."""

    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RedFlagged:
    """Words or answers that may be an emergency. `flags` are ids of red_flags.json."""

    flags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class HandoffRequested:
    """A human is needed. A case is opened if none is open. `again`: by the desk, for a family that agreed to it."""

    reason: Literal["complete", "human", "red-flag", "again"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkStarted:
    """From now on words go to the coordinator; the intake waits. `claimed`: somebody holds the case already."""

    claimed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class TalkEnded:
    """Words are answers again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordsRelayed:
    """Words for the coordinator. `noted`: kept for the desk although no talk is on (they could not be an answer)."""

    text: str
    noted: bool = False
    edited: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class NotUnderstood:
    """Something arrived that cannot be used here; `kind` is its content name. What is accepted is said."""

    kind: str
    stored: bool = False  # kept and shown to the desk (a voice note)


@dataclass(frozen=True, kw_only=True, slots=True)
class Thanked:
    """A thank-you, or a picture of one, when nobody at the desk has a case: answered, and nothing is opened for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusShown:
    """Where the case stands, in plain words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HelpShown:
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivacyShown:
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqListed:
    """The questions that match, best first; all of them when nothing was searched."""

    query: str
    found: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FaqAnswered:
    faq: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TopicShown:
    """A page topic: comparison, steps, where, costs, about. None lists them."""

    topic: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class StopAsked:
    """What to stop is asked: reminders, all messages, everything deleted, in memory of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SilenceAsked:
    """Whether to stop everything because the patient died is asked once more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RemindersSet:
    on: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Snoozed:
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stopped:
    """No message goes out any more until the person writes again. in_memory: the patient died; the family asked for silence."""

    in_memory: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Restarted:
    """The person wrote again after stopping."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyAsked:
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class CopyWanted:
    """Everything that is kept of this chat is to be sent into it, as files."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureAsked:
    pass


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """Answers, documents, messages and reminders of this chat are to be deleted."""


Event = (
    Asked
    | Drafted
    | Answered
    | Refused
    | Explained
    | Reviewed
    | Completed
    | Outdated
    | Parked
    | LanguageAsked
    | LanguageChosen
    | ConsentRecorded
    | IntakeEnded
    | Resumed
    | Renewed
    | Welcomed
    | ZoneChosen
    | RedFlagged
    | HandoffRequested
    | TalkStarted
    | TalkEnded
    | WordsRelayed
    | NotUnderstood
    | Thanked
    | DocumentReceived
    | DocumentHeld
    | DocumentTooLarge
    | DocumentRefused
    | DocumentRepeated
    | UploadOffered
    | UploadEnded
    | DocumentQueried
    | RecordAsked
    | RecordMarked
    | RecordsListed
    | RecordsFinished
    | StatusShown
    | HelpShown
    | PrivacyShown
    | FaqListed
    | FaqAnswered
    | TopicShown
    | StopAsked
    | SilenceAsked
    | RemindersSet
    | Snoozed
    | Stopped
    | Restarted
    | CopyAsked
    | CopyWanted
    | ErasureAsked
    | Erased
    | CaseClaimed
    | ClaimLost
    | CaseReleased
    | CaseMoved
    | CaseClosed
    | MoveRefused
    | Replied
    | Noted
    | FollowUpScheduled
    | RedFlagAcknowledged
    | DayZeroSet
    | EvidenceRaised
    | DocumentEvent
    | NextPlanned
    | SupportEvent
)
