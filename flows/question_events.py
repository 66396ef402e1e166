"""What happens to a question and its answer: one frozen dataclass each, a fact in the past tense. See flows.events for all others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.dialogue.reason import Reason

if TYPE_CHECKING:
    from flows.dialogue.prompt import Prompt, ReviewPage
    from flows.response import Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A question is now the one being asked. `again`: the same question as before this turn (after a side question, a refusal)."""

    prompt: Prompt
    again: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """The question stays, its face changed: an option toggled, a page turned, a picker opened. Shown by editing the message."""

    prompt: Prompt


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """An answer was recorded. `before` is what it replaced, empty for a first answer."""

    key: str
    link_id: str
    values: tuple[Value, ...]
    before: tuple[Value, ...] = ()
    amended: bool = False  # the response had been completed


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """What was said cannot be the answer to this question. The question stays open; Asked(again=True) follows.

    `may_skip`: it was refused so often that it can be left out although the form wants an answer.
    """

    key: str
    reason: Reason
    limit: str = ""
    candidates: tuple[str, ...] = ()
    text: str = ""
    may_skip: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """Why a question is asked, or where the answer can be found. The question stays open."""

    key: str
    what: Literal["why", "help"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reviewed:
    """All questions are answered, skipped or not needed: the answers are shown for a last look."""

    page: ReviewPage


@dataclass(frozen=True, kw_only=True, slots=True)
class Completed:
    """The person said that the answers are right. `amended`: it had been completed before."""

    amended: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Outdated:
    """A button of an earlier question was pressed; nothing changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parked:
    """Answers that no longer count because an earlier answer switched their questions off. They come back if it is switched on."""

    keys: tuple[str, ...]
