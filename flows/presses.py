"""Presses and commands that are not answers: language, talk, the page's content, records, reminders, stopping.

Two tables at the bottom say what each does; a press that is in neither is the questionnaire's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flows import moment as at
from flows import page
from flows.events import (
    CopyAsked,
    CopyWanted,
    DocumentHeld,
    DocumentReceived,
    Erased,
    ErasureAsked,
    Event,
    FaqAnswered,
    FaqListed,
    HandoffRequested,
    HelpShown,
    LanguageAsked,
    LanguageChosen,
    Outdated,
    PrivacyShown,
    RecordMarked,
    RecordsListed,
    RemindersSet,
    Resumed,
    SilenceAsked,
    Snoozed,
    StatusShown,
    StopAsked,
    Stopped,
    TalkEnded,
    TalkStarted,
    TopicShown,
    UploadEnded,
    UploadOffered,
    WordsRelayed,
)
from flows.inputs import Command, Control, Press
from flows.moment import Intake, Moment, Turn
from flows.records import Mark
from flows.support_events import CostsAsked, Rated, RatingOpened, RecontactSet, TaskAnswered, TaskDated, TaskShown, TasksListed
from flows.words.folding import words

OTHER_RECORD = "other"  # a document that is none of the checklist's records
SNOOZE_DAYS = (1, 3, 7)
MARKS = range(1, 6)  # how good it was to be looked after
MONTHS, FIRST_YEAR, LAST_YEAR = 12, 2000, 2999  # years that a task may be asked the date of


def press(moment: Moment, intake: Intake, said: Press) -> Turn:
    """A press whose meaning does not depend on the open question, or one for the questionnaire."""
    act = PRESSES.get(said.control)
    if act is not None:
        return act(moment, intake, said)
    if intake.response is None:
        return Turn(intake=intake, events=(Outdated(), LanguageAsked()))
    turn = at.converse(moment, intake, said)
    if intake.talking and turn.intake.response != intake.response:
        return Turn(intake=replace(turn.intake, talking=False), events=(TalkEnded(), *turn.events))
    return turn


def command(moment: Moment, intake: Intake, said: Command) -> Turn:
    """A slash command; an unknown one gets the help."""
    act = COMMANDS.get(said.name)
    return act(moment, intake, said) if act else _show(HelpShown())(moment, intake, said)


Act = Callable[[Moment, Intake, Press | Command], Turn]


def _show(*events: Event) -> Act:
    """An answer that changes nothing."""

    def act(_moment: Moment, intake: Intake, _said: Press | Command) -> Turn:
        return Turn(intake=intake, events=events)

    return act


def _start(moment: Moment, intake: Intake, _said: Press | Command) -> Turn:
    if intake.response is None:
        return at.anew(moment, intake)
    return _go_on(moment, intake, _said)


def _go_on(moment: Moment, intake: Intake, _said: Press | Command) -> Turn:
    if intake.response is None and not intake.case_open:
        return at.anew(moment, replace(intake, talking=False))
    after = replace(intake, talking=False)
    first = TalkEnded() if intake.talking else Resumed()
    return Turn(intake=after, events=(first, *(at.place(moment, after) or (StatusShown(),))))


def _language(moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    languages = moment.definition.languages
    number = said.number if isinstance(said, Press) else None
    if number is None or number >= len(languages):
        return Turn(intake=intake, events=(LanguageAsked(),))
    after = replace(intake, language=languages[number])
    chosen = LanguageChosen(language=languages[number])
    if after.response is None:
        turn = at.begin(moment, after)
        return Turn(intake=turn.intake, events=(chosen, *turn.events))
    return Turn(intake=after, events=(chosen, *(() if after.talking else at.place(moment, after))))


def _human(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    """The desk is told each time that somebody turns to it; words after the command are the first of the talk."""
    told = () if intake.talking and intake.case_open else (HandoffRequested(reason="human"),)
    words = (WordsRelayed(text=said.argument),) if isinstance(said, Command) and said.argument else ()
    return Turn(intake=replace(intake, talking=True), events=(*told, TalkStarted(claimed=intake.claimed), *words))


def _faq(moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    ids = tuple(faq.id for faq in moment.definition.page.faqs)
    if isinstance(said, Press) and said.number is not None:
        known = said.number < len(ids)
        return Turn(intake=intake, events=(FaqAnswered(faq=ids[said.number]) if known else FaqListed(query="", found=ids),))
    query = said.argument if isinstance(said, Command) else ""
    return Turn(intake=intake, events=(FaqListed(query=query, found=find_faqs(moment, intake, query) if query else ids),))


def find_faqs(moment: Moment, intake: Intake, query: str) -> tuple[str, ...]:
    """The page's questions that fit these words, best first. Words that say nothing of a matter ("can", "later") find nothing."""
    language = intake.language or "en"
    idle = moment.definition.lexicon.of(language).lists.get("idle", frozenset())
    telling = " ".join(word for word in words(query) if word not in idle)
    return page.search(moment.definition.page.faq_texts(moment.translate), telling, language)


