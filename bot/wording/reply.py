"""What the patient's side reads because of something a coordinator did. In the patient's language; first names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import controls
from bot.wording.controls import rows
from bot.wording.markup import bold, lines, paragraphs, plain
from bot.wording.visible import one_line, visible

if TYPE_CHECKING:
    from bot.catalogues import Catalogue

FIRST_NAME = 32  # characters


def first_name(name: str) -> str:
    """Only the first word of what a coordinator is called, and never something long."""
    return one_line(name, FIRST_NAME * 2).split(" ")[0][:FIRST_NAME]


def who(words: Catalogue, name: str) -> str:
    """The first name; a coordinator whose name Telegram has not told yet is known by a number, which nobody should read."""
    return words.gettext("A coordinator") if name.isdigit() or not name else words.isolate(first_name(name))


def claimed(words: Catalogue, name: str, number: str, *, handed: bool) -> Message:
    if handed:
        text = words.gettext("From now on {name} from the team looks after your case {number}.")
    else:
        text = words.gettext("{name} from the team has taken your case {number} and reads what you sent.")
    waits = words.gettext("You can write here at any time.")
    said = text.format(name=who(words, name), number=words.isolate(number))
    return Message(text=paragraphs(plain(said), plain(waits)))


def words_of(words: Catalogue, name: str, text: str, *, questions_open: bool) -> Message:
    """A coordinator's reply, as it was written."""
    head = words.gettext("{name} from the team:").format(name=who(words, name))
    go_on = controls.go_on(words) if questions_open else None
    return Message(text=lines(bold(head), plain(visible(text)[0])), rows=rows(go_on))


def caption_of(words: Catalogue, name: str, text: str) -> str:
    """What stands under a file from a coordinator; escaped."""
    return words_of(words, name, text, questions_open=False).text


def released(words: Catalogue, name: str) -> str:
    text = words.gettext("{name} has finished for now. The team keeps your case, and you can ask for a person at any time.")
    return plain(text.format(name=who(words, name)))


def closed(words: Catalogue, number: str) -> Message:
    done = words.gettext("Your case {number} is closed at our desk now.").format(number=words.isolate(number))
    again = words.gettext("If something changes or you have a question, write here. A person from the team will read it.")
    return Message(text=paragraphs(plain(done), plain(again)))


def usual_follow_up(words: Catalogue) -> str:
    """The words of a follow-up for which the coordinator wrote none; plain, they are kept with the follow-up."""
    return words.gettext("How are things going? If something has changed or you have a question, you can write here.")
