"""Commands of the desk: a table of what each does. In a topic they mean its case; elsewhere the case's number comes first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.casework import (
    appointments,
    canned,
    deeds,
    evidence,
    filing,
    handing,
    hospitals,
    listing,
    measuring,
    own,
    papers,
    paths,
    submitting,
    talk,
    tasking,
    trials,
)
from bot.casework.acts import case_meant, scene_of
from bot.casework.named import named, named_first
from bot.casework.presses import choices
from bot.casework.staff import ratings as staff_ratings
from bot.casework.staff import roster as desk_roster
from bot.dossier.sending import DOSSIER, PACKET
from bot.exports import FORMATS
from bot.messages import Message
from bot.wording import card, counter, grades, staff, submissions, tasks
from bot.wording.keys import Verb
from bot.wording.markup import plain
from flows.case import MOVES
from flows.staff import roles
from storage import coordinators

if TYPE_CHECKING:
    from bot.effects.act import Act, DeskScene


def command(act: Act) -> None:
    """One command of a coordinator, on the case that is meant, or on none."""
    name = act.arrival.command
    if not roles.may(act.coordinator.role, "read" if name in LOOKS else "act"):
        act.tell(staff.not_allowed(act.words))
    elif name == talk.REPLY:
        talk.heard(act)
    elif name in ABOUT_CASES:
        _about_case(act, ABOUT_CASES[name])
    elif name in GENERAL:
        GENERAL[name](act)
    else:
        act.tell(counter.unknown_command(act.words))


def _about_case(act: Act, deed: Callable[[DeskScene, str], None]) -> None:
    case, said = case_meant(act)
    scene = scene_of(act, case.id, action=act.arrival.command) if case else None
    if scene is None:
        act.tell(counter.no_such_case(act.words))
    else:
        deed(scene, said)


def _hand_over(scene: DeskScene, said: str) -> None:
    """A colleague by name; what follows the name is why, for the colleague."""
    colleagues = [(str(one.telegram_id), (one.name,)) for one in coordinators.roster(scene.tx) if roles.may(one.role, "act")]
    chosen, reason = named_first(said, colleagues)
    if chosen is None:
        _offer(scene, Verb.HAND_OVER, "colleague")
    else:
        deeds.hand_over(scene, int(chosen), reason)


def _stage(scene: DeskScene, said: str) -> None:
    """A stage by its id or its name; one that cannot be reached is answered in words by the rules."""
    definition, words = scene.house.definition, scene.act.words
    stages = [(one, (card.stage(words, definition, one), definition.stage(one).label.english)) for one in MOVES]
    chosen = named(said, stages)
    if chosen is None:
        _offer(scene, Verb.STAGE, "stage")
    elif chosen == "closed":
        _close(scene, "")
    else:
        deeds.move(scene, chosen)


def _close(scene: DeskScene, said: str) -> None:
    worded = scene.act.words.worded
    reasons = [(one.id, (one.label.worded(worded), one.label.english)) for one in scene.house.definition.close_reasons]
    chosen = named(said, reasons)
    if chosen is None:
        _offer(scene, Verb.CLOSE, "reason")
    else:
        deeds.close(scene, chosen)


def _note(scene: DeskScene, said: str) -> None:
    if said.strip():
        talk.note(scene, said)
    else:
        scene.act.tell(counter.nothing_written(scene.act.words))


def _export(scene: DeskScene, said: str) -> None:
    wanted = said.strip().casefold() or "fhir"
    if wanted in FORMATS:
        deeds.export(scene, wanted)
    else:
        scene.act.tell(counter.formats(scene.act.words, list(FORMATS)))


def _submit(scene: DeskScene, said: str) -> None:
    if not submitting.submit(scene, said):
        text = submissions.how(scene.act.words)
        scene.act.answer(Message(text=plain(text), rows=choices(scene, Verb.SUBMIT)[:-1]))


def _task(scene: DeskScene, said: str) -> None:
    if not tasking.command(scene, said):
        scene.act.answer(Message(text=plain(tasks.which(scene.act.words)), rows=choices(scene, Verb.ASK_TASK)[:-1]))


def _evidence(scene: DeskScene, said: str) -> None:
    if not evidence.command(scene, said):
        text = grades.how(scene.act.words)
        scene.act.answer(Message(text=plain(text), rows=choices(scene, Verb.EVIDENCE)[:-1]))


def _offer(scene: DeskScene, verb: Verb, what: str) -> None:
    """What was not understood is offered as buttons."""
    text = counter.choose(scene.act.words, what)
    scene.act.answer(Message(text=plain(text), rows=choices(scene, verb)[:-1]))


ABOUT_CASES: dict[str, Callable[[DeskScene, str], None]] = {
    "claim": lambda scene, _: deeds.claim(scene),
    "release": lambda scene, _: deeds.release(scene),
    "handover": _hand_over,
    "stage": _stage,
    "close": _close,
    "followup": deeds.follow_up,
    "canned": canned.command,
    "answer": filing.command,
    "undo": deeds.undo_answered,
    "next": deeds.plan_next,
    "appointment": appointments.make,
    "dayzero": deeds.set_day_zero,
    "note": _note,
    "protocols": trials.protocols,
    "export": _export,
    "submit": _submit,
    "submission": submitting.command,
    "path": paths.command,
    "task": _task,
    "tasks": lambda scene, _: tasking.overview(scene),
    "evidence": _evidence,
    "dated": papers.dated,
    "lab": measuring.command,
    "dossier": lambda scene, said: handing.ask(scene, DOSSIER, said),
    "packet": lambda scene, said: handing.ask(scene, PACKET, said),
}
LOOKS = frozenset({"start", "help", "cases", "case", "web", "protocols", "roster"})  # these change no case
GENERAL: dict[str, Callable[[Act], None]] = {
    "shift": own.shift,
    "away": own.away,
    "me": own.me,
    "ratings": staff_ratings,
    "roster": desk_roster,
    "hospitals": hospitals.hospitals,
    "start": listing.start,
    "help": listing.help_,
    "cases": listing.open_cases,
    "case": listing.one_case,
    "web": listing.page,
}
