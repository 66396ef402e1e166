"""One question as one message: where we are, what is asked, what can be pressed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.messages import Button, Message, Rows, clip
from bot.wording import values
from bot.wording.controls import Style, button, column, rows
from bot.wording.markup import bold, lines, paragraphs, plain
from flows.dialogue.prompt import Expects
from flows.dialogue.prompting import shown_choices
from flows.inputs import Control
from flows.response import Absent, PartialDate

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from flows.dialogue.prompt import Lead, Prompt, ReviewEntry, ReviewPage
    from flows.items import Item
    from flows.response import Value

CHOSEN, NOT_CHOSEN = "☑", "☐"
RIGHT_TO_LEFT_ISOLATE, POP_ISOLATE = "\u2067", "\u2069"
SENTENCE_END = re.compile(r"(?<=[.?!؟。])\s")
GROUPS = (
    (Control.OTHER,),
    (Control.ADD, Control.DONE),
    (Control.KEEP,),
    (Control.UNKNOWN, Control.DECLINE),
    (Control.WHY, Control.HELP),
    (Control.BACK, Control.SKIP),
)
GIST, GIVEN = 90, 200  # characters of a question and of its answer in the review


def question(words: Catalogue, prompt: Prompt, revision: int, *, preface: str = "") -> Message:
    """The question that is open. `preface`: what has to be said first (why an answer was refused), escaped already."""
    head = "" if prompt.expects is Expects.OK else place(words, prompt)
    said_first = [_lead(words, lead) for lead in prompt.leads if not (prompt.part and lead.item.link_id == prompt.part.link_id)]
    asked = _asked(words, prompt)
    body = paragraphs(preface, head, *map(plain, said_first), asked, _kept(words, prompt), plain(_how(words, prompt)))
    return Message(text=body, rows=(*_answers(words, prompt, revision), *_around(words, prompt, revision)))


def text(words: Catalogue, item: Item) -> str:
    """What is asked or said, behind the number that the form gives it."""
    return " ".join(filter(None, (item.prefix, item.label.worded(words.worded))))


def _lead(words: Catalogue, lead: Lead) -> str:
    """A heading, from the second occurrence on with its number; a text; a value that the form gives, behind its name."""
    said = text(words, lead.item)
    if lead.occurrence:
        return f"{said} ({lead.occurrence + 1})"
    return f"{said}: {values.answer(words, lead.item, lead.values)}" if lead.values else said


def place(words: Catalogue, prompt: Prompt) -> str:
    """Such as "Part 3 of 10: The cancer" and "Question 2 of 6": said in words, for eyes and screen readers alike."""
    at = prompt.progress
    part = words.gettext("Part {part} of {parts}").format(part=at.part, parts=at.parts)
    step = words.gettext("Question {number} of {count}").format(number=at.number, count=at.count)
    named = text(words, at.part_item) if at.part_item else ""
    if at.parts == 1:  # of a form in parts, what comes is not known before this is answered
        return plain(named if named and text(words, prompt.item) else lines(named, step))
    return plain(lines(f"{part}: {named}" if named else part, step)) if at.part_item else plain(step)


def answered(words: Catalogue, item: Item, given: tuple[Value, ...]) -> Message:
    """What stays in the chat of a question that was answered."""
    sign = "–" if _skipped(given) else "✔"
    return Message(text=lines(plain(text(words, item)), bold(f"{sign} {values.answer(words, item, given)}")))


def explained(words: Catalogue, item: Item, what: str) -> str:
    """The reason of a question, or where its answer can be found; escaped."""
    child = item.why if what == "why" else item.help
    label = words.gettext("Why we ask") if what == "why" else words.gettext("Where to find it")
    return paragraphs(bold(label), plain(text(words, child)) if child else "")


def review(words: Catalogue, page: ReviewPage, revision: int) -> Message:
    """All answers for a last look, each with a number; a button with that number changes it."""
    head = bold(words.gettext("Please check your answers"))
    hint = words.gettext("Tap a number to change that answer. If everything is right, tap the last button.")
    more = words.gettext("Page {page} of {pages}").format(page=page.page + 1, pages=page.pages) if page.pages > 1 else ""
    listed = "\n".join(_entry(words, entry) for entry in page.entries)
    indices = [entry.index for entry in page.entries if entry.index is not None]
    numbers = [button(str(index + 1), Control.CHANGE, index, revision) for index in indices]
    turn = (
        button(words.gettext("Earlier answers"), Control.REVIEW, page.page - 1, revision) if page.page else None,
        button(words.gettext("More answers"), Control.REVIEW, page.page + 1, revision) if page.page + 1 < page.pages else None,
    )
    confirm = button(words.gettext("Everything is right"), Control.CONFIRM, None, revision, style="primary")
    keyboard = (*_grid(numbers), *rows(*turn), (confirm,))
    closing = [plain(text(words, item)) for item in page.leads]
    return Message(text=paragraphs(head, listed, *closing, plain(hint), plain(more)), rows=keyboard)


def completed(words: Catalogue) -> Message:
    """What stays of the review once everything was right."""
    return Message(text=plain(words.gettext("Thank you. Your answers are saved.")))


def _entry(words: Catalogue, entry: ReviewEntry) -> str:
    given = values.answer(words, entry.item, entry.values)
    number = "–" if entry.index is None else f"{entry.index + 1}."
    return f"{number} {plain(gist(text(words, entry.item)))}\n    {bold(clip(given, GIVEN))}"


def gist(asked: str) -> str:
    """A question in one line: its first sentence, cut where it is long."""
    return clip(SENTENCE_END.split(asked, maxsplit=1)[0], GIST)


def _grid(buttons: list[Button], width: int = 5) -> Rows:
    return tuple(tuple(buttons[start : start + width]) for start in range(0, len(buttons), width))


def _asked(words: Catalogue, prompt: Prompt) -> str:
    asked = text(words, prompt.item)
    if prompt.expects is Expects.OK:
        return plain(asked)
    if prompt.expects is Expects.MORE:
        return bold(words.gettext("Do you want to add another one?"))
    if prompt.expects is Expects.CONFIRM_ANSWER:
        shown = values.answer(words, prompt.item, prompt.kept)
        own = len(prompt.kept) == 1 and isinstance(prompt.kept[0], str)
        said = words.gettext("You wrote:") if own else words.gettext("You chose:")
        return paragraphs(plain(said), bold(shown), plain(words.gettext("Is that right?")))
    if prompt.expects is Expects.UNIT:
        which = words.gettext("{number}: in which unit? It stands next to the number on the report.")
        return paragraphs(plain(asked), bold(which.format(number=words.isolate(prompt.pending))))
    if prompt.expects is Expects.TIME and prompt.pending:
        day = values.partial_date(words, PartialDate(text=prompt.pending))
        return paragraphs(plain(asked), bold(words.gettext("{day}: at what time?").format(day=day)))
    return bold(asked)


def _kept(words: Catalogue, prompt: Prompt) -> str:
    """The answer that is already there, when a person comes back to a question; the files that came so far."""
    if prompt.expects is Expects.FILE and prompt.draft:
        count = len(prompt.draft)
        return plain(words.ngettext("{n} file saved so far.", "{n} files saved so far.", count).format(n=count))
    if prompt.former and not _skipped(prompt.former):
        before = values.answer(words, prompt.item, prompt.former)
        return plain(words.gettext("Before this question changed, your answer was: {answer}").format(answer=before))
    if not prompt.kept or prompt.expects is Expects.CONFIRM_ANSWER or _skipped(prompt.kept):
        return ""
    return plain(words.gettext("Your answer so far: {answer}").format(answer=values.answer(words, prompt.item, prompt.kept)))


def _how(words: Catalogue, prompt: Prompt) -> str:  # noqa: C901 - one line for each kind of answer
    """How to answer, where the buttons do not say it."""
    match prompt.expects:
        case Expects.OPTIONS:
            return words.gettext("You can choose more than one. Then tap Done.")
        case Expects.TEXT:
            return words.gettext("Write your answer as a message.")
        case Expects.OTHER:
            return words.gettext("Write it in your own words.")
        case Expects.INTEGER | Expects.DECIMAL | Expects.QUANTITY if not prompt.units:
            return words.gettext("Write a number.")
        case Expects.QUANTITY:
            return words.gettext("Write the number from the report ({units}).").format(units=_units(words, prompt))
        case Expects.DATE:
            return "" if prompt.picker else words.gettext("Write the date. A month and a year, or only a year, is fine too.")
        case Expects.TIME:
            return words.gettext("Write the time, for example 14:30.")
        case Expects.FILE:
            return words.gettext("Send a photo or a file here. Several are fine.")
        case Expects.OPTION if prompt.pending and prompt.item.help:  # what was typed fits several
            return text(words, prompt.item.help)
        case Expects.OPTION if prompt.pages > 1:
            return words.gettext("Tap an answer, or write the first letters.")
        case _:
            return ""


def _units(words: Catalogue, prompt: Prompt) -> str:
    return values.listed(words, [unit.display for unit in prompt.units])


def _answers(words: Catalogue, prompt: Prompt, revision: int) -> Rows:
    made: list[Button] = []
    match prompt.expects:
        case Expects.OK:
            made = [button(words.gettext("I have read this"), Control.OK, None, revision, style="primary")]
        case Expects.YES_NO | Expects.CONFIRM_ANSWER:
            yes = words.gettext("Yes")
            no = words.gettext("No")
            return (((button(yes, Control.YES, None, revision)), button(no, Control.NO, None, revision)),)
        case Expects.OPTION | Expects.OPTIONS:
            made = _options(words, prompt, revision)
        case Expects.UNIT:
            made = [button(unit.display, Control.UNIT, number, revision) for number, unit in enumerate(prompt.units)]
        case Expects.DATE:
            return _date(words, prompt, revision)
        case _:
            pass
    return column(*made)


def _options(words: Catalogue, prompt: Prompt, revision: int) -> list[Button]:
    made = []
    for choice in shown_choices(prompt, lambda option: words.worded(option.context, option.display)):
        label = " ".join(filter(None, (choice.option.prefix, words.worded(choice.option.context, choice.option.display))))
        if prompt.expects is Expects.OPTIONS:
            label = _boxed(words, label, selected=choice.selected)
        made.append(button(label, Control.OPTION, choice.index, revision))
    return made


def _boxed(words: Catalogue, label: str, *, selected: bool) -> str:
    """With a box to tick before it, which stands on the right in right-to-left languages whatever the label's script."""
    boxed = f"{CHOSEN if selected else NOT_CHOSEN} {label}"
    return f"{RIGHT_TO_LEFT_ISOLATE}{boxed}{POP_ISOLATE}" if words.right_to_left else boxed


