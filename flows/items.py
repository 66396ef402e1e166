"""The parts of a questionnaire: items, their options and conditions. Frozen; read once, from FHIR JSON (see item_reading.py)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from flows.texts import Text
from flows.values import Coding, Value, Values

Operator = Literal["exists", "=", "!=", ">", "<", ">=", "<="]


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswerOption:
    """One possible answer. `context` is its gettext context; `prefix` stands before the label ("a)"); `exclusive` clears every other choice; `absent`: "I don't know".

    `also`: what else people say for it, separated by semicolons. Understood, never shown.
    """

    value: Value
    display: str
    context: str
    index: int
    prefix: str = ""
    exclusive: bool = False
    absent: bool = False
    ordinal: Decimal | None = None
    initial: bool = False
    also: str = ""

    @property
    def also_context(self) -> str:
        """The gettext context of `also`."""
        return f"{self.context}/also"


@dataclass(frozen=True, kw_only=True, slots=True)
class Unit:
    """A unit that a quantity can have. `low` and `high`: the least and the greatest value that can be true in it, where stated."""

    code: str
    display: str
    system: str = ""
    low: Decimal | None = None
    high: Decimal | None = None

    def fits(self, number: Decimal) -> bool:
        return (self.low is None or number >= self.low) and (self.high is None or number <= self.high)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnableWhen:
    """One condition on the answers of another item."""

    question: str
    operator: Operator
    answer: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Gate:
    """The conditions of one item, its own or an ancestor's. `depth`: how many scopes of a place's path the item itself has.

    `name` is that of the item; `computed`: an expression decides too.
    """

    link_id: str
    when: tuple[EnableWhen, ...]
    behavior: Literal["all", "any"]
    depth: int
    name: str = ""
    computed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """A question, a group or a text to be said.

    `name` is the linkId as it stands in keys. `scopes` are the linkIds of the repeating groups and of the answered questions that
    it stands under, outermost first. Limits are numbers, Quantity values or dates; `max_size` is in bytes. `called`: what stands for a
    text that the item does not have.
    """

    link_id: str
    name: str
    type: str
    text: str = ""
    prefix: str = ""
    code: tuple[Coding, ...] = ()
    required: bool = False
    repeats: bool = False
    read_only: bool = False
    hidden: bool = False
    options: tuple[AnswerOption, ...] = ()
    open: bool = False
    open_label: str = ""
    enable_when: tuple[EnableWhen, ...] = ()
    enable_behavior: Literal["all", "any"] = "any"
    control: str = ""
    units: tuple[Unit, ...] = ()
    minimum: Value | None = None
    maximum: Value | None = None
    decimal_places: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str = ""
    entry_format: str = ""
    mime_types: tuple[str, ...] = ()
    max_size: int | None = None
    min_occurs: int = 0
    max_occurs: int | None = None
    initial: Values = ()
    items: tuple[Item, ...] = ()
    parent: str | None = None
    why: Item | None = None
    help: Item | None = None
    absent: frozenset[str] = frozenset()
    consent: str | None = None
    card: bool = False
    confirm: bool = False
    past: bool = False
    alphabetical: bool = False
    scopes: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    conditional: bool = False
    called: Text | None = None

    @property
    def label(self) -> Text:
        """What a person reads: the text, else what stands for it; "" where the form says nothing at all."""
        return self.called if self.called and not self.text else Text(context=self.context, english=self.text)

    @property
    def context(self) -> str:
        """The gettext context of the text."""
        return self.link_id

    @property
    def open_context(self) -> str:
        """The gettext context of the label of "something else"."""
        return f"{self.link_id}/openLabel"

    @property
    def repeating_group(self) -> bool:
        return self.repeats and self.type == "group"

    @property
    def several(self) -> bool:
        """Whether it can have more than one answer."""
        return self.repeats and self.max_occurs != 1

    @property
    def is_question(self) -> bool:
        return self.type not in {"group", "display"}

    @property
    def asked(self) -> bool:
        """Whether a person is asked for it (cards are asked to be read)."""
        return self.card if self.type == "display" else self.is_question and not self.hidden and not self.read_only

    @property
    def unknown_option(self) -> AnswerOption | None:
        """The option that says "I don't know", where the form has one."""
        return next((option for option in self.options if option.absent), None)


def name_of(link_id: str) -> str:
    """A linkId as a part of a key: the characters that structure keys are written as in URLs."""
    return link_id.replace("%", "%25").replace("#", "%23").replace("/", "%2F")
