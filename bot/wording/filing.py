"""Words about a message that is filed as the answer to a question. For the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.messages import Message, clip
from bot.wording import values
from bot.wording.markup import bold, lines, plain, quote
from bot.wording.visible import one_line

if TYPE_CHECKING:
    from bot.catalogues import Catalogue
    from bot.messages import Rows
    from flows.items import Item
    from flows.values import Values

QUESTION, LABEL = 120, 60  # characters of a question in a sentence, and on a button


def how(words: Catalogue) -> str:
    return words.gettext(
        "Reply with /answer to words of the patient’s side that answer the open question, or add words of the question: /answer heart."
    )


def nothing_open(words: Catalogue) -> str:
    return words.gettext("Nobody has begun the questions in this case.")


def no_answer(words: Catalogue, item: Item | None) -> str:
    """Nothing was changed. `item`: the question that they were to answer."""
    text = words.gettext("These words are no answer to this question, or the family has to confirm it: {question}")
    return text.format(question=_question(words, item))


def which(words: Catalogue, choices: Rows) -> Message:
    return Message(text=plain(words.gettext("Which question does the message answer?")), rows=choices)


def label(words: Catalogue, item: Item) -> str:
    """On a button."""
    return clip(item.label.worded(words.worded) or item.link_id, LABEL)


def filed(words: Catalogue, name: str, item: Item | None, given: Values) -> Message:
    head = words.gettext("{name} filed this message as the answer to: {question}")
    answer = values.answer(words, item or values.NO_ITEM, given)
    said = head.format(name=words.isolate(name), question=_question(words, item))
    return Message(text=lines(bold(said), quote(answer)))


def _question(words: Catalogue, item: Item | None) -> str:
    return one_line(item.label.worded(words.worded) if item else "", QUESTION)
