"""The card of a case: all that the desk must see at a glance, in the desk's language, in plain lines without names.

Its links lead to messages of its own topic: an address in Telegram tells nothing to whoever is not in the group.

A card fits one message. When it grows too long, the evidence of met criteria goes first, then that of unknown ones.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.messages import Message
from bot.wording import desk, grades, keys, measured, submissions, tasks, told, values
from bot.wording.markup import bold, lines, link, paragraphs, plain
from bot.wording.visible import one_line
from flows.grounds.given import link_id_of
from flows.items import name_of
from flows.response import Absent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from bot.catalogues import Catalogue
    from flows.grounds.evidence import Grade
    from flows.grounds.findings import Finding
    from flows.grounds.measured import Measured
    from flows.items import Item
    from flows.library import Definition
    from flows.records import RecordState
    from flows.response import QuestionnaireResponse, Value
    from storage.desk.submissions import Submission
    from storage.desk.tasks import Task
    from storage.rows import Case

LIMIT = 4000  # of Telegram's 4096
TITLE = 128  # characters of a topic's name
WRITER, DIAGNOSIS = "writer", "diagnosis"  # linkIds: who writes, and what stands in the topic's name
PLANNED = 300  # characters shown of what is planned next
QUESTION, WORDS = 60, 120  # characters shown of a question and of free text
EARLIER = 3  # cases that are named, the newest
MISSING = 5  # unanswered questions of one criterion that are named
EVIDENCE_KEPT = ({"met", "not-met", "unknown"}, {"not-met", "unknown"}, {"not-met"}, set[str]())


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """What a card is made of. `language`: the patient's, by its own name; `waiting`: since when somebody waits for an answer."""

    case: Case
    definition: Definition
    response: QuestionnaireResponse | None
    findings: tuple[Finding, ...]
    records: tuple[RecordState, ...]
    unnamed: int  # documents of which nobody has said what they are
    consents: Mapping[str, bool]
    language: str
    holder: str | None
    waiting: datetime | None
    zone: str | None
    desk_zone: str
    now: datetime
    alarmed: bool
    silent: str  # "" | stopped | in_memory | unreachable
    grades: Mapping[str, Grade] = field(default_factory=dict)
    check_in: datetime | None = None  # the next one of the follow-up programme
    next: tuple[str, date | None] | None = None  # what is to be done next, by which day
    today: date | None = None  # at the desk
    unanswered: str = ""  # the address of the first message that waits for an answer
    submissions: tuple[Submission, ...] = ()
    tasks: tuple[Task, ...] = ()
    earlier: tuple[tuple[Case, str], ...] = ()  # closed cases of the same family, and where their topics are
    measured: tuple[Measured, ...] = ()  # read in reports, the oldest day first
    counting: Mapping[str, Measured] = field(default_factory=dict)  # linkId -> the one that counts instead of the answer
    screened: QuestionnaireResponse | None = None  # the answers with those in their places


def card(words: Catalogue, made: Card) -> Message:
    case = made.case
    rows = keys.card(words, case.id, held=case.holder is not None, alarmed=made.alarmed, closed=case.closed_at is not None)
    texts = (
        paragraphs(_head(words, made), _criteria(words, made, kept), _former(words, made), _records(words, made))
        for kept in EVIDENCE_KEPT
    )
    fitting = next((text for text in texts if len(text) <= LIMIT), None)
    return Message(text=fitting or _head(words, made), rows=rows)


def title(words: Catalogue, definition: Definition, case: Case, response: QuestionnaireResponse | None) -> str:
    """The topic's name: number, disease group as coded, stage; never a person or their own words."""
    item = definition.questionnaire.by_link_id.get(DIAGNOSIS)
    said = response.value(DIAGNOSIS) if response and item else None
    coded = [option.display for option in item.options if option.value == said] if item else []
    disease = values.value(words, item, said) if item and coded and said is not None else ""
    parts = [case.number, one_line(disease, 40), stage(words, definition, case.stage)]
    return " · ".join(part for part in parts if part)[:TITLE]


def stage(words: Catalogue, definition: Definition, stage_id: str) -> str:
    return definition.stage(stage_id).label.worded(words.worded)


def _head(words: Catalogue, made: Card) -> str:
    return paragraphs(
        lines(bold(words.isolate(made.case.number)), _alarm(words, made), _silent(words, made)),
        lines(*map(plain, facts(words, made))),
        lines(_next(words, made), plain(_counts(words, made)), _link(words, made), _earlier(words, made)),
    )


def _alarm(words: Catalogue, made: Card) -> str:
    return bold("🚩 " + words.gettext("RED FLAG, not acknowledged yet")) if made.alarmed else ""


def _silent(words: Catalogue, made: Card) -> str:
    sentences = {
        "stopped": words.gettext("The person stopped all messages."),
        "in_memory": words.gettext("In memory: no message goes out."),
        "unreachable": words.gettext("The patient cannot be reached: the bot is blocked."),
    }
    return bold(sentences[made.silent]) if made.silent else ""


