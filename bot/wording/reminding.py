"""Scheduled messages in words: a rule's title and body, a coordinator's follow-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.messages import Button, Message
from bot.wording import controls, rating
from bot.wording.controls import button, rows
from bot.wording.markup import bold, paragraphs, plain
from bot.wording.reply import who
from flows.inputs import Control

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from flows.schedule.reminder_rules import Rule


OF_SUBJECT = frozenset({Control.RECORD_NONE, Control.RECORD_LATER, Control.TASK})  # these buttons carry its number


@dataclass(frozen=True, kw_only=True, slots=True)
class About:
    """What a reminder is about: its name, and the number by which buttons know it."""

    name: str
    number: int


def reminder(words: Catalogue, rule: Rule, about: About | None, *, last: bool) -> Message:
    """`about`: for rules about one record or one task; `last`: nothing more comes after this one."""
    filled = {rule.subject: about.name} if about else {}
    title, body = (text.worded(words.worded).format(**filled) for text in (rule.title, rule.body))
    end = rule.last.worded(words.worded).format(**filled) if last and rule.last else ""
    first = rule.first.worded(words.worded) if rule.first else ""
    made = [_button(words, control, number, about) for control, number in rule.buttons]
    return Message(text=paragraphs(plain(first), bold(title), plain(body), plain(end)), rows=rows(*made))


def follow_up(words: Catalogue, text: str, name: str, *, questions_open: bool) -> Message:
    """A coordinator's words at the time that was agreed. What is written next answers them, not a question."""
    head = words.gettext("{name} from the team:").format(name=who(words, name))
    go_on = controls.go_on(words) if questions_open else None
    return Message(text=paragraphs(bold(head), plain(text)), rows=rows(go_on))


def _button(words: Catalogue, control: Control, number: int | None, about: About | None) -> Button:
    if control is Control.RATE and about and number:
        return rating.choice(words, about.number, number)
    if control is Control.SNOOZE:
        days = number or 1
        return button(words.ngettext("In {n} day", "In {n} days", days).format(n=days), control, days)
    labels = {
        Control.CONTINUE: words.gettext("Go on"),
        Control.HUMAN: words.gettext("Ask a person"),
        Control.RECORDS: words.gettext("Records"),
        Control.RECORD_NONE: words.gettext("I don't have it"),
        Control.RECORD_LATER: words.gettext("I will send it later"),
        Control.REMINDERS_OFF: words.gettext("No more reminders"),
        Control.STATUS: words.gettext("Where things stand"),
        Control.TASK: words.gettext("Read and answer"),
    }
    return button(labels[control], control, about.number if about and control in OF_SUBJECT else number)
