"""Effects of a way that closes: the reason and how the case stood then are kept, and the family says whether it may be written to again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.act import DeskScene, at_desk
from bot.effects.group import Group
from bot.effects.standing import counted
from bot.wording import paths as wording
from flows.support_events import PathClosed, RecontactAsked, RecontactSet
from flows.trials import rescreening
from flows.trials.table import table
from storage import audit, cases, consents
from storage.desk import closed_paths

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import House, Scene
    from bot.messages import Message
    from flows.response import QuestionnaireResponse
    from storage.transaction import Transaction

RECONTACT = "recontact"  # the consent to be written to again
OTHER_WAY = "car-nk"  # the answer of the page that is offered to read


def closed(scene: DeskScene, event: PathClosed) -> None:
    """For the desk only: bad news comes from a person."""
    case, by = scene.own_case, event.coordinator
    keep(scene.tx, scene.house, case.id, scene.intake.response, reason=event.reason, by=by)
    audit.write(scene.tx, actor=str(by), action="path.closed", object=f"case:{case.id}", detail=event.reason)
    told = wording.closed(scene.house.desk_words, scene.house.definition, case.id, scene.act.name, event.reason)
    Group(tx=scene.tx, house=scene.house).topic(case.id, told, kind="path_closed")


def offered(scene: DeskScene) -> None:
    """When a case is marked as declined: why, and whether the family may be written to again, each one tap away."""
    Group(tx=scene.tx, house=scene.house).topic(scene.own_case.id, log(scene), kind="path_offered")


def log(scene: DeskScene) -> Message:
    """Every closed way of the case, and what can be said of it."""
    found = closed_paths.of_case(scene.tx, scene.own_case.id)
    agreed = consents.current(scene.tx, scene.chat.id).get(RECONTACT)
    return wording.log(scene.house.desk_words, scene.house.definition, scene.own_case.id, found, said=agreed)


def asked(scene: DeskScene, _event: RecontactAsked) -> None:
    if not scene.may_write:
        return
    scene.say(wording.ask(scene.words, _other_way(scene)), kind="recontact_asked")
    group = Group(tx=scene.tx, house=scene.house)
    group.line(scene.own_case.id, wording.ask_sent(scene.house.desk_words, scene.act.name), kind="recontact_asked")


def recontact_set(scene: Scene, event: RecontactSet) -> None:
    """A consent of its own, with its proof; it can be changed by the button under the answer."""
    shown = wording.question(scene.words)
    consents.add(
        scene.tx,
        scene.chat.id,
        RECONTACT,
        given=event.given,
        text_version=scene.house.definition.questionnaire.version,
        text_hash=hashlib.sha256(shown.encode()).hexdigest(),
        language=scene.words.language,
    )
    scene.rewrite(wording.answered(scene.words, given=event.given), kind="recontact_set")
    newest = scene.case or next(reversed(cases.of_chat(scene.tx, scene.chat.id)), None)
    if newest:
        group = Group(tx=scene.tx, house=scene.house)
        group.line(newest.id, wording.recontact(scene.house.desk_words, given=event.given), kind="recontact_set")
        cards.refresh(group, newest)


def keep(tx: Transaction, house: House, case_id: int, response: QuestionnaireResponse | None, *, reason: str, by: int) -> None:
    """Write down that a way closed, with the picture of the protocols as it is now; none without answers."""
    closed_paths.add(tx, case_id, reason=reason, picture=picture(tx, house, cases.get(tx, case_id).chat_id, response), by=by)


def picture(tx: Transaction, house: House, chat_id: int, response: QuestionnaireResponse | None) -> dict[str, object] | None:
    """How the case stands beside the protocols, with what coordinators read in its reports; None without answers."""
    if response is None:
        return None
    beside = table(house.definition, counted(tx, house, chat_id, response), today=tx.now.date())
    return rescreening.dumps(rescreening.picture(beside))


def _other_way(scene: Scene) -> int | None:
    faqs = scene.house.definition.page.faqs
    return next((number for number, faq in enumerate(faqs) if faq.id == OTHER_WAY), None)


EFFECTS: dict[type, Effect] = {
    PathClosed: at_desk(closed),
    RecontactAsked: at_desk(asked),
    RecontactSet: recontact_set,
}