def facts(words: Catalogue, made: Card, *, commands: bool = True) -> list[str]:
    """Where the case stands, a line each; empty ones say nothing. `commands`: it stands where commands can be typed."""
    case = made.case
    holder = words.isolate(made.holder) if made.holder else words.gettext("nobody yet")
    return [
        words.gettext("Urgency: {urgency}").format(urgency=desk.urgencies(words)[case.urgency]),
        words.gettext("Stage: {stage}").format(stage=stage(words, made.definition, case.stage)),
        words.gettext("Held by: {name}").format(name=holder),
        _waiting(words, made),
        words.gettext("Language: {language}").format(language=words.isolate(made.language)),
        _writer(words, made),
        _local_time(words, made),
        _consents(words, made),
        words.gettext("Day zero: {day}").format(day=values.day(words, case.day_zero)) if case.day_zero else "",
        words.gettext("Next check-in: {when}").format(when=values.moment(words, made.check_in, made.zone))
        if made.check_in
        else "",
        submissions.brief(words, made.definition, made.submissions),
        tasks.brief(words, made.tasks, made.today, command=commands),
    ]


def _earlier(words: Catalogue, made: Card) -> str:
    """The family was here before: what was said then stands in those topics."""
    if not made.earlier:
        return ""
    reasons = {one.id: one.label.worded(words.worded) for one in made.definition.close_reasons}
    told = (
        (link(words.isolate(one.number), address) if address else plain(words.isolate(one.number)))
        + plain(f" ({reasons[one.close_reason]})" if one.close_reason in reasons else "")
        for one, address in made.earlier[-EARLIER:]
    )
    return plain(words.gettext("Earlier cases of this family:")) + " " + plain(values.comma(words)).join(told)


def _next(words: Catalogue, made: Card) -> str:
    """What somebody planned, else what is usual at this stage."""
    if made.case.closed_at:
        return ""
    if made.next is None:
        usual = made.definition.stage(made.case.stage).desk.worded(words.worded)
        return plain(words.gettext("Next (usual at this stage): {what}").format(what=usual))
    what, due = made.next
    text = words.gettext("Next: {what}").format(what=words.isolate(one_line(what, PLANNED)))
    day = words.gettext("By {day}").format(day=values.day(words, due)) if due else ""
    late = due is not None and made.today is not None and due < made.today
    return lines(bold(text), bold(words.gettext("{day}: overdue").format(day=day)) if late else plain(day))


def _counts(words: Catalogue, made: Card) -> str:
    if not made.findings:
        return ""
    count = Counter(one.status for one in made.findings)
    text = words.gettext("Criteria: {met} met, {not_met} not met, {unknown} unknown. Records missing: {missing}")
    missing = sum(one.state == "missing" for one in made.records)
    return text.format(met=count["met"], not_met=count["not-met"], unknown=count["unknown"], missing=missing)


def _link(words: Catalogue, made: Card) -> str:
    text = words.gettext("To the first message that waits for an answer")
    return link(text, made.unanswered) if made.unanswered and made.waiting else ""


def _waiting(words: Catalogue, made: Card) -> str:
    if made.waiting is None:
        return words.gettext("Nothing waits for an answer.")
    text = words.gettext("Waiting since: {when} ({zone})")
    return text.format(when=values.moment(words, made.waiting, made.desk_zone), zone=words.isolate(made.desk_zone))


def _writer(words: Catalogue, made: Card) -> str:
    said = _said(words, made, WRITER)
    return words.gettext("Who writes: {writer}").format(writer=said or words.gettext("not said yet"))


def _local_time(words: Catalogue, made: Card) -> str:
    if made.zone is None:
        return words.gettext("Time zone: not known")
    text = words.gettext("The patient’s local time: {when} ({zone}), when this card was last changed")
    return text.format(zone=words.isolate(made.zone), when=values.moment(words, made.now, made.zone))


def _consents(words: Catalogue, made: Card) -> str:
    """Each permission apart, and none taken for granted."""
    names = {
        "keep": words.gettext("keep answers"),
        "share": words.gettext("show to hospitals"),
        "reminders": words.gettext("reminders"),
    }
    said = {True: words.gettext("yes"), False: words.gettext("no"), None: words.gettext("not asked yet")}
    listed = values.comma(words).join(f"{name}: {said[made.consents.get(consent)]}" for consent, name in names.items())
    return words.gettext("Permissions: {list}").format(list=listed)


