"""Aside: what stands in the chat below the open question, so that typed words are not taken for an answer to what was not read last.

A card that asks something of its own takes the words until it is settled. Below anything else that was said, words that could answer
many questions ("yes", "no", "skip") are asked about, and words that say for themselves what they answer ("54") still count.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from flows.events import (
    Answered,
    Asked,
    Completed,
    ConsentRecorded,
    CopyAsked,
    CopyWanted,
    DocumentQueried,
    DocumentReceived,
    Drafted,
    Erased,
    ErasureAsked,
    Event,
    Explained,
    HandoffRequested,
    LanguageAsked,
    LanguageChosen,
    Outdated,
    Parked,
    RecordAsked,
    RecordMarked,
    RemindersSet,
    Reviewed,
    SilenceAsked,
    Snoozed,
    StopAsked,
    Stopped,
    TalkEnded,
    TalkStarted,
    ZoneChosen,
)
from flows.support_events import (
    Rated,
    RatingOpened,
    RatingWorded,
    RecontactSet,
    TaskAnswered,
    TaskDated,
    TaskShown,
    TasksListed,
)

Aside = Literal["stop", "silence", "erasure", "language", "document", "rating", "asked", "said"]
"""What stands below the question: a card of that name; the wish for words to a mark; something that a person or a task asks; something that asks nothing."""

ASKS: dict[type, Aside] = {
    StopAsked: "stop",
    SilenceAsked: "silence",
    ErasureAsked: "erasure",
    LanguageAsked: "language",
    DocumentQueried: "document",
    RatingOpened: "rating",
    CopyAsked: "asked",
    TasksListed: "asked",
    TaskShown: "asked",
    TaskDated: "asked",
}
CARDS: dict[Aside, Event] = {
    "stop": StopAsked(),
    "silence": SilenceAsked(),
    "erasure": ErasureAsked(),
    "language": LanguageAsked(),
}
"""What is shown again when words came instead of a press."""

QUESTIONS = (Asked, Reviewed, Drafted, Explained, RecordAsked)
SETTLES = (
    *(Stopped, RemindersSet, Snoozed, Erased, LanguageChosen, DocumentReceived, RecordMarked),
    *(CopyWanted, TaskAnswered, RecontactSet, Rated, RatingWorded, TalkStarted, TalkEnded, Completed),
)
UNSEEN = (Answered, Parked, Outdated, ConsentRecorded, ZoneChosen, HandoffRequested)
"""Events that put no message below the question, or only one that another event of the same turn brings."""


def after(before: Aside | None, events: Iterable[Event]) -> Aside | None:
    """What stands below the open question after these events; None: nothing, it was shown last."""
    stands = before
    for event in events:
        if isinstance(event, QUESTIONS):
            stands = None
        elif type(event) in ASKS:
            stands = ASKS[type(event)]
        elif isinstance(event, SETTLES) or (not isinstance(event, UNSEEN) and stands is None):
            stands = "said"
    return stands


def said_by_house(before: Aside | None, *, asks: bool) -> Aside:
    """What stands there after a message that no turn of the patient's side brought. A card that asks stays what it is."""
    return "asked" if asks else before or "said"
