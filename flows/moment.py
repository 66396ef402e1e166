"""One moment of an intake: the state that a turn starts from, what is open in it, and what an answer brings with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, tzinfo
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

from flows import engine, records, triage
from flows.aside import Aside
from flows.changing import changed
from flows.dialogue.prompt import Expects
from flows.dialogue.versions import carried
from flows.events import (
    Answered,
    Asked,
    Completed,
    ConsentRecorded,
    DocumentQueried,
    ErasureAsked,
    Event,
    HandoffRequested,
    IntakeEnded,
    LanguageAsked,
    RecordAsked,
    RecordsFinished,
    RedFlagged,
    Reviewed,
    Welcomed,
    ZoneChosen,
)
from flows.fhir.launch import NOBODY, NOTHING, Writer, known_before, launch
from flows.inputs import Attachment
from flows.records import Mark
from flows.response import Coding, QuestionnaireResponse

if TYPE_CHECKING:
    from flows.dialogue.versions import Carried
    from flows.inputs import Input
    from flows.library import Definition
    from flows.records import RecordState

ZONES = "https://www.iana.org/time-zones"
ANY_WORDS = frozenset({Expects.TEXT, Expects.OTHER})
KEEP = "keep"  # the consent without which nothing is kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Unfiled:
    """A stored document that nobody has said the meaning of yet; `number` is its number in this chat. `opens`: at least in part."""

    number: int
    attachment: Attachment
    opens: bool = True


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Everything that decides what a turn means. `case_open`: the desk has a case; `claimed`: a coordinator holds it; `aside`: flows.aside.

    `rating`: the closed case to whose mark the next words belong.
    """

    language: str | None = None
    response: QuestionnaireResponse | None = None
    talking: bool = False
    case_open: bool = False
    claimed: bool = False
    state: Literal["open", "stopped", "in_memory"] = "open"
    reminders_on: bool = True
    marks: Mapping[str, Mark] = field(default_factory=dict)
    unfiled: tuple[Unfiled, ...] = ()
    aside: Aside | None = None
    rating: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """What a turn may know besides the state. `today` is the patient's calendar day in their `zone`; `translate` words a definition's text.

    `writer` is who writes, as far as their account says it; nobody where this turn is not theirs.
    """

    definition: Definition
    now: datetime
    today: date
    new_id: Callable[[], str]
    translate: Callable[[str, str], str]
    writer: Writer = NOBODY
    zone: tzinfo = UTC


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """One exchange: the state after it and what happened, in order."""

    intake: Intake
    events: tuple[Event, ...]


def converse(moment: Moment, intake: Intake, said: Input) -> Turn:
    """One turn of the questionnaire, with everything that its answers bring with them."""
    assert intake.response is not None
    turn = engine.advance(
        moment.definition.questionnaire,
        intake.response,
        said,
        now=moment.now,
        today=moment.today,
        zone=moment.zone,
        language=intake.language or "en",
        translate=moment.translate,
        lexicon=moment.definition.lexicon,
    )
    if any(_withdraws(moment, event) for event in turn.events):
        return Turn(intake=intake, events=(ErasureAsked(),))
    after = changed(intake, response=turn.response)
    events: list[Event] = []
    for event in turn.events:
        events += (event, *_consequences(moment, after, event))
        if isinstance(events[-1], IntakeEnded):
            return Turn(intake=replace(after, response=None), events=tuple(events))
    return Turn(intake=after, events=tuple(events))


def begin(moment: Moment, intake: Intake) -> Turn:
    """The first question of a new response."""
    id_ = moment.new_id()
    turn = engine.start(
        moment.definition.questionnaire, id=id_, now=moment.now, today=moment.today, launch=_launch(moment, intake, id_)
    )
    return Turn(intake=replace(intake, response=turn.response), events=turn.events)


def anew(moment: Moment, intake: Intake) -> Turn:
    """There is no response: ask for the language, or begin when it is known or there is only one."""
    languages = moment.definition.languages
    if intake.language:
        return begin(moment, intake)
    if len(languages) == 1:
        turn = begin(moment, replace(intake, language=languages[0]))
        return Turn(intake=turn.intake, events=(Welcomed(), *turn.events))
    return Turn(intake=intake, events=(LanguageAsked(),))


def place(moment: Moment, intake: Intake) -> tuple[Event, ...]:
    """What is open now, said again without changing anything: a question, the review, a record, or nothing."""
    question = open_question(moment, intake)
    if question is not None:
        return (question,)
    if intake.response is None:
        return (LanguageAsked(),)
    return queries(intake) or _next_record(moment, intake)


def then_again(moment: Moment, intake: Intake, *events: Event) -> Turn:
    """Say something, then show again what is open (not in a talk: nobody asks a question there)."""
    return Turn(intake=intake, events=(*events, *(() if intake.talking else place(moment, intake))))


def open_question(moment: Moment, intake: Intake) -> Asked | Reviewed | None:
    if intake.response is None:
        return None
    shown = engine.present(moment.definition.questionnaire, intake.response)
    if isinstance(shown, Asked):
        return replace(shown, again=True)
    return shown if isinstance(shown, Reviewed) else None