def _criteria(words: Catalogue, made: Card, kept: set[str]) -> str:
    if not made.definition.criteria.criteria:
        return told.answers(words, made.definition, made.response)
    if not made.findings:
        return plain(words.gettext("Criteria: no answers yet."))
    head = bold(words.gettext("Criteria and how well each is shown"))
    return lines(head, *(_finding(words, made, number, one, kept) for number, one in enumerate(made.findings, start=1)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One criterion in words. `explained`: what is asked by it; `why`: the answers it rests on, then what is not known; `beside`: how well it is shown, how fresh."""

    title: str
    explained: str
    status: str
    why: tuple[str, ...]
    beside: tuple[str, ...]


def line(words: Catalogue, made: Card, finding: Finding) -> Line:
    """Plain text; whoever shows it escapes."""
    status = {
        "met": "✔ " + words.pgettext("criterion", "met"),
        "not-met": "✘ " + words.pgettext("criterion", "not met"),
        "unknown": "? " + words.pgettext("criterion", "unknown"),
    }
    title = finding.criterion.title.worded(words.worded)
    if finding.criterion.role == "supportive":
        title = words.gettext("{criterion} (supporting)").format(criterion=title)
    label = functools.partial(_question, words, made)
    beside = grades.beside(words, made.definition, finding, made.grades.get(finding.criterion.id, "told"), label)
    evidence = [_answer(words, made, key) for key in finding.evidence]
    why = tuple(text for text in (*evidence, _missing(words, made, finding)) if text)
    explained = finding.criterion.explain.worded(words.worded)
    return Line(title=title, explained=explained, status=status[finding.status], why=why, beside=tuple(beside))


def _finding(words: Catalogue, made: Card, number: int, finding: Finding, kept: set[str]) -> str:
    said = line(words, made, finding)
    how = f" ({'; '.join(said.beside)})" if said.beside else ""
    head = f"{number}. {plain(said.title)}: {bold(said.status)}{plain(how)}"
    return lines(head, *(plain(f"   {text}") for text in said.why)) if finding.status in kept else head


def _missing(words: Catalogue, made: Card, finding: Finding) -> str:
    if not finding.missing:
        return ""
    told_first = sorted(finding.missing, key=lambda link_id: not _given(words, made, name_of(link_id)))
    shown = "; ".join(_lacking(words, made, link_id) for link_id in told_first[:MISSING])
    rest = len(finding.missing) - MISSING
    more = words.ngettext("and {n} more", "and {n} more", rest).format(n=rest) if rest > 0 else ""
    return words.gettext("Not known: {questions}").format(questions=f"{shown} {more}".rstrip())


def _answer(words: Catalogue, made: Card, key: str) -> str:
    """The question in short and what was answered, or what a coordinator read instead."""
    link_id, said = link_id_of(key), _given(words, made, key)
    read = made.counting.get(link_id)
    told = measured.beside(words, made.definition, read, said) if read else said
    return f"{_question(words, made, link_id)}: {told}"


def _lacking(words: Catalogue, made: Card, link_id: str) -> str:
    """A question whose answer decides nothing: not given, "I don't know", or words of the patient's side that have no code."""
    given = _given(words, made, name_of(link_id))
    return " – ".join(part for part in (_question(words, made, link_id), given) if part)


def _given(words: Catalogue, made: Card, key: str) -> str:
    """An answer: coded ones in the desk's language, free text in quotes as it was written; nothing for a skipped question."""
    item = made.definition.questionnaire.by_link_id.get(link_id_of(key))
    said = made.response.answers.get(key, ()) if made.response and item else ()
    given = [one for one in said if one != Absent(reason="skipped")]
    return values.comma(words).join(_value(words, item, one) for one in given) if item else ""


def _value(words: Catalogue, item: Item, one: Value) -> str:
    if isinstance(one, str):
        return f"“{words.isolate(one_line(one, WORDS))}”"
    return one_line(values.value(words, item, one), WORDS)


def _question(words: Catalogue, made: Card, link_id: str) -> str:
    return question(words, made.definition, link_id)


def question(words: Catalogue, definition: Definition, link_id: str) -> str:
    """A question in short."""
    item = definition.questionnaire.by_link_id.get(link_id)
    return one_line(re.split("[?؟]", item.label.worded(words.worded))[0], QUESTION) if item else link_id


def _said(words: Catalogue, made: Card, link_id: str) -> str:
    item = made.definition.questionnaire.by_link_id.get(link_id)
    said = made.response.values(link_id) if made.response and item else ()
    return values.answer(words, item, said) if item and said else ""


def _former(words: Catalogue, made: Card) -> str:
    return told.former(words, made.definition, made.response) if made.response else ""


def _records(words: Catalogue, made: Card) -> str:
    if not made.definition.records and not made.unnamed:
        return ""
    names = {
        "received": words.gettext("Received: {records}"),
        "missing": words.gettext("Missing: {records}"),
        "later": words.gettext("To be sent later: {records}"),
        "none": words.gettext("Not there: {records}"),
        "unreadable": words.gettext("Not readable: {records}"),
        "outdated": words.gettext("Too old: {records}"),
    }
    listed = [
        text.format(records="; ".join(one.record.text.worded(words.worded) for one in made.records if one.state == state))
        for state, text in names.items()
        if any(one.state == state for one in made.records)
    ]
    unnamed = words.ngettext("{n} document is not named yet.", "{n} documents are not named yet.", made.unnamed).format(
        n=made.unnamed
    )
    return lines(bold(words.gettext("Records")), *map(plain, (*listed, unnamed if made.unnamed else "")))
