"""Buttons of the desk: a table of what each verb does, and the choices that open in place of the card's own buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.casework import (
    appointments,
    canned,
    deeds,
    evidence,
    filing,
    guarded,
    handing,
    measuring,
    papers,
    paths,
    promised,
    submitting,
    tasking,
)
from bot.casework.acts import refuse, scene_of
from bot.dossier.sending import DOSSIER, PACKET
from bot.effects import cards
from bot.messages import Message
from bot.wording import card, counter, keys, staff
from bot.wording.keys import DELAYS, Verb
from bot.wording.markup import plain
from flows.case import MOVES, STAGES
from flows.events import MoveRefused
from flows.staff import roles
from storage import coordinators, outbox

if TYPE_CHECKING:
    from bot.effects.act import Act, DeskScene
    from bot.messages import DeskPress, Rows

NAMES = {verb.value: verb.name.lower().replace("_", "-") for verb in Verb}  # as they stand in the audit log
Deed = Callable[["DeskScene"], None]
Numbered = Callable[["DeskScene", int], None]
Labels = Callable[["DeskScene"], list[tuple[int, str]]]


def press(act: Act, pressed: DeskPress) -> None:
    """One press of a coordinator. It is always answered, and what it cannot do changes nothing."""
    allowed = roles.may(act.coordinator.role, "act")
    scene = scene_of(act, pressed.case_id, action=NAMES.get(pressed.verb, "unknown-button")) if allowed else None
    if not allowed:
        act.tell(staff.not_allowed(act.words))
    elif scene is None:
        act.tell(counter.bad_button(act.words))
    elif pressed.verb in PLAIN:
        PLAIN[Verb(pressed.verb)](scene)
    elif pressed.number is not None and pressed.verb in papers.DOCUMENTS:
        _of_document(scene, papers.DOCUMENTS[Verb(pressed.verb)], pressed.number)
    elif pressed.number is None and pressed.verb in CHOICES:
        _choose(scene, Verb(pressed.verb))
    elif pressed.number is not None and pressed.verb in NUMBERED:
        _chosen(scene, Verb(pressed.verb), pressed.number)
    else:
        act.tell(counter.bad_button(act.words))
    act.finish()


def choices(scene: DeskScene, verb: Verb) -> Rows:
    return keys.choices(scene.act.words, verb, scene.own_case.id, CHOICES[verb](scene))


def _choose(scene: DeskScene, verb: Verb) -> None:
    if scene.own_case.closed_at:
        refuse(scene, MoveRefused(stage="closed", wanted=""))
    elif verb is Verb.TAKE_OVER and scene.own_case.holder in (None, scene.act.coordinator.telegram_id):
        deeds.claim(scene)
    elif verb is Verb.TAKE_OVER:  # under an alert, whose own buttons stay
        scene.act.answer(Message(text=plain(counter.choose(scene.act.words, "take-over")), rows=choices(scene, verb)[:-1]))
    else:
        scene.act.redraw(choices(scene, verb), kind="choice_opened")


def _chosen(scene: DeskScene, verb: Verb, number: int) -> None:
    if verb not in {Verb.CANCEL, Verb.UNDO, Verb.GUARDED, Verb.TAKE_BACK, Verb.SHOW_CANNED}:
        _back(scene)
    try:
        NUMBERED[verb](scene, number)
    except IndexError:
        scene.act.tell(counter.bad_button(scene.act.words))


def _of_document(scene: DeskScene, deed: Numbered, number: int) -> None:
    try:
        deed(scene, number)
    except IndexError:
        scene.act.tell(counter.bad_button(scene.act.words))


def _back(scene: DeskScene) -> None:
    """The card's own buttons again; a choice that a command opened loses its buttons."""
    case = scene.own_case
    row = outbox.get(scene.tx, case.card_outbox_id) if case.card_outbox_id else None
    held, closed = case.holder is not None, case.closed_at is not None
    own = keys.card(scene.act.words, case.id, held=held, alarmed=cards.alarmed(case), closed=closed)
    scene.act.redraw(own if row and row.sent_message_id == scene.act.arrival.message_id else (), kind="choice_closed")


def _stages(scene: DeskScene) -> list[tuple[int, str]]:
    words, definition = scene.act.words, scene.house.definition
    reachable = [one for one in MOVES[scene.own_case.stage] if one != "closed"]
    return [(STAGES.index(one), card.stage(words, definition, one)) for one in reachable]


def _reasons(scene: DeskScene) -> list[tuple[int, str]]:
    reasons = scene.house.definition.close_reasons
    return [(number, one.label.worded(scene.act.words.worded)) for number, one in enumerate(reasons)]


