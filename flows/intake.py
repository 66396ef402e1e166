"""The intake: `receive` decides what one thing that the patient's side did means. Pure: state in, state and events out.

A side question, a talk with a coordinator, a file or a red flag never moves the open question and never becomes an answer by mistake.
"""

from __future__ import annotations

from dataclasses import replace

from flows import aside, files, manners, presses, triage
from flows import moment as at
from flows.aside import Aside
from flows.changing import changed
from flows.dialogue.prompt import Expects
from flows.events import (
    Answered,
    Asked,
    DocumentRefused,
    Event,
    FaqListed,
    HandoffRequested,
    NotUnderstood,
    RecordAsked,
    RedFlagged,
    Refused,
    Renewed,
    Restarted,
    SilenceAsked,
    StopAsked,
    Thanked,
    WordsRelayed,
)
from flows.inputs import Announced, Command, Control, Edited, Input, Press, Sent, Unsupported, Unusable, Words
from flows.moment import Intake, Moment, Turn, Unfiled
from flows.support_events import RatingWorded
from flows.words import languages
from flows.words.folding import asks, words
from flows.words.lexicon import phrase

__all__ = ["Intake", "Moment", "Turn", "Unfiled", "receive"]

NUMBERS = frozenset({Expects.INTEGER, Expects.DECIMAL, Expects.QUANTITY, Expects.UNIT})
SILENT_COMMANDS = frozenset({"stop", "delete", "privacy"})
SILENT_PRESSES = frozenset({Control.STOP, Control.ERASE, Control.REMEMBER, Control.RATE})
LEAVING = ("no", "back", "skip")  # at a card that asks something of its own
SHORT = 120  # characters of a message that asks for a person, and tells nothing else
SENTENCE = 3  # words of a question that is more than a doubt about an answer ("2024?")
LONG = 40  # characters: words that were meant for somebody, kept for the desk even when no question can take them


def receive(moment: Moment, intake: Intake, said: Input) -> Turn:
    """One turn, and what stands below the open question after it."""
    turn = _awake(moment, intake, said)
    stands = aside.after(intake.aside, turn.events)
    return turn if stands == turn.intake.aside else Turn(intake=changed(turn.intake, aside=stands), events=turn.events)


def _awake(moment: Moment, intake: Intake, said: Input) -> Turn:
    """Whoever stopped the messages and now writes again is welcome again, and nothing was lost."""
    if intake.state == "open" or _stays_silent(said) or _rates(intake, said):
        return _received(moment, intake, said)
    if not intake.case_open and manners.is_thanks(moment, intake, said):
        return Turn(intake=intake, events=(Thanked(),))
    if isinstance(said, Sent | Unusable):  # a file that was under way when the messages were stopped: kept, nothing is said
        return Turn(intake=intake, events=())
    if intake.state == "in_memory" and isinstance(said, Words):
        return _mourned(moment, intake, said)
    if isinstance(said, Words) and (turn := _of_a_death(moment, intake, said)):
        return turn
    again = replace(intake, state="open")
    asked = not intake.talking and at.open_question(moment, intake) is not None
    turn = _unanswered(moment, again, said) if asked and isinstance(said, Words) else _received(moment, again, said)
    return Turn(intake=turn.intake, events=(Restarted(), *turn.events))


def _stays_silent(said: Input) -> bool:
    """Asking what is kept, stopping and deleting do not turn messages on again."""
    if isinstance(said, Command):
        return said.name in SILENT_COMMANDS
    return isinstance(said, Press) and said.control in SILENT_PRESSES