def _date(words: Catalogue, prompt: Prompt, revision: int) -> Rows:
    if prompt.choices:
        return column(*_days(words, prompt, revision))
    if prompt.picker:
        made = [button(label, Control.PICK, number, revision) for number, label in _picks(words, prompt)]
        return _grid(made, 4)
    return rows(
        button(words.gettext("Today"), Control.TODAY, None, revision),
        button(words.gettext("Yesterday"), Control.YESTERDAY, None, revision),
        button(words.gettext("Choose by buttons"), Control.PICK, 0, revision),
    )


def _days(words: Catalogue, prompt: Prompt, revision: int) -> list[Button]:
    """The days that an unclear date may mean."""
    return [
        button(values.value(words, prompt.item, choice.option.value), Control.OPTION, choice.index, revision)
        for choice in prompt.choices
    ]


def _picks(words: Catalogue, prompt: Prompt) -> list[tuple[int, str]]:
    picker = prompt.picker
    assert picker is not None
    if picker.level == "month":
        return [(number, words.locale.months["stand-alone"]["abbreviated"][number]) for number in picker.numbers]
    return [(number, str(number)) for number in picker.numbers]


def _around(words: Catalogue, prompt: Prompt, revision: int) -> Rows:
    """What ends the question, then ways past it, then help, then back: each group in rows of its own, so that it is found again."""
    shown = prompt.controls - ({Control.KEEP} if _skipped(prompt.kept) else set())
    made = list(_pages(words, prompt, revision))
    for group in GROUPS:
        made += rows(*[_control(words, prompt, control, revision) for control in group if control in shown])
    return tuple(made)


