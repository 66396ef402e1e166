"""Effects of what is submitted to hospitals: a line in the log, in the audit log and in the topic; the card follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.effects import cards, paths
from bot.effects.act import DeskScene, at_desk
from bot.effects.group import Group
from bot.wording import submissions as wording
from bot.wording.markup import lines, plain
from flows.case import MOVES, SHARES
from flows.casework.submissions import SENT
from flows.support_events import SubmissionMoved, Submitted
from storage import audit
from storage.desk import submissions

if TYPE_CHECKING:
    from bot.effects.registry import Effect


def submitted(scene: DeskScene, event: Submitted) -> None:
    case, by = scene.own_case, event.coordinator
    made = submissions.add(scene.tx, case.id, centre=event.centre, protocols=event.protocols, state=SENT)
    submissions.note(scene.tx, made, state=SENT, day=event.day, by=by, body=event.text, documents=event.documents)
    audit.write(scene.tx, actor=str(by), action="submission.sent", object=f"case:{case.id}", detail=event.centre)
    _tell(scene, made, suggest=case.stage not in SHARES and bool(SHARES & set(MOVES[case.stage])))


def submission_moved(scene: DeskScene, event: SubmissionMoved) -> None:
    by, object_ = event.coordinator, f"case:{scene.own_case.id}"
    submissions.note(scene.tx, event.submission, state=event.state, day=event.day, by=by, reason=event.reason, body=event.text)
    audit.write(scene.tx, actor=str(by), action=f"submission.{event.state}", object=object_, detail=str(event.submission))
    if event.reason is not None:
        paths.keep(scene.tx, scene.house, scene.own_case.id, scene.intake.response, reason=event.reason, by=by)
    _tell(scene, event.submission, suggest=False)


def _tell(scene: DeskScene, submission: int, *, suggest: bool) -> None:
    case, words, definition = scene.own_case, scene.house.desk_words, scene.house.definition
    one = next(each for each in submissions.of_case(scene.tx, case.id) if each.id == submission)
    what = wording.line(words, definition, one.lines[-1])
    text = wording.told(words, scene.act.name, wording.centre(definition, one.centre), what)
    stage = definition.stage(case.stage).label.worded(words.worded)
    group = Group(tx=scene.tx, house=scene.house)
    group.line(case.id, lines(text, plain(wording.still_at(words, stage)) if suggest else ""), kind="submission_noted")
    cards.refresh(group, case)


EFFECTS: dict[type, Effect] = {Submitted: at_desk(submitted), SubmissionMoved: at_desk(submission_moved)}
