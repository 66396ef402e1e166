"""A case comes to the desk: opened, asked for again, flagged; its topic, its alert, and what was sent before it was opened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.effects import cards, flood, pool, relaying, topics
from bot.effects.group import Group
from bot.effects.rules import as_ruled, as_stored
from bot.effects.scene import Lane
from bot.wording import desk as wording
from bot.wording import waiting
from bot.wording.markup import paragraphs, plain
from flows import alerts, screening, triage
from flows import case as rules
from flows.events import CaseReleased, HandoffRequested, RedFlagged
from flows.staff import roles
from storage import cases, chats, coordinators, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.effects.scene import Scene
    from bot.messages import Message
    from flows.alerts import Alert
    from flows.library import Definition
    from storage.rows import Case

RELEASED = "released"
Reason = Literal["complete", "human", "red-flag", "again"]

AGAIN = timedelta(minutes=10)  # a flag that nobody has acknowledged is not raised anew within this time


def open_case(scene: Scene, reason: Reason, flags: Sequence[str] = ()) -> Case:
    """The chat's open case, opened if there is none; the desk is told what is new. Returns the case as it is now."""
    known = scene.case or cases.open_for(scene.tx, scene.chat.id)
    case = _asked_again(scene, known, reason, flags) if known else _opened(scene, reason, flags)
    scene.case = case
    return case


def _opened(scene: Scene, reason: Reason, flags: Sequence[str]) -> Case:
    group = Group(tx=scene.tx, house=scene.house)
    flagged = reason == "red-flag"
    stage = rules.MAIN[0]
    opened = cases.open_case(scene.tx, scene.chat.id, urgency=_urgency(scene, reason), reason=reason, stage=stage)
    case = alert(
        group, _flagged(scene, opened, flags) if flagged else opened, reason, lane=Lane.URGENT if flagged else Lane.CARD
    )
    case = topics.post(group, case, lane=Lane.ANSWER if flagged else Lane.CARD)
    if flags:
        _name_flags(group, case, flags)
    relaying.everything_before(scene, case, talking=reason == "human")
    return case


def _asked_again(scene: Scene, case: Case, reason: Reason, flags: Sequence[str]) -> Case:
    group = Group(tx=scene.tx, house=scene.house)
    before = case.reasons.split(",")
    again = reason == "red-flag" and _raised_just_now(scene, case, flags)
    if reason == "red-flag" and not again:
        case = _flagged(scene, case, flags)
    case = replace(case, urgency=rules.raised(as_ruled(case), _urgency(scene, reason)).urgency)
    case = replace(case, reasons=",".join(dict.fromkeys((*before, reason))))
    cases.save(scene.tx, case)
    if reason == "red-flag" and not again:
        outbox.lift(scene.tx, case.id, int(Lane.ANSWER))  # its topic, where that is not made yet
        case = alert(group, case, reason, lane=Lane.URGENT)
        _name_flags(group, case, flags)
    elif reason == "human" or reason not in before:
        group.line(case.id, plain(_why(group, reason)), kind="case_asked_again")
        if reason == "human" and case.holder is None:
            case = alert(group, case, reason, lane=Lane.CARD)
    cards.refresh(group, case)
    return case


def alert(group: Group, case: Case, reason: Reason, *, lane: Lane) -> Case:
    """A message in the General area; a red flag also to the holder's private chat, or to everybody's when nobody here holds it.

    When there is too much news, a place in the list. A red flag always has its own message.
    """
    if reason != "red-flag" and flood.on(group):
        flood.show(group)
        return case
    language = chats.get(group.tx, case.chat_id).language
    meant = (
        [] if reason == "red-flag" or case.holder else pool.addressed(group, coordinators.roster(group.tx), language, reason)
    )
    message = _alert(group, case, reason)
    if meant:
        message = replace(message, text=paragraphs(message.text, waiting.mentions(group.house.desk_words, meant)))
    for one in meant:
        if one.private_chat:
            group.privately(one.telegram_id, message, kind="case_alerted_privately", lane=lane)
    _put_away(group, case.alert_outbox_id)
    row = group.general(message, kind="case_alerted", lane=lane)
    if reason == "red-flag":
        roster = coordinators.roster(group.tx)
        acting = [one for one in roster if roles.may(one.role, "act")]
        for one in [one for one in roster if one.telegram_id == case.holder] or acting:
            if one.private_chat:
                group.privately(one.telegram_id, message, kind="case_alerted_privately", lane=lane)
    alerted = replace(case, alert_outbox_id=row)
    cases.save(group.tx, alerted)
    return alerted


