"""What is shown: one question, or one page of the review. Frozen; worded elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from flows.inputs import Control
from flows.items import AnswerOption, Item, Unit
from flows.values import Values


class Expects(StrEnum):
    """What can be answered now."""

    OK = "ok"
    YES_NO = "yes-no"
    OPTION = "option"
    OPTIONS = "options"
    TEXT = "text"
    OTHER = "other"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    TIME = "time"
    QUANTITY = "quantity"
    UNIT = "unit"
    FILE = "file"
    MORE = "more"
    CONFIRM_ANSWER = "confirm-answer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """Part `part` of `parts`, headed by `part_item` (None where the form has no groups); question `number` of `count` in it."""

    part: int
    parts: int
    part_item: Item | None
    number: int
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One option on show. `index` is its place among all options of the item: what Press(OPTION) carries."""

    index: int
    option: AnswerOption
    selected: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Picker:
    """A date by buttons: `numbers` are the years, months (1-12) or days on show, what Press(PICK) carries."""

    level: Literal["year", "month", "day"]
    numbers: tuple[int, ...]
    year: int | None = None
    month: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """What is said before a question: a heading, a text, or a read-only question with the answer that the form gave it.

    `occurrence` counts those of a repeating group from 0.
    """

    item: Item
    values: Values = ()
    occurrence: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Prompt:
    """A question as it stands now.

    `former` is the answer to this question before it changed. `leads` is said first (headings, texts, read-only items); `kept` is the answer that KEEP keeps, or with CONFIRM_ANSWER the answer to be
    confirmed; `draft` is what was chosen, sent or picked so far; `pending` is the number that waits for its unit, the day that waits for
    its time, or the typed part of a label. `choices` of a DATE are the days that an unclear date may mean. Pages count from 0.
    """

    key: str
    item: Item
    progress: Progress
    expects: Expects
    leads: tuple[Lead, ...] = ()
    choices: tuple[Choice, ...] = ()
    page: int = 0
    pages: int = 1
    former: Values = ()
    units: tuple[Unit, ...] = ()
    controls: frozenset[Control] = frozenset()
    kept: Values = ()
    draft: Values = ()
    picker: Picker | None = None
    pending: str = ""
    occurrence: int | None = None

    @property
    def part(self) -> Item | None:
        """The heading of the part of the form that this question is in."""
        return self.progress.part_item


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewEntry:
    """One answer in the review. `index` is what Press(CHANGE) carries; `occurrence` counts from 0, None outside repeating groups.

    A repeating group has an entry of its own, whose value is the number of its occurrences: changing it asks for another one.
    What the form itself filled in or calculated has no index: it is shown, and nobody can change it.
    """

    index: int | None
    key: str
    item: Item
    values: Values
    part: Item | None = None
    occurrence: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewPage:
    """A page of the review; `leads` are the form's closing texts, on the last page."""

    entries: tuple[ReviewEntry, ...]
    page: int = 0
    pages: int = 1
    leads: tuple[Item, ...] = ()
