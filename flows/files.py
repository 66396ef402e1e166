"""Files: whether one may be fetched, and whether it is an answer, a record of the checklist, or something to be asked about."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from flows import moment as at
from flows import presses
from flows.events import Asked, DocumentHeld, DocumentReceived, DocumentRepeated, DocumentTooLarge, NotUnderstood
from flows.inputs import Announced, Sent, Twin
from flows.moment import Intake, Moment, Turn, Unfiled
from flows.records import Mark

FETCHABLE = 20 * 1024 * 1024  # bytes: what getFile gives to a bot


def fetchable(moment: Moment, intake: Intake, size: int) -> Literal["yes", "held", "too-large"]:
    """Whether a file may be fetched now; before the consent to keep anything it stays with Telegram."""
    if size > FETCHABLE:
        return "too-large"
    return "yes" if _may_keep(moment, intake) else "held"


def _may_keep(moment: Moment, intake: Intake) -> bool:
    return intake.talking or at.kept(moment, intake)


def announced(moment: Moment, intake: Intake, said: Announced) -> Turn:
    match "yes" if said.joins else fetchable(moment, intake, said.size):
        case "too-large":
            return at.then_again(moment, intake, DocumentTooLarge(limit=FETCHABLE, kept=_may_keep(moment, intake)))
        case "held":
            return at.then_again(moment, intake, DocumentHeld())
        case _:
            return Turn(intake=intake, events=())


def sent(moment: Moment, intake: Intake, said: Sent) -> Turn:
    """A stored document: the answer to an attachment question, the record just asked for, or something to be told."""
    intake = replace(intake, unfiled=tuple(one for one in intake.unfiled if one.number != said.number))
    if said.attachment.content_type.startswith("audio/"):
        received = DocumentReceived(attachment=said.attachment, record="voice")
        return at.then_again(moment, intake, received, NotUnderstood(kind="voice", stored=True))
    question = at.open_question(moment, intake)
    if said.twin is not None:
        return _repeated(moment, intake, said, said.twin)
    if at.wants_file(question) and not (intake.talking or said.record or said.apart):
        return _answers(moment, intake, said, question)
    record = said.record or (None if intake.talking or question or said.apart else _asked_record(moment, intake))
    return _filed(moment, intake, said, record) if record else unfiled(intake, said)


def _repeated(moment: Moment, intake: Intake, said: Sent, twin: Twin) -> Turn:
    """The same bytes again are no news; only where a record is being asked for, they may be meant for that one too."""
    asked = not intake.talking and at.open_question(moment, intake) is None and _asked_record(moment, intake) is not None
    kept_as = None if asked else twin.record or presses.OTHER_RECORD
    repeated = DocumentRepeated(attachment=said.attachment, record=twin.record, kept_as=kept_as)
    if not asked:
        return at.then_again(moment, intake, repeated)
    after = replace(intake, unfiled=(*intake.unfiled, Unfiled(number=said.number, attachment=said.attachment)))
    return Turn(intake=after, events=(repeated, *at.queries(after)))


def _answers(moment: Moment, intake: Intake, said: Sent, question: Asked) -> Turn:
    turn = at.converse(moment, intake, said)
    record = moment.definition.record_of(question.prompt.item.link_id)
    marks = _marked(intake, said, record) if record else intake.marks
    received = _told(said, record, answers=question.prompt.key)
    return Turn(intake=replace(turn.intake, marks=marks), events=(received, *turn.events))


def _told(said: Sent, record: str | None, *, answers: str | None = None) -> DocumentReceived:
    return DocumentReceived(
        attachment=said.attachment,
        record=record,
        answers=answers,
        files=said.files,
        unreadable=said.unreadable,
        photo=said.photo,
    )


def _marked(intake: Intake, said: Sent, record: str) -> dict[str, Mark]:
    """A record of which nothing opens has come, and is asked for again; what opened before still counts."""
    opens = said.unreadable < said.files or intake.marks.get(record) == "received"
    return {**intake.marks, record: "received" if opens else "unreadable"}


def _asked_record(moment: Moment, intake: Intake) -> str | None:
    """The record that was asked for last."""
    return next((one.record.id for one in at.checklist(moment, intake) if one.asked), None)


def _filed(moment: Moment, intake: Intake, said: Sent, record: str) -> Turn:
    after = replace(intake, marks=_marked(intake, said, record))
    received = _told(said, record)
    return Turn(intake=after, events=(received, *(() if intake.talking else at.what_follows(moment, after, before=intake))))


def unfiled(intake: Intake, said: Sent) -> Turn:
    number = said.number
    after = replace(
        intake,
        unfiled=(*intake.unfiled, Unfiled(number=number, attachment=said.attachment, opens=said.unreadable < said.files)),
    )
    return Turn(intake=after, events=(_told(said, None), *at.queries(after)))
