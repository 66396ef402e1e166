"""A conversation in a terminal, for authors: what a turn shows as lines, and what can be pressed. Plain names instead of worded buttons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flows.clock_times import shown
from flows.events import Answered, Asked, Completed, Drafted, Explained, Outdated, Parked, Refused, Reviewed
from flows.inputs import Attachment, Control, Press
from flows.prompt import Expects, Prompt, ReviewPage
from flows.values import Absent, Coding, DateTime, Quantity, Value

if TYPE_CHECKING:
    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.tongue import Translate
    from flows.turns import Turn

Buttons = list[tuple[str, Press]]
# What is pressed instead of typed, where the expectation alone says so.
IMPLIED = {
    Expects.OK: (Control.OK,),
    Expects.YES_NO: (Control.YES, Control.NO),
    Expects.CONFIRM_ANSWER: (Control.YES, Control.NO),
}


def lines(turn: Turn, questionnaire: Questionnaire, translate: Translate) -> Iterator[str]:
    """Everything that a turn says, line by line."""
    for event in turn.events:
        match event:
            case Asked() | Drafted():
                yield from _question(event.prompt, translate)
            case Reviewed():
                yield from _review(event.page, translate)
            case Explained():
                yield _explanation(event, questionnaire, translate)
            case _:
                yield _fact(event)


def _fact(event: Answered | Refused | Parked | Completed | Outdated) -> str:
    match event:
        case Answered():
            return f"  = {', '.join(map(_value, event.values))}"
        case Refused():
            return " ".join(filter(None, ("  !", event.reason, event.limit, " / ".join(event.candidates), event.text)))
        case Parked():
            return f"  - {', '.join(event.keys)}"
        case _:
            return f"  * {type(event).__name__.lower()}"


def _explanation(event: Explained, questionnaire: Questionnaire, translate: Translate) -> str:
    item = questionnaire.item_at(event.key)
    text = None if item is None else item.why if event.what == "why" else item.help
    return f"  ? {translate(text.context, text.text)}" if text else "  ?"


def _question(prompt: Prompt, translate: Translate) -> Iterator[str]:
    at = prompt.progress
    yield ""
    yield f"[{at.part}/{at.parts} {at.number}/{at.count}] {prompt.key} ({prompt.expects})"
    yield from (f"  {_text(item, translate)}" for item in (*prompt.leads, prompt.item) if item.text)
    if prompt.pending:
        yield f"  ... {prompt.pending}"
    if prompt.kept:
        yield f"  ({', '.join(map(_value, prompt.kept))})"


def _text(item: Item, translate: Translate) -> str:
    return " ".join(filter(None, (item.prefix, translate(item.context, item.text))))


def _review(page: ReviewPage, translate: Translate) -> Iterator[str]:
    yield ""
    yield f"[{page.page + 1}/{page.pages}]"
    for entry in page.entries:
        number = "–" if entry.index is None else f"{entry.index + 1}."
        yield f"  {number} {_text(entry.item, translate)}: {', '.join(map(_value, entry.values))}"


def _value(value: Value) -> str:
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
    for choice in prompt.choices:
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
