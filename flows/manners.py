"""What people say around the questions, and what it is worth: thanks, "go on", a date below the task that waits for it."""

from __future__ import annotations

from flows import moment as at
from flows import presses
from flows.dialogue.prompt import Expects
from flows.events import NotUnderstood
from flows.inputs import Control, Input, Press, Unsupported, Words
from flows.moment import Intake, Moment, Turn
from flows.support_events import TaskDateSaid
from flows.values import PartialDate
from flows.words.dates import read_date
from flows.words.folding import words
from flows.words.lexicon import phrase


def is_unasked(intake: Intake) -> bool:
    """Whether nobody at the desk has a case of this chat, and no question waits for words: after the end of a case, say."""
    return not intake.case_open and (intake.talking or at.is_confirmed(intake))


def is_thanks(moment: Moment, intake: Intake, said: Input) -> bool:
    """Whether it is a thank-you and nothing else, in words, signs or a sticker."""
    if isinstance(said, Unsupported):
        return said.kind == "sticker"
    return isinstance(said, Words) and moment.definition.lexicon.of(intake.language or "en").is_thanks(said.text)


def dated(moment: Moment, intake: Intake, said: Words) -> TaskDateSaid | None:
    """A date and nothing else below what a person or a task asks for: perhaps the one that a task waits for."""
    language = intake.language or "en"
    read = read_date(said.text, language=language, vocabulary=moment.definition.lexicon.of(language), today=moment.today)
    return TaskDateSaid(day=read.text, text=said.text) if isinstance(read, PartialDate) else None


def beside_a_question(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """Words that greet, thank for what was said, or ask for nothing but to go on. None: something else was said."""
    question = at.awaited(moment, intake)
    vocabulary, words_ = moment.definition.lexicon.of(intake.language or "en"), phrase(said.text)
    if question is not None and vocabulary.means("hello", words_):
        return at.then_again(moment, intake, NotUnderstood(kind="hello"))
    if question is not None and _is_polite(moment, intake, said, question[1]):
        return at.then_again(moment, intake, NotUnderstood(kind="thanks"))
    return _goes_on(moment, intake, said) if vocabulary.means("going", words_) else None


def _goes_on(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """What "go on" does below a reminder or a card, and where nothing is asked: the same as the button. None: words for what is open.

    Where any words are an answer, and where it is the word of no button, the question is shown again.
    """
    unasked = at.is_confirmed(intake) and not at.place(moment, intake)
    if intake.aside is not None or unasked:
        return presses.press(moment, intake, Press(control=Control.CONTINUE))
    drafted = intake.response is not None and intake.response.cursor.draft
    means_more = phrase(said.text) in moment.definition.lexicon.of(intake.language or "en").phrases
    if at.is_confirmed(intake) or drafted or (means_more and not at.expects(moment, intake, at.ANY_WORDS)):
        return None
    return at.then_again(moment, intake)


def _is_polite(moment: Moment, intake: Intake, said: Words, expected: Expects) -> bool:
    """Whether words below an open question only thank for what was said: no answer, but where a text is to be read first."""
    read = expected is Expects.OK and intake.aside is None
    return not read and bool(words(said.text)) and is_thanks(moment, intake, said)
