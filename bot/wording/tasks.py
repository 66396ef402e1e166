"""Tasks in words: what the family reads and can tap, and what the desk sees of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.dates import get_month_names

from bot.messages import Message, clip
from bot.wording import controls, keys, values
from bot.wording.controls import button, column, rows
from bot.wording.keys import Verb
from bot.wording.markup import bold, lines, paragraphs, plain
from bot.wording.visible import one_line, visible
from flows.casework.tasks import MOVES, STATES, WAITING
from flows.inputs import Control

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.catalogues import Catalogue
    from bot.messages import Button
    from flows.casework.tasks import Lasts
    from flows.library import Definition
    from storage.desk.tasks import Task

LABEL, WORDS = 40, 200  # characters of a task on a button; of words in a line
YEARS = 11  # a passport lasts for ten years at most
MONTHS = 12


def name(words: Catalogue, definition: Definition, task: Task) -> str:
    """The item's name, or the coordinator's own words in short; plain."""
    item = definition.support.item(task.item)
    return item.label.worded(words.worded) if item else words.isolate(one_line(task.body or "", LABEL))


# ---- for the family


def listed(words: Catalogue, definition: Definition, found: Sequence[Task]) -> Message:
    """What they can do now, a button for each."""
    if not found:
        return Message(
            text=plain(words.gettext("There is nothing for you to do now. We write here when there is.")),
            rows=rows(controls.ask_person(words)),
        )
    made = [button(name(words, definition, one), Control.TASK, one.id) for one in found]
    head = words.gettext("What you can do now")
    hint = words.gettext("Tap one of them to read more, or to tell us how it stands.")
    return Message(text=paragraphs(bold(head), plain(hint)), rows=(*column(*made), *rows(controls.ask_person(words))))


def task(words: Catalogue, definition: Definition, one: Task) -> Message:
    """One task: what it is, until when, and the answers to it as buttons."""
    item = definition.support.item(one.item)
    ask = item.ask.worded(words.worded) if item and item.ask else ""
    until = words.gettext("If you can, until {day}.").format(day=values.day(words, one.due)) if one.due else ""
    own = visible(one.body)[0] if one.body else ""
    head = item.label.worded(words.worded) if item else words.gettext("A request of your coordinator")
    or_write = words.gettext("You can also write the date here.") if item and item.date else ""
    text = paragraphs(bold(head), plain(ask), plain(own), plain(until), plain(or_write))
    dated = button(words.gettext("Choose the date"), Control.TASK_DATE, one.id) if item and item.date else None
    return Message(text=text, rows=rows(dated, *answers(words, one.id, dated=dated is not None)))


def answers(words: Catalogue, task_id: int, *, dated: bool = False) -> tuple[Button | None, ...]:
    return (
        None if dated else button(words.gettext("It is done"), Control.TASK_DONE, task_id, style="success"),
        button(words.gettext("I cannot do this"), Control.TASK_CANNOT, task_id),
        controls.ask_person(words),
    )


def answered(words: Catalogue, label: str, state: str) -> str:
    """Escaped."""
    texts = {
        "done": words.gettext("“{task}”: thank you. Your coordinator sees that it is done."),
        "not-possible": words.gettext("“{task}”: all right. Your coordinator sees this and looks for another way."),
    }
    return plain(texts[state].format(task=label))


def settled(words: Catalogue) -> str:
    return words.gettext("This is settled already.")


def which_year(words: Catalogue, label: str, task_id: int, first: int) -> Message:
    made = [button(str(year), Control.TASK_DATE, task_id, year) for year in range(first, first + YEARS)]
    return Message(text=paragraphs(bold(label), plain(words.gettext("In which year?"))), rows=rows(*made))


def which_month(words: Catalogue, label: str, task_id: int, year: int) -> Message:
    names = get_month_names("wide", context="stand-alone", locale=words.language)
    made = [button(names[month], Control.TASK_DATE, task_id, year * MONTHS + month - 1) for month in range(1, MONTHS + 1)]
    asked = words.gettext("In which month of {year}?").format(year=year)
    return Message(text=paragraphs(bold(label), plain(asked)), rows=rows(*made))


def costs(words: Catalogue) -> Message:
    """What happens when somebody asks what it will cost. Which parts there are stands over the button: see wording.page."""
    asked = words.gettext("A coordinator asks the hospital about each part of the cost and writes to you here.")
    final = words.gettext("The hospital gives the final figure after it has reviewed the case.")
    return Message(text=paragraphs(plain(asked), plain(final)), rows=rows(controls.ask_person(words)))


# ---- for the desk


def states(words: Catalogue, kind: str) -> dict[str, str]:
    """In the order of flows.casework.tasks.STATES; the parts of the cost have words of their own."""
    cost = kind == "cost"
    return {
        "open": words.pgettext("task", "not asked yet") if cost else words.pgettext("task", "open"),
        "asked": words.pgettext("task", "asked at the hospital") if cost else words.pgettext("task", "asked for elsewhere"),
        "done": words.pgettext("task", "received from the hospital") if cost else words.pgettext("task", "done"),
        "not-possible": words.pgettext("task", "not possible"),
        "dropped": words.pgettext("task", "not needed"),
    }


def kind(definition: Definition, one: Task) -> str:
    item = definition.support.item(one.item)
    return item.kind if item else "request"


def brief(words: Catalogue, found: Sequence[Task], today: date | None, *, command: bool) -> str:
    """One line of the card. `command`: with the one that shows them."""
    waiting = [one for one in found if one.state in WAITING]
    counts = {owner: sum(one.owner == owner for one in waiting) for owner in ("family", "desk")}
    late = sum(one.due is not None and today is not None and one.due < today for one in waiting)
    if not waiting:
        return ""
    text = words.gettext("Open tasks: family {family}, desk {desk}").format(**counts)
    text = f"{text} ({words.isolate('/tasks')})" if command else text
    past = words.ngettext("{n} is past its day", "{n} are past their day", late).format(n=late) if late else ""
    return "; ".join(part for part in (text, past) if part)


def overview(words: Catalogue, definition: Definition, case: int, found: Sequence[Task], lasts: str) -> Message:
    """Every task with its state; a button for each that waits. `lasts`: what is to be said of the passport."""
    if not found:
        return Message(text=plain(words.gettext("There are no tasks. /task offers some; a stage opens its own.")))
    listed_ = [plain(line(words, definition, one)) for one in found]
    how = words.gettext("To change one: /task 12 done, /task 12 2026-12-05, with words if you like.")
    waiting = [(one.id, clip(f"{one.id}. {name(words, definition, one)}", LABEL)) for one in found if one.state in WAITING]
    text = paragraphs(bold(words.gettext("Tasks of this case")), lines(*listed_), plain(lasts), plain(how))
    return Message(text=text, rows=keys.choices(words, Verb.TASK, case, waiting)[:-1])


def line(words: Catalogue, definition: Definition, one: Task) -> str:
    """Number, name, owner, state, dates, note; plain."""
    owners = {"family": words.pgettext("owner", "family"), "desk": words.pgettext("owner", "desk")}
    due = words.gettext("until {day}").format(day=values.day(words, one.due)) if one.due else ""
    day = values.day(words, one.day) if one.day else ""
    note = f"“{words.isolate(one_line(one.note, WORDS))}”" if one.note else ""
    state = states(words, kind(definition, one))[one.state]
    parts = [owners[one.owner], state, due, day, note]
    return f"{one.id}. {name(words, definition, one)}: {', '.join(part for part in parts if part)}"


def passport(words: Catalogue, lasts: Lasts, needed: date | None) -> str:
    """`needed`: the first day that would be enough, where it is known."""
    until = values.day(words, needed) if needed else ""
    texts = {
        "lasts": words.gettext("The passport lasts long enough for the stay and what is asked beyond it."),
        "short": words.gettext("The passport is too short: it has to be valid until {day} at least."),
        "unknown": words.gettext(
            "Whether the passport lasts is not known until both dates are there: its own, and the arrival."
        ),
    }
    return texts[lasts].format(day=until)


def told(words: Catalogue, who: str | None, text: str) -> str:
    """The line in the topic; escaped. `who`: a coordinator, None for the patient's side."""
    head = words.isolate(who) if who else words.gettext("The patient’s side")
    return plain(f"{head}: {text}")


def opened(words: Catalogue, count: int) -> str:
    text = words.ngettext(
        "This stage opens {n} task. /tasks shows it.", "This stage opens {n} tasks. /tasks shows them.", count
    )
    return plain(text.format(n=count))


def costs_asked(words: Catalogue) -> str:
    return plain(
        words.gettext("The patient’s side asks what it will cost. /tasks shows the parts; the hospital gives the figures.")
    )


def how_it_stands(words: Catalogue, definition: Definition, case: int, one: Task) -> Message:
    named = states(words, kind(definition, one))
    made = [(keys.joined(one.id, STATES.index(state)), named[state]) for state in MOVES[one.state]]
    return Message(text=plain(line(words, definition, one)), rows=keys.choices(words, Verb.TASK_STATE, case, made))


def which(words: Catalogue) -> str:
    return words.gettext("Which task? Or in your own words, with a day if there is one: /task 2026-12-05 TEXT")


def no_such(words: Catalogue) -> str:
    return words.gettext("There is no such task. /tasks shows the numbers.")


def cannot(words: Catalogue) -> str:
    return words.gettext("That cannot be said of this task now. /tasks shows how it stands.")