def _delays(scene: DeskScene) -> list[tuple[int, str]]:
    return [(number, keys.delay(scene.act.words, days)) for number, days in enumerate(DELAYS)]


def _colleagues(scene: DeskScene) -> list[tuple[int, str]]:
    here = (one for one in coordinators.roster(scene.tx) if roles.may(one.role, "act"))
    others = (one for one in here if one.telegram_id != scene.own_case.holder)
    return [(one.telegram_id, one.name or str(one.telegram_id)) for one in others]


def _take_over_reasons(scene: DeskScene) -> list[tuple[int, str]]:
    reasons = scene.house.definition.desk.reasons
    return [(number, one.label.worded(scene.act.words.worded)) for number, one in enumerate(reasons)]


def _ask_why(scene: DeskScene, to: int) -> None:
    """Why a case goes to a colleague, who reads it: one tap more, as with the command some words."""
    if not scene.house.definition.desk.handing:
        return deeds.give(scene, to)
    made = [(keys.joined(to, number), label) for number, label in _hand_over_reasons(scene)]
    rows = keys.choices(scene.act.words, Verb.HAND_OVER_WHY, scene.own_case.id, made)[:-1]
    return scene.act.answer(Message(text=plain(counter.choose(scene.act.words, "hand-over")), rows=rows))


def _hand_over(scene: DeskScene, pair: int) -> None:
    to, number = keys.apart(pair)
    deeds.give(scene, to, _hand_over_reasons(scene)[number][1])


def _hand_over_reasons(scene: DeskScene) -> list[tuple[int, str]]:
    """In the language of the desk: they stand in the topic."""
    worded = scene.house.desk_words.worded
    return [(number, one.label.worded(worded)) for number, one in enumerate(scene.house.definition.desk.handing)]


def _cancel(scene: DeskScene, reminder: int) -> None:
    if not appointments.cancel(scene, reminder):
        deeds.cancel_follow_up(scene, reminder)


PLAIN: dict[Verb, Deed] = {
    Verb.CLAIM: deeds.claim,
    Verb.RELEASE: deeds.release,
    Verb.ACKNOWLEDGE: deeds.acknowledge,
    Verb.BACK: _back,
    Verb.ASK_AGAIN: paths.ask_again,
    Verb.ANEW: paths.anew,
}
CHOICES: dict[Verb, Labels] = {
    Verb.TAKE_OVER: _take_over_reasons,
    Verb.STAGE: _stages,
    Verb.CLOSE: _reasons,
    Verb.FOLLOW_UP: _delays,
    Verb.HAND_OVER: _colleagues,
    Verb.EVIDENCE: evidence.offered,
    Verb.SUBMIT: submitting.offered,
    Verb.ASK_TASK: tasking.offered,
}
NUMBERED: dict[Verb, Numbered] = {
    Verb.TAKE_OVER: lambda scene, number: deeds.take_over(scene, scene.house.definition.desk.reasons[number].id),
    Verb.STAGE: lambda scene, number: deeds.move(scene, STAGES[number]),
    Verb.CLOSE: lambda scene, number: deeds.close(scene, scene.house.definition.close_reasons[number].id),
    Verb.FOLLOW_UP: deeds.follow_up_in,
    Verb.HAND_OVER: _ask_why,
    Verb.HAND_OVER_WHY: _hand_over,
    Verb.EVIDENCE: evidence.raise_next,
    Verb.CANCEL: _cancel,
    Verb.UNDO: deeds.undo,
    Verb.CANNED: canned.send,
    Verb.SHOW_CANNED: canned.show,
    Verb.DOSSIER: lambda scene, number: handing.chosen(scene, DOSSIER, number),
    Verb.PACKET: lambda scene, number: handing.chosen(scene, PACKET, number),
    Verb.GUARDED: guarded.send,
    Verb.SUBMIT: submitting.send_to,
    Verb.NAME_HOSPITAL: promised.name,
    Verb.KNOWN_HOSPITAL: promised.know,
    Verb.SUBMISSION: submitting.choose,
    Verb.SUBMISSION_STATE: submitting.moved,
    Verb.SUBMISSION_REASON: submitting.declined,
    Verb.ASK_TASK: tasking.give,
    Verb.PATH: paths.close,
    Verb.TASK: tasking.show,
    Verb.TASK_STATE: tasking.moved,
    Verb.TAKE_BACK: measuring.take_back,
    Verb.FILE: filing.chosen,
}