def _put_away(group: Group, row: int | None) -> None:
    """An older alert of the case: the newest one is the one to press."""
    if row is not None:
        group.call("editMessageReplyMarkup", {"chat_id": group.chat}, kind="alert_replaced", target_outbox_id=row)


def settle_alert(group: Group, case: Case, *, reason: str = RELEASED) -> None:
    """The alert says what became of the case: claimed, closed, or why it waits: again, for most."""
    if case.alert_outbox_id is None:
        (flood.show if case.holder is None and not case.closed_at else flood.refresh)(group)
        return
    words = group.house.desk_words
    if case.closed_at:
        message = wording.alert_closed(words, case)
    elif case.holder is not None:
        holder = cards.name_of(group.tx, case.holder) or ""
        message = wording.alert_settled(words, case, holder, alarmed=cards.alarmed(case))
    else:
        message = _alert(group, case, reason)
    group.rewrite(case.alert_outbox_id, message, kind="alert_settled")


def _alert(group: Group, case: Case, reason: str) -> Message:
    language = group.house.catalogues[chats.get(group.tx, case.chat_id).language].own_name
    holder = cards.name_of(group.tx, case.holder)
    return wording.alert(group.house.desk_words, case, language, _why(group, reason), holder, alarmed=cards.alarmed(case))


def _rule(definition: Definition, reason: str) -> Alert | None:
    return alerts.audience(definition, HandoffRequested(reason=reason))  # type: ignore[arg-type]


def _why(group: Group, reason: str) -> str:
    """The alert rule's words for this reason."""
    free = CaseReleased(coordinator=0) if reason == RELEASED else None
    rule = alerts.audience(group.house.definition, free) if free else _rule(group.house.definition, reason)
    return rule.text.worded(group.house.desk_words.worded) if rule else ""


def recreate_topic(group: Group, case_id: int, *, lost: int | None) -> None:
    """Somebody deleted the topic `lost`: a new one, the card, and the last messages. Once, however many messages failed there."""
    case = cases.lock(group.tx, case_id)
    if case.topic_id is None or case.topic_id != lost or case.closed_at:
        return
    without, waiting = replace(case, topic_id=None), outbox.under(group.tx, case_id)
    cases.save(group.tx, without)
    made = topics.post(group, without, lane=Lane.ANSWER)
    told = group.line(case_id, wording.topic_recreated(group.house.desk_words), kind="topic_recreated", lane=Lane.ANSWER)
    outbox.behind(group.tx, waiting, relaying.repost(group, made) or told)


def _urgency(scene: Scene, reason: Reason) -> rules.Urgency:
    """How soon somebody must look: what the answers say and what the alert rule says, whichever is sooner."""
    response, definition = scene.intake.response, scene.house.definition
    rule = _rule(definition, reason)
    asked = rules.raised(rules.Case(), rule.urgency if rule else "routine")
    if response is None or asked.urgency == "urgent":
        return asked.urgency
    findings = screening.screen(definition, response, today=scene.tx.now.date())
    return rules.raised(asked, triage.priority(definition, response, findings)).urgency


def _flagged(scene: Scene, case: Case, flags: Sequence[str]) -> Case:
    before = cases.flags(scene.tx, case) if cards.alarmed(case) else ()
    flagged = as_stored(case, rules.flag(as_ruled(case), now=scene.tx.now))
    flagged = cases.with_flags(scene.tx, flagged, {*before, *flags})
    cases.save(scene.tx, flagged)
    return flagged


def _raised_just_now(scene: Scene, case: Case, flags: Sequence[str]) -> bool:
    """Whether the desk was alarmed of these very dangers: another one is an alarm of its own."""
    lately = cards.alarmed(case) and case.red_flag_at is not None and scene.tx.now - case.red_flag_at < AGAIN
    return lately and cases.flags(scene.tx, case).issuperset(flags)


def _name_flags(group: Group, case: Case, flags: Sequence[str]) -> None:
    words, definition = group.house.desk_words, group.house.definition
    named = ", ".join(definition.red_flags.of(flag).label.worded(words.worded) for flag in flags)
    rule = alerts.audience(definition, RedFlagged(flags=tuple(flags)))
    told = rule.text.worded(words.worded).replace("{flags}", named) if rule else wording.red_flag(words, named)
    group.topic(case.id, wording.flagged(words, case.id, told), kind="red_flag_named", lane=Lane.URGENT)
