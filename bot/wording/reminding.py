"""Scheduled messages in words: a rule's title and body, a coordinator's follow-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Button, Message
from bot.wording import controls, records
from bot.wording.controls import button, rows
from bot.wording.markup import bold, paragraphs, plain
from bot.wording.reply import who
from flows.inputs import Control

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from flows.records import Record
    from flows.reminder_rules import Rule


def reminder(words: Catalogue, rule: Rule, record: Record | None, index: int | None, *, last: bool) -> Message:
    """`record` and its place in the whole list, for rules about one record; `last`: nothing more comes after this one."""
    filled = {"record": records.name(words, record)} if record else {}
    title, body = (text.worded(words.worded).format(**filled) for text in (rule.title, rule.body))
    end = rule.last.worded(words.worded).format(**filled) if last and rule.last else ""
    first = rule.first.worded(words.worded) if rule.first else ""
    made = [_button(words, control, number, index) for control, number in rule.buttons]
    return Message(text=paragraphs(plain(first), bold(title), plain(body), plain(end)), rows=rows(*made))


def follow_up(words: Catalogue, text: str, name: str, *, questions_open: bool) -> Message:
    """A coordinator's words at the time that was agreed. What is written next answers them, not a question."""
    head = words.gettext("{name} from the team:").format(name=who(words, name))
    go_on = controls.go_on(words) if questions_open else None
    return Message(text=paragraphs(bold(head), plain(text)), rows=rows(go_on))


def _button(words: Catalogue, control: Control, number: int | None, index: int | None) -> Button:
    labels = {
        Control.CONTINUE: words.gettext("Go on"),
        Control.HUMAN: words.gettext("Ask a person"),
        Control.RECORDS: words.gettext("Records"),
        Control.RECORD_NONE: words.gettext("I don't have it"),
        Control.RECORD_LATER: words.gettext("I will send it later"),
        Control.REMINDERS_OFF: words.gettext("No more reminders"),
        Control.STATUS: words.gettext("Where things stand"),
    }
    if control is Control.SNOOZE:
        days = number or 1
        return button(words.ngettext("In {n} day", "In {n} days", days).format(n=days), control, days)
    about = index if control in {Control.RECORD_NONE, Control.RECORD_LATER} else number
    return button(labels[control], control, about)
