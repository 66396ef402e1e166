"""The answers of a form that has no criteria, as its case card lists them. In the desk's language as far as the form has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.wording import values
from bot.wording.markup import bold, lines, plain
from bot.wording.visible import one_line
from flows.dialogue.places import places_of
from flows.dialogue.versions import retired
from flows.response import Absent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.catalogues import Catalogue
    from flows.dialogue.place import Place
    from flows.library import Definition
    from flows.response import QuestionnaireResponse

QUESTION, ANSWER = 60, 120  # characters of each
MOST = 10  # former answers on a card
ROOM = 3000  # characters of all lines together: a card is one message


def answers(words: Catalogue, definition: Definition, response: QuestionnaireResponse | None) -> str:
    """One line for each answer that counts, in the form's order, as many as there is room for."""
    told = [_line(words, place, response) for place in _answered(definition, response)] if response else []
    if not told:
        return plain(words.gettext("There are no answers yet."))
    shown = told[: _fitting(told)]
    rest = len(told) - len(shown)
    more = words.ngettext("and {n} more answer: /export csv", "and {n} more answers: /export csv", rest).format(n=rest)
    return lines(bold(words.gettext("Answers")), *map(plain, shown), plain(more) if rest else "")


def former(words: Catalogue, definition: Definition, response: QuestionnaireResponse) -> str:
    """Answers to questions that an earlier version of the form asked: by the names of those questions, as their texts are gone."""
    gone = retired(definition.questionnaire, response)
    said = [
        f"{key}: {one_line(values.listed(words, [values.told(words, one) for one in given]), ANSWER)}"
        for key, given in gone.items()
    ]
    if not said:
        return ""
    return lines(bold(words.gettext("No longer asked")), *map(plain, said[:MOST]))


def _answered(definition: Definition, response: QuestionnaireResponse) -> Iterator[Place]:
    own = definition.form.by_link_id
    for place in places_of(definition.questionnaire, response):
        given = [one for one in response.answers.get(place.key, ()) if one != Absent(reason="skipped")]
        if place.item.is_question and place.item.link_id in own and given:
            yield place


def _line(words: Catalogue, place: Place, response: QuestionnaireResponse) -> str:
    question = one_line(place.item.label.worded(words.worded) or place.item.link_id, QUESTION)
    return f"{question}: {one_line(values.answer(words, place.item, response.answers[place.key]), ANSWER)}"


def _fitting(told: list[str]) -> int:
    """How many lines there is room for."""
    used = 0
    for number, line in enumerate(told):
        used += len(line) + 1
        if used > ROOM:
            return number
    return len(told)
