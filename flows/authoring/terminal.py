"""A conversation in a terminal, for authors: what a turn shows as lines, and what can be pressed. Plain names instead of worded buttons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from flows.dialogue.prompt import Expects, Lead, Prompt, ReviewPage
from flows.dialogue.prompting import shown_choices
from flows.dialogue.refusals import Manner, Refusals, worded
from flows.engine import look
from flows.events import Answered, Asked, Completed, Drafted, Explained, Outdated, Parked, Refused, Reviewed
from flows.inputs import Attachment, Control, Press
from flows.items import Item
from flows.values import Absent, Coding, DateTime, Quantity, Value, Values, same
from flows.words.clock_times import shown

if TYPE_CHECKING:
    from flows.dialogue.turns import Turn
    from flows.questionnaire import Questionnaire
    from flows.words.tongue import Translate

NO_ITEM = Item(link_id="", name="", type="string")
Buttons = list[tuple[str, Press]]
# What is pressed instead of typed, where the expectation alone says so.
IMPLIED = {
    Expects.OK: (Control.OK,),
    Expects.YES_NO: (Control.YES, Control.NO),
    Expects.CONFIRM_ANSWER: (Control.YES, Control.NO),
}


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """Who looks at it: one form, in one language."""

    form: Questionnaire
    translate: Translate
    refusals: Refusals

    def lines(self, turn: Turn) -> Iterator[str]:
        """Everything that a turn says, line by line."""
        for event in turn.events:
            match event:
                case Asked() | Drafted():
                    yield from self._question(event.prompt)
                case Reviewed():
                    yield from self._review(event.page)
                case Explained():
                    yield self._explanation(event)
                case _:
                    yield self._fact(turn, event)

    def _fact(self, turn: Turn, event: Answered | Refused | Parked | Completed | Outdated) -> str:
        match event:
            case Answered():
                return f"  = {self._values(self._item(turn, event.key), event.values)}"
            case Refused():
                return f"  ! {worded(self.refusals, event, self._item(turn, event.key), Manner(translate=self.translate))}"
            case Parked():
                return f"  - put aside: {', '.join(self._text(self._item(turn, key)) or unquote(key) for key in event.keys)}"
            case _:
                return f"  * {type(event).__name__.lower()}"

    def _item(self, turn: Turn, key: str) -> Item:
        return look(self.form, turn.response, key) or NO_ITEM

    def _explanation(self, event: Explained) -> str:
        item = self.form.item_at(event.key)
        text = None if item is None else item.why if event.what == "why" else item.help
        return f"  ? {self._text(text)}" if text else "  ?"

    def _question(self, prompt: Prompt) -> Iterator[str]:
        at = prompt.progress
        yield ""
        yield f"[{at.part}/{at.parts} {at.number}/{at.count}] {unquote(prompt.key)} ({prompt.expects})"
        yield from map(self._lead, prompt.leads)
        if text := self._text(prompt.item):
            yield f"  {text}"
        if prompt.pending:
            yield f"  ... {prompt.pending}"
        if prompt.kept:
            yield f"  ({self._values(prompt.item, prompt.kept)})"

    def _lead(self, lead: Lead) -> str:
        number = f" ({lead.occurrence + 1})" if lead.occurrence else ""
        value = f": {self._values(lead.item, lead.values)}" if lead.values else ""
        return f"  {self._text(lead.item)}{number}{value}"

    def _text(self, item: Item) -> str:
        return " ".join(filter(None, (item.prefix, item.label.worded(self.translate))))

    def _review(self, page: ReviewPage) -> Iterator[str]:
        yield ""
        yield f"[{page.page + 1}/{page.pages}]"
        for entry in page.entries:
            number = "–" if entry.index is None else f"{entry.index + 1}."
            yield f"  {number} {self._text(entry.item)}: {self._values(entry.item, entry.values)}"
        yield from (f"  {self._text(item)}" for item in page.leads)

    def _values(self, item: Item, values: Values) -> str:
        return ", ".join(self._value(item, value) for value in values)

    def _value(self, item: Item, value: Value) -> str:
        option = next((option for option in item.options if same(option.value, value)), None)
        return self.translate(option.context, option.display) if option else plain(value)


def plain(value: Value) -> str:
    """A value that no option words."""
    match value:
        case Coding():
            return value.display or value.code
        case Quantity():
            return f"{value.value} {value.unit}".strip()
        case DateTime():
            return shown(value)
        case bool():
            return "yes" if value else "no"
        case Absent():
            return {"asked-unknown": "not known", "asked-declined": "not said", "skipped": "-"}[value.reason]
        case Attachment():
            return f"a file ({value.content_type})"
        case _:
            return str(value)


def buttons(turn: Turn, translate: Translate) -> Buttons:
    """What can be pressed now, in the order in which it is numbered."""
    shown = turn.events[-1] if turn.events else None
    revision = turn.response.revision
    if isinstance(shown, Asked | Drafted):
        made = _answers(shown.prompt, translate)
        made += [(_name(control), control, None) for control in sorted(shown.prompt.controls)]
    elif isinstance(shown, Reviewed):
        indices = [entry.index for entry in shown.page.entries if entry.index is not None]
        made = [(f"change {index + 1}", Control.CHANGE, index) for index in indices]
        made += [(f"page {page + 1}", Control.REVIEW, page) for page in range(shown.page.pages) if shown.page.pages > 1]
        made += [("confirm", Control.CONFIRM, None), ("back", Control.BACK, None)]
    else:
        made = []
    return [(label, Press(control=control, number=number, revision=revision)) for label, control, number in made]


def _answers(prompt: Prompt, translate: Translate) -> list[tuple[str, Control, int | None]]:
    made: list[tuple[str, Control, int | None]] = [
        (_name(control), control, None) for control in IMPLIED.get(prompt.expects, ())
    ]
    for choice in shown_choices(prompt, lambda option: translate(option.context, option.display)):
        mark = "x " if choice.selected else ""
        label = " ".join(filter(None, (choice.option.prefix, translate(choice.option.context, choice.option.display))))
        made.append((mark + label, Control.OPTION, choice.index))
    if prompt.expects is Expects.UNIT:
        made += [(unit.display, Control.UNIT, index) for index, unit in enumerate(prompt.units)]
    if prompt.picker:
        made += [(str(number), Control.PICK, number) for number in prompt.picker.numbers]
    if prompt.pages > 1:
        made += [(f"page {page + 1}", Control.PAGE, page) for page in range(prompt.pages) if page != prompt.page]
    return made


def _name(control: Control) -> str:
    return control.name.lower()