def wants_file(question: Asked | Reviewed | None) -> TypeGuard[Asked]:
    """Whether a file is what answers this."""
    return isinstance(question, Asked) and question.prompt.expects is Expects.FILE


def awaited(moment: Moment, intake: Intake) -> tuple[str, Expects] | None:
    """The key of the open question and what it expects; None where none is asked."""
    return None if intake.response is None else engine.awaited(moment.definition.questionnaire, intake.response)


def expects(moment: Moment, intake: Intake, kinds: frozenset[Expects]) -> bool:
    """Whether the open question expects one of these."""
    question = awaited(moment, intake)
    return question is not None and question[1] in kinds


def is_confirmed(intake: Intake) -> bool:
    """Whether all answers were confirmed, so that neither a question nor the review is open."""
    return intake.response is not None and intake.response.cursor.mode == "done"


def renewed(moment: Moment, intake: Intake) -> Carried | None:
    """The response carried over to the form's version; None when it needs none of that."""
    if intake.response is None:
        return None
    form, before = moment.definition.questionnaire, intake.response
    if not before.launch and form.rules.launched and before.questionnaire != form.canonical:
        before = replace(before, launch=_launch(moment, intake, before.id))
    return carried(form, before, now=moment.now, today=moment.today)


def _launch(moment: Moment, intake: Intake, id_: str) -> Mapping[str, Any]:
    """What the response with this id is told about the people of this chat: of answers only those that the house's own form asked for."""
    before = intake.response
    known = known_before(moment.definition.house, before.value) if before else NOTHING
    writer = replace(moment.writer, language=intake.language or "")
    return launch(moment.definition.questionnaire, id_, writer, known)


def what_follows(moment: Moment, intake: Intake, *, before: Intake | None = None) -> tuple[Event, ...]:
    """What follows when something about records was settled: the open place, or the closing words when all is done.

    `before`: the state before that, where the closing words may have been said already. They are said again only when the last record
    has arrived.
    """
    open_ = place(moment, intake)
    if open_ or before is None or _next_record(moment, before) or _complete(moment, intake):
        return open_ or (RecordsFinished(),)
    return ()


def _complete(moment: Moment, intake: Intake) -> bool:
    return all(one.state == "received" for one in checklist(moment, intake) if one.record.required)


def checklist(moment: Moment, intake: Intake) -> tuple[RecordState, ...]:
    if intake.response is None:
        return ()
    return records.checklist(moment.definition, intake.response, intake.marks)


def kept(moment: Moment, intake: Intake) -> bool:
    """Whether the consent to keep answers was given."""
    if intake.response is None:
        return False
    return any(intake.response.value(item.link_id) is True for item in moment.definition.questionnaire.consents(KEEP))


def _next_record(moment: Moment, intake: Intake) -> tuple[Event, ...]:
    states = [state for state in checklist(moment, intake) if state.record.required]  # optional ones are only listed
    for number, state in enumerate(states, start=1):
        if state.asked:
            return (RecordAsked(record=state.record.id, number=number, count=len(states), state=state.state),)
    return ()


def queries(intake: Intake) -> tuple[Event, ...]:
    """The latest document that nobody has said the meaning of, if there is one. Each keeps the buttons that were shown with it."""
    return tuple(DocumentQueried(attachment=one.attachment, number=one.number) for one in intake.unfiled[-1:])


def _consequences(moment: Moment, intake: Intake, event: Event) -> tuple[Event, ...]:
    if isinstance(event, Answered):
        return (*_consent(moment, event), *_zone(event), *_red_flags(moment, event))
    if isinstance(event, Completed):
        handoff = () if event.amended else (HandoffRequested(reason="complete"),)
        return (*handoff, *what_follows(moment, intake))
    return ()


def _consent(moment: Moment, event: Answered) -> tuple[Event, ...]:
    kind = moment.definition.questionnaire.by_link_id[event.link_id].consent
    if kind is None:
        return ()
    given = event.values == (True,)
    recorded = ConsentRecorded(consent=event.link_id, given=given)
    return (recorded, IntakeEnded()) if kind == KEEP and not given else (recorded,)


def _withdraws(moment: Moment, event: object) -> bool:
    """A yes to keeping the answers becomes a no: everything would have to go, so that is asked first."""
    if not isinstance(event, Answered) or moment.definition.questionnaire.by_link_id[event.link_id].consent != KEEP:
        return False
    return event.before == (True,) and event.values != (True,)


def _zone(event: Answered) -> tuple[Event, ...]:
    return tuple(ZoneChosen(zone=value.code) for value in event.values if isinstance(value, Coding) and value.system == ZONES)


def _red_flags(moment: Moment, event: Answered) -> tuple[Event, ...]:
    flags = triage.flags_in_answer(moment.definition, event.link_id, event.values)
    return (RedFlagged(flags=flags), HandoffRequested(reason="red-flag")) if flags else ()