def _topic(moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    ids = tuple(topic.id for topic in moment.definition.page.topics)
    number = said.number if isinstance(said, Press) else None
    topic = ids[number] if number is not None and number < len(ids) else None
    return Turn(intake=intake, events=(TopicShown(topic=topic),))


def _record_is(moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    """File a document: `revision` is the document's number, `number` the record's place in the whole list of records."""
    document = next((one for one in intake.unfiled if isinstance(said, Press) and one.number == said.revision), None)
    if document is None or not isinstance(said, Press) or said.number is None:
        return Turn(intake=intake, events=(Outdated(), *at.place(moment, intake)))
    ids = (*(record.id for record in moment.definition.records), OTHER_RECORD)
    record = ids[min(said.number, len(ids) - 1)]
    after = replace(
        intake,
        unfiled=tuple(one for one in intake.unfiled if one is not document),
        marks={
            **intake.marks,
            record: "received" if document.opens or intake.marks.get(record) == "received" else "unreadable",
        },
    )
    return Turn(
        intake=after,
        events=(
            DocumentReceived(attachment=document.attachment, record=record),
            *(() if after.talking else at.queries(after) or at.what_follows(moment, after, before=intake)),
        ),
    )


def _all_later(moment: Moment, intake: Intake) -> Turn:
    """Every record that is still missing will be sent later."""
    missing = [state.record.id for state in at.checklist(moment, intake) if state.asked]
    after = replace(intake, marks={**intake.marks, **dict.fromkeys(missing, "later")})
    return Turn(intake=after, events=(RecordMarked(record=None, mark="later"), *_next(moment, after, intake)))


def _next(moment: Moment, intake: Intake, before: Intake) -> tuple[Event, ...]:
    """The next record, or the end of them; in a talk no question of the questionnaire, because nobody would take its answer."""
    in_talk = intake.talking and at.open_question(moment, intake)
    return () if in_talk else at.what_follows(moment, intake, before=before)


def _mark_record(mark: Mark) -> Act:
    def act(moment: Moment, intake: Intake, said: Press | Command) -> Turn:
        ids = tuple(record.id for record in moment.definition.records)
        number = said.number if isinstance(said, Press) else None
        if number == len(ids) and mark == "later":
            return _all_later(moment, intake)
        if number is None or number >= len(ids) or intake.marks.get(ids[number]) == "received":
            return Turn(intake=intake, events=(Outdated(), *at.place(moment, intake)))
        after = replace(intake, marks={**intake.marks, ids[number]: mark})
        marked = RecordMarked(record=ids[number], mark="later" if mark == "later" else "none")
        return Turn(intake=after, events=(marked, *_next(moment, after, intake)))

    return act


def _upload(moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    """A link for what is too large for a chat; only who agreed that things are kept gets one."""
    number = said.number if isinstance(said, Press) else None
    if isinstance(said, Press) and number == 0:
        return Turn(intake=intake, events=(UploadEnded(),))
    if not at.kept(moment, intake):
        return Turn(intake=intake, events=(DocumentHeld(), *at.place(moment, intake)))
    ids = tuple(record.id for record in moment.definition.records)
    return Turn(intake=intake, events=(UploadOffered(record=ids[number - 1] if number and number <= len(ids) else None),))


def _review(moment: Moment, intake: Intake, _said: Press | Command) -> Turn:
    if intake.response is None:
        return Turn(intake=intake, events=(LanguageAsked(),))
    return at.converse(moment, intake, Press(control=Control.REVIEW, revision=intake.response.revision))


def _snooze(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    days = said.number if isinstance(said, Press) and said.number in SNOOZE_DAYS else SNOOZE_DAYS[0]
    return Turn(intake=intake, events=(Snoozed(days=days or SNOOZE_DAYS[0]),))


def _reminders(*, on: bool) -> Act:
    def act(_moment: Moment, intake: Intake, _said: Press | Command) -> Turn:
        return Turn(intake=replace(intake, reminders_on=on), events=(RemindersSet(on=on),))

    return act


def _stop(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    if isinstance(said, Press) and said.number == 1:
        return Turn(intake=replace(intake, state="stopped"), events=(Stopped(),))
    return Turn(intake=intake, events=(StopAsked(),))


def _remember(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    if isinstance(said, Press) and said.number == 1:
        return Turn(intake=replace(intake, state="in_memory"), events=(Stopped(in_memory=True),))
    return Turn(intake=intake, events=(SilenceAsked(),))


def _copy(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    wanted = isinstance(said, Press) and said.number == 1
    return Turn(intake=intake, events=(CopyWanted() if wanted else CopyAsked(),))


def _erase(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    if isinstance(said, Press) and said.number == 1:
        return Turn(intake=Intake(language=intake.language), events=(Erased(),))
    return Turn(intake=intake, events=(ErasureAsked(),))


def _task(make: Callable[[int, int | None], Event]) -> Act:
    """What a button of a task does; one without a number lists them."""

    def act(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
        event = make(said.number, said.revision) if isinstance(said, Press) and said.number is not None else TasksListed()
        return Turn(intake=intake, events=(event,))

    return act


def _task_dated(task: int, chosen: int | None) -> Event:
    """A year, or a month of one (see Control.TASK_DATE); anything else begins anew."""
    if chosen is None or FIRST_YEAR <= chosen <= LAST_YEAR:
        return TaskDated(task=task, year=chosen)
    year, month = divmod(chosen, MONTHS)
    return TaskDated(task=task, year=year, month=month + 1) if FIRST_YEAR <= year <= LAST_YEAR else TaskDated(task=task)


def _costs(_moment: Moment, intake: Intake, _said: Press | Command) -> Turn:
    """A person has to ask the hospital, so a case is opened if none is."""
    handoff = () if intake.case_open else (HandoffRequested(reason="human"),)
    return Turn(intake=replace(intake, case_open=True), events=(*handoff, CostsAsked()))


def _recontact(_moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    return Turn(intake=intake, events=(RecontactSet(given=isinstance(said, Press) and said.number == 1),))


def _rate(moment: Moment, intake: Intake, said: Press | Command) -> Turn:
    assert isinstance(said, Press)  # no command does this
    if said.number is None or said.revision not in (None, *MARKS):
        return Turn(intake=intake, events=(Outdated(), *at.place(moment, intake)))
    case, mark = said.number, said.revision
    return Turn(intake=intake, events=(RatingOpened(case=case) if mark is None else Rated(case=case, mark=mark),))


PRESSES: dict[Control, Act] = {
    Control.LANGUAGE: _language,
    Control.CONTINUE: _go_on,
    Control.HUMAN: _human,
    Control.FAQ: _faq,
    Control.TOPIC: _topic,
    Control.RECORD_IS: _record_is,
    Control.RECORD_LATER: _mark_record("later"),
    Control.RECORD_NONE: _mark_record("none"),
    Control.RECORDS: _show(RecordsListed()),
    Control.UPLOAD: _upload,
    Control.TASKS: _show(TasksListed()),
    Control.TASK: _task(lambda task, _: TaskShown(task=task)),
    Control.TASK_DONE: _task(lambda task, _: TaskAnswered(task=task, state="done")),
    Control.TASK_CANNOT: _task(lambda task, _: TaskAnswered(task=task, state="not-possible")),
    Control.TASK_DATE: _task(_task_dated),
    Control.COSTS: _costs,
    Control.RECONTACT: _recontact,
    Control.RATE: _rate,
    Control.STATUS: _show(StatusShown()),
    Control.SNOOZE: _snooze,
    Control.REMINDERS_OFF: _reminders(on=False),
    Control.REMINDERS_ON: _reminders(on=True),
    Control.STOP: _stop,
    Control.COPY: _copy,
    Control.ERASE: _erase,
    Control.REMEMBER: _remember,
}

COMMANDS: dict[str, Act] = {
    "start": _start,
    "continue": _go_on,
    "language": _language,
    "status": _show(StatusShown()),
    "answers": _review,
    "documents": _show(RecordsListed()),
    "tasks": _show(TasksListed()),
    "upload": _upload,
    "faq": _faq,
    "about": _topic,
    "human": _human,
    "help": _show(HelpShown()),
    "privacy": _show(PrivacyShown()),
    "stop": _stop,
    "delete": _erase,
}