def _of_a_death(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """Words of a death, and the yes to silence after them, turn nothing on again. None: they are about something else."""
    language = intake.language or "en"
    if intake.aside == "silence" and (turn := _yes_to_silence(moment, intake, said)):
        return turn
    flagged = triage.flags_in_words(moment.definition, said.text, language)
    told = not (flagged or intake.talking) and triage.tells_of_a_death(moment.definition, said.text, language)
    return _passed_on(moment, intake, said) if told else None


def _yes_to_silence(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """At "shall all messages stop" a typed yes is enough."""
    yes = moment.definition.lexicon.of(intake.language or "en").means("yes", phrase(said.text))
    return presses.press(moment, intake, Press(control=Control.REMEMBER, number=1)) if yes else None


def _rates(intake: Intake, said: Input) -> bool:
    """Whether these are the words to a mark: until something else is asked, or the time for them is over."""
    return isinstance(said, Words) and intake.rating is not None and intake.aside == "rating"


def _mourned(moment: Moment, intake: Intake, said: Words) -> Turn:
    """After a death only a person answers: no question, no reminder, no alarm but about who lives on."""
    flags = triage.flags_of_survivors(moment.definition, said.text, intake.language or "en")
    handoff = () if intake.case_open or flags else (HandoffRequested(reason="human"),)
    after = replace(intake, state="open", talking=True, reminders_on=False, case_open=True)
    return Turn(intake=after, events=(*(_alarm(flags) if flags else handoff), WordsRelayed(text=said.text, noted=True)))


def _received(moment: Moment, intake: Intake, said: Input) -> Turn:
    """A turn on the form as it is now. In a talk nobody asks, so a new version waits for its end."""
    new = None if intake.talking else at.renewed(moment, intake)
    if new is None:
        return _receive(moment, intake, said)
    told = (Renewed(keys=new.again),) if new.again else ()
    after = replace(intake, response=new.response)
    turn = _unanswered(moment, after, said) if new.moved and isinstance(said, Words | Sent) else _receive(moment, after, said)
    return Turn(intake=turn.intake, events=(*told, *turn.events))


def _unanswered(moment: Moment, intake: Intake, said: Words | Sent) -> Turn:
    """What was meant for a question that is not the open one any more is no answer; an alarm, and a file, it is all the same."""
    if isinstance(said, Sent):
        return files.unfiled(intake, said)
    flags = triage.flags_in_words(moment.definition, said.text, intake.language or "en")
    if not flags:
        return at.then_again(moment, intake, *_for_desk(moment, intake, said))
    return at.then_again(moment, replace(intake, case_open=True), *_alarm(flags), WordsRelayed(text=said.text, noted=True))


def _for_desk(moment: Moment, intake: Intake, said: Words) -> tuple[Event, ...]:
    """Long words that no question can take were meant for somebody."""
    return (WordsRelayed(text=said.text, noted=True),) if len(said.text) >= LONG and at.kept(moment, intake) else ()


def _receive(moment: Moment, intake: Intake, said: Input) -> Turn:
    """What a person at the desk must know comes first, then what was said."""
    if not _rates(intake, said) and manners.is_unasked(intake) and manners.is_thanks(moment, intake, said):
        return Turn(intake=intake, events=(Thanked(),))
    first = _first(moment, intake, said)
    turn = _heard(moment, changed(intake, case_open=True) if first else intake, said)
    return Turn(intake=turn.intake, events=(*first, *turn.events)) if first else turn


def _first(moment: Moment, intake: Intake, said: Input) -> tuple[Event, ...]:
    """The alarm of a red flag beside the typed words (those: `_words`); somebody to talk with, when the case was closed in a talk."""
    beside = _beside(said)
    flags = triage.flags_in_words(moment.definition, beside, intake.language or "en") if beside else ()
    if flags:
        kept = (WordsRelayed(text=beside, noted=True),) if isinstance(said, Announced) else ()
        return (*_alarm(flags), *kept)
    alone = intake.talking and not intake.case_open and not _rates(intake, said) and isinstance(said, Words | Announced)
    return (HandoffRequested(reason="human"),) if alone else ()


def _beside(said: Input) -> str:
    """Words that are no message of their own: a caption, a correction, what follows a command (but a search)."""
    match said:
        case Edited(text=words) | Announced(caption=words):
            return words
        case Command(name=name, argument=words) if name != "faq":
            return words
    return ""


def _alarm(flags: tuple[str, ...]) -> tuple[Event, ...]:
    return (RedFlagged(flags=flags), HandoffRequested(reason="red-flag"))


def _heard(moment: Moment, intake: Intake, said: Input) -> Turn:  # noqa: C901 - one line for each kind of input
    match said:
        case Press():
            return presses.press(moment, intake, said)
        case Command():
            return presses.command(moment, intake, said)
        case Words():
            return _words(moment, intake, said)
        case Sent():
            return files.sent(moment, intake, said)
        case Edited():
            return _edited(moment, intake, said)
        case Announced():
            return files.announced(moment, intake, said)
        case Unsupported() if said.words and _read_by_a_person(moment, intake):
            return _plain_words(moment, intake, Words(text=said.words))
        case Unsupported():
            return at.then_again(moment, intake, NotUnderstood(kind=said.kind))
        case Unusable():
            return at.then_again(moment, intake, DocumentRefused(reason=said.reason))


def _read_by_a_person(moment: Moment, intake: Intake) -> bool:
    """Whether what is said now is for the desk, not for a question."""
    return intake.talking or (intake.case_open and intake.aside is None and at.open_question(moment, intake) is None)


def _words(moment: Moment, intake: Intake, said: Words) -> Turn:
    number_expected = not intake.talking and at.expects(moment, intake, NUMBERS)
    flags = triage.flags_in_words(moment.definition, said.text, intake.language or "en", number_expected=number_expected)
    if not flags and intake.rating is not None and _rates(intake, said):
        return Turn(intake=replace(intake, rating=None), events=(RatingWorded(case=intake.rating, text=said.text),))
    mourns = not intake.talking and _mourns(moment, intake, said)
    if not flags and (turn := _stops(moment, intake, said) or _dates(moment, intake, said)):
        return turn
    if not flags:
        return (_told_of_a_death if mourns else _plain_words)(moment, intake, said)
    alarm, relayed = _alarm(flags), WordsRelayed(text=said.text, noted=True)
    alarmed = replace(intake, case_open=True)
    if mourns:
        return Turn(intake=alarmed, events=(*alarm, relayed, SilenceAsked()))
    if intake.talking or at.expects(moment, intake, at.ANY_WORDS):
        turn = _plain_words(moment, alarmed, said)
        # An answer, too, is read at the desk as it was said.
        told = any(isinstance(event, WordsRelayed) for event in turn.events)
        return Turn(intake=turn.intake, events=(*alarm, *(() if told else (relayed,)), *turn.events))
    return at.then_again(moment, alarmed, *alarm, relayed)


def _mourns(moment: Moment, intake: Intake, said: Words) -> bool:
    """Whether the patient has died, as far as these words tell."""
    told = (moment.definition, said.text, intake.language or "en")
    return triage.tells_of_a_death(*told) and not triage.alarms_of_another(*told)


def _stops(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """A message that asks for an end of messages and no more: what is to stop is asked, in a talk too, where it is read all the same."""
    if not moment.definition.lexicon.of(intake.language or "en").wants_a_stop(said.text):
        return None
    told = (WordsRelayed(text=said.text, noted=True),) if intake.talking else ()
    return Turn(intake=intake, events=(*told, StopAsked()))


def _dates(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """A date below what a person or a task asks for; in a talk it is read there too."""
    dated = manners.dated(moment, intake, said) if intake.case_open and intake.aside == "asked" else None
    told = (WordsRelayed(text=said.text),) if intake.talking else ()
    return at.then_again(moment, intake, *told, dated) if dated else None


def _told_of_a_death(moment: Moment, intake: Intake, said: Words) -> Turn:
    """Nothing is asked of somebody who mourns but whether all messages are to stop; a person at the desk is told."""
    if at.expects(moment, intake, at.ANY_WORDS):
        turn = _plain_words(moment, intake, said)
        return Turn(intake=turn.intake, events=(*turn.events, SilenceAsked()))
    return _passed_on(moment, intake, said)


def _passed_on(moment: Moment, intake: Intake, said: Words) -> Turn:
    """A person reads it, where things may be kept; no question takes it."""
    if not (intake.case_open or at.kept(moment, intake)):
        return Turn(intake=intake, events=(SilenceAsked(),))
    handoff = () if intake.case_open else (HandoffRequested(reason="human"),)
    relayed = WordsRelayed(text=said.text, noted=True)
    return Turn(intake=replace(intake, case_open=True), events=(*handoff, relayed, SilenceAsked()))


def _plain_words(moment: Moment, intake: Intake, said: Words) -> Turn:
    if intake.talking:
        return Turn(intake=intake, events=(WordsRelayed(text=said.text),))
    if (intake.response is None and not intake.language) or intake.aside == "language":
        turn = _language_named(moment, intake, said)
        if turn is not None:
            return turn
    if intake.response is None:
        return at.anew(moment, intake)
    if (turn := manners.beside_a_question(moment, intake, said)) is not None:
        return turn
    if intake.aside is not None and (turn := _words_aside(moment, intake, said, intake.aside)):
        return turn
    if at.is_confirmed(intake):
        return _at_record(moment, intake, said) or _to_the_desk(intake, said)
    return _at_question(moment, intake, said)


def _to_the_desk(intake: Intake, said: Words) -> Turn:
    """Nothing is asked any more: a person reads it."""
    handoff = () if intake.case_open else (HandoffRequested(reason="human"),)
    return Turn(intake=intake, events=(*handoff, WordsRelayed(text=said.text, noted=True)))


def _at_record(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """The buttons below a record that was asked for last, in words: "we don't have it", "later". None: something else was said."""
    shown = next(iter(at.place(moment, intake)), None) if intake.aside is None else None
    if not isinstance(shown, RecordAsked):
        return None
    vocabulary, words_ = moment.definition.lexicon.of(intake.language or "en"), phrase(said.text)
    later = dict.fromkeys(("skip", "going", "afterwards", "all_afterwards"), Control.RECORD_LATER)
    marks = {"no": Control.RECORD_NONE, "without": Control.RECORD_NONE, **later}
    control = next((control for kind, control in marks.items() if vocabulary.means(kind, words_)), None)
    everything = vocabulary.means("all_afterwards", words_)
    number = (
        len(moment.definition.records)
        if everything
        else next(at_ for at_, one in enumerate(moment.definition.records) if one.id == shown.record)
    )
    return None if control is None else presses.press(moment, intake, Press(control=control, number=number))


def _at_question(moment: Moment, intake: Intake, said: Words) -> Turn:
    """Words while a question is open: its answer, a call for a person, or a question of their own."""
    if len(said.text) <= SHORT and moment.definition.lexicon.of(intake.language or "en").wants_a_person(said.text):
        return presses.command(moment, intake, Command(name="human", argument=said.text))
    question, turn = at.awaited(moment, intake), at.converse(moment, intake, said)
    if question is None and turn.intake.response == intake.response:  # the review
        return replace(turn, events=(*_for_desk(moment, intake, said), NotUnderstood(kind="card"), *turn.events))
    if question is not None and question[1] is Expects.YES_NO and any(isinstance(event, Answered) for event in turn.events):
        return replace(turn, events=(*_for_desk(moment, intake, said), *turn.events))  # the reason of a yes or no
    if question is not None and question[1] is Expects.OK and _asks(turn, question[0]):
        turn = replace(turn, events=(NotUnderstood(kind="unread"), *turn.events))
        return _refused(moment, turn, said)
    return _refused(moment, turn, said) if any(isinstance(event, Refused) for event in turn.events) else turn


def _words_aside(moment: Moment, intake: Intake, said: Words, stands: Aside) -> Turn | None:
    """Words below something that is not the open question. None: they speak for themselves, or there is no question."""
    vocabulary, words = moment.definition.lexicon.of(intake.language or "en"), phrase(said.text)
    if stands == "silence" and (turn := _yes_to_silence(moment, intake, said)):
        return turn
    if stands in aside.CARDS or stands == "document":
        return _at_card(moment, intake, said, stands, leaves=any(vocabulary.means(kind, words) for kind in LEAVING))
    if at.is_confirmed(intake) or (stands in {"said", "rating"} and words not in vocabulary.phrases):
        return None
    return at.then_again(moment, intake, *_for_desk(moment, intake, said), NotUnderstood(kind="aside"))


def _at_card(moment: Moment, intake: Intake, said: Words, stands: Aside, *, leaves: bool) -> Turn:
    """No leaves everything as it is; anything else has to be a press, and long words are kept for the desk all the same."""
    if leaves:
        return at.then_again(moment, intake)
    card = (aside.CARDS[stands],) if stands in aside.CARDS else at.queries(intake) or at.place(moment, intake)
    return Turn(intake=intake, events=(*_for_desk(moment, intake, said), NotUnderstood(kind="card"), *card))


def _language_named(moment: Moment, intake: Intake, said: Words) -> Turn | None:
    """Where the language is asked for, its name chooses it as its button does."""
    number = languages.called(said.text, moment.definition.languages)
    return None if number is None else presses.press(moment, intake, Press(control=Control.LANGUAGE, number=number))


def _asks(turn: Turn, key: str) -> bool:
    """Whether it is this question that the turn ends with."""
    return any(isinstance(event, Asked) and event.prompt.key == key for event in turn.events)


def _refused(moment: Moment, turn: Turn, said: Words) -> Turn:
    """Words that are no answer here: perhaps a question of their own; long ones are kept for the desk."""
    first = next(iter(words(said.text)), "")
    asking = asks(said.text) or moment.definition.lexicon.of(turn.intake.language or "en").means("asking", first)
    found = presses.find_faqs(moment, turn.intake, said.text) if asking else ()
    if found or (asks(said.text) and len(said.text.split()) >= SENTENCE):
        asked = tuple(event for event in turn.events if isinstance(event, Asked))
        return Turn(intake=turn.intake, events=(FaqListed(query=said.text, found=found), *asked))
    return Turn(intake=turn.intake, events=(*_for_desk(moment, turn.intake, said), *turn.events))


def _edited(moment: Moment, intake: Intake, said: Edited) -> Turn:
    if intake.case_open or intake.talking:
        return Turn(intake=intake, events=(WordsRelayed(text=said.text, edited=True),))
    return at.then_again(moment, intake, NotUnderstood(kind="edited"))