def _label(words: Catalogue, prompt: Prompt, control: Control) -> str:  # noqa: C901 - one line for each
    match control:
        case Control.OTHER:
            return words.worded(prompt.item.open_context, prompt.item.open_label) or words.gettext("Something else")
        case Control.ADD:
            return words.gettext("Add another")
        case Control.DONE:
            return _done(words, prompt)
        case Control.KEEP:
            return words.gettext("Keep this answer")
        case Control.UNKNOWN:
            return words.gettext("I don't know")
        case Control.DECLINE:
            return words.gettext("I prefer not to say")
        case Control.WHY:
            return words.gettext("Why do we ask?")
        case Control.HELP:
            return words.gettext("Where to find it")
        case Control.SKIP:
            return words.gettext("Skip")
    return words.gettext("Back")


def _done(words: Catalogue, prompt: Prompt) -> str:
    if prompt.expects is Expects.MORE:
        return words.gettext("No, go on")
    return words.gettext("The day is enough") if prompt.expects is Expects.TIME else words.gettext("Done")


def _control(words: Catalogue, prompt: Prompt, control: Control, revision: int) -> Button:
    style: Style | None = "primary" if control is Control.DONE else None
    return button(_label(words, prompt, control), control, None, revision, style=style)


def _skipped(given: tuple[Value, ...]) -> bool:
    return Absent(reason="skipped") in given


def _pages(words: Catalogue, prompt: Prompt, revision: int) -> Rows:
    if prompt.pages < 2:  # noqa: PLR2004 - one page needs no turning
        return ()
    earlier = button(words.gettext("Earlier"), Control.PAGE, prompt.page - 1, revision) if prompt.page else None
    later = button(words.gettext("More"), Control.PAGE, prompt.page + 1, revision) if prompt.page + 1 < prompt.pages else None
    return rows(earlier, later)
