"""The page's content as messages: questions and answers, comparison, steps, places, costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import controls, values
from bot.wording.controls import button, column, rows
from bot.wording.markup import bold, paragraphs, plain
from flows.inputs import Control

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.catalogues import Catalogue
    from bot.messages import Button
    from flows.page import Faq, Line, Page, Topic

COSTS = "costs"  # the part of the page under which somebody can ask for more than it says


def faqs(words: Catalogue, page: Page, found: Sequence[str], query: str, *, questions_open: bool) -> Message:
    """The questions that fit, each a button. Nothing found: said plainly, with a person as the way on."""
    numbers = {faq.id: number for number, faq in enumerate(page.faqs)}
    made = [button(_faq_question(words, page.faqs[numbers[one]]), Control.FAQ, numbers[one]) for one in found]
    if not page.faqs:
        text = _nothing(words)
    elif not found:
        text = plain(words.gettext("I have no reviewed answer to that. A person can help."))
    elif query:
        text = bold(words.gettext("Perhaps you mean one of these questions?"))
    else:
        text = bold(words.gettext("Questions that families ask"))
    hint = plain(words.gettext("To search, write /faq and a word, for example: /faq cost")) if page.faqs and not query else ""
    go_on = _go_on(words, questions_open)
    return Message(text=paragraphs(text, hint), rows=(*column(*made), *rows(go_on, controls.ask_person(words))))


def faq(words: Catalogue, page: Page, one: Faq, *, questions_open: bool) -> Message:
    go_on = _go_on(words, questions_open)
    answer = one.answer.worded(words.worded)
    more = button(words.gettext("More questions"), Control.FAQ)
    text = paragraphs(bold(_faq_question(words, one)), plain(answer), plain(reviewed(words, page)))
    person = controls.ask_person(words)
    cost = _ask_costs(words) if COSTS in one.topics else None
    return Message(text=text, rows=rows(cost, person, go_on, more) if one.hand_over else rows(cost, go_on, more, person))


def _go_on(words: Catalogue, questions_open: bool) -> Button | None:  # noqa: FBT001 - whether there is a way back
    return controls.go_on(words) if questions_open else None


def _nothing(words: Catalogue) -> str:
    """A form of somebody else's brings nothing to read along."""
    return plain(words.gettext("There is nothing to read here. A person can answer your questions."))


def topics(words: Catalogue, page: Page, *, questions_open: bool) -> Message:
    if not page.topics:
        return Message(text=_nothing(words), rows=rows(_go_on(words, questions_open), controls.ask_person(words)))
    made = [button(_topic_title(words, topic), Control.TOPIC, number) for number, topic in enumerate(page.topics)]
    go_on = _go_on(words, questions_open)
    questions = button(words.gettext("Questions and answers"), Control.FAQ)
    return Message(
        text=bold(words.gettext("What would you like to read about?")), rows=(*column(*made), *rows(questions, go_on))
    )


def topic(words: Catalogue, page: Page, one: Topic, *, questions_open: bool) -> Message:
    """A topic with its entries, one paragraph each."""
    go_on = _go_on(words, questions_open)
    more = button(words.gettext("More topics"), Control.TOPIC)
    entries = ["\n".join(_line(words, line) for line in entry) for entry in one.entries]
    intro = plain(one.text.worded(words.worded))
    text = paragraphs(bold(_topic_title(words, one)), intro, *entries, plain(reviewed(words, page)))
    cost = _ask_costs(words) if one.id == COSTS else None
    return Message(text=text, rows=rows(cost, go_on, more, controls.ask_person(words)))


def _ask_costs(words: Catalogue) -> Button:
    return button(words.gettext("Ask for the cost in this case"), Control.COSTS)


def _line(words: Catalogue, line: Line) -> str:
    text = line.text.worded(words.worded)
    if line.label:
        return plain(f"{line.label.worded(words.worded)}: {text}")
    return bold(text) if line.strong else plain(text)


def reviewed(words: Catalogue, page: Page) -> str:
    """The source and when it was last reviewed."""
    source = page.source
    return source.text.worded(words.worded).format(name=words.isolate(source.name), reviewed=values.day(words, page.reviewed))


def _faq_question(words: Catalogue, one: Faq) -> str:
    return one.question.worded(words.worded)


def _topic_title(words: Catalogue, one: Topic) -> str:
    return one.title.worded(words.worded)
