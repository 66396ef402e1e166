"""Effects of what coordinators do with a case: what the patient's side is told, what the topic says, what the card shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.effects import cards, opening, paths, tasking
from bot.effects.act import DeskScene, at_desk
from bot.effects.group import Group
from bot.effects.registry import nothing
from bot.effects.replying import KIND, replied
from bot.effects.scene import Lane
from bot.effects.standing import standing
from bot.wording import counter, grades, reply, values
from bot.wording import desk as wording
from bot.wording.markup import plain
from bot.wording.visible import quoted
from flows.events import (
    CaseClaimed,
    CaseClosed,
    CaseMoved,
    CaseReleased,
    ClaimLost,
    DayZeroSet,
    EvidenceRaised,
    FollowUpScheduled,
    MoveRefused,
    NextPlanned,
    Noted,
    RedFlagAcknowledged,
    Replied,
)
from flows.grounds import evidence as rules
from storage import audit, chats, coordinators, outbox, relay, reminders
from storage.desk import evidence, next_acts, nudges

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.messages import Message
    from flows.grounds.evidence import Grade
    from storage.rows import Case

DIED = "died"  # the stage and the close reason after which nothing is said


def claimed(scene: DeskScene, event: CaseClaimed) -> None:
    case, group = scene.own_case, _group(scene)
    name = cards.name_of(scene.tx, event.coordinator) or ""
    before = cards.name_of(scene.tx, event.before)
    outbox.lift(scene.tx, case.id, int(Lane.ANSWER))
    words = group.house.desk_words
    known = next(
        (one.label.worded(words.worded) for one in group.house.definition.desk.reasons if one.id == event.reason), None
    )
    told = wording.claimed(words, name, before, known or event.reason)
    _write_down(scene, "holder.claimed", event.reason if known else "")
    group.line(case.id, told, kind="case_claimed")
    if event.before is not None:
        _tell_both(scene, {event.coordinator, event.before}, wording.of_case(words, case.number, told))
    opening.settle_alert(group, case)
    cards.refresh(group, case)
    if scene.may_write:
        scene.say(reply.claimed(scene.words, name, case.number, handed=event.before is not None), kind="case_claimed")


def _tell_both(scene: DeskScene, people: set[int], told: Message) -> None:
    """Who had the case and who has it now, in private, but whoever did it."""
    for one in people - {scene.act.coordinator.telegram_id}:
        known = coordinators.get(scene.tx, one)
        if known is not None and known.active and known.private_chat:
            _group(scene).privately(one, told, kind="case_changed_hands")


def released(scene: DeskScene, event: CaseReleased) -> None:
    case, group = scene.own_case, _group(scene)
    name = cards.name_of(scene.tx, event.coordinator) or ""
    _write_down(scene, "holder.released")
    group.topic(case.id, wording.released(group.house.desk_words, case.id, name), kind="case_released")
    nudges.put(scene.tx, case.id, "claim", since=scene.tx.now, times=0)
    opening.settle_alert(group, case)
    cards.refresh(group, case)
    outbox.hurry(scene.tx, "patient", scene.chat.telegram_id, KIND)
    if scene.chat.talking and scene.may_write:
        scene.preface(reply.released(scene.words, name))


def moved(scene: DeskScene, event: CaseMoved) -> None:
    case, group = scene.own_case, _group(scene)
    words, definition = group.house.desk_words, group.house.definition
    before, after = (definition.stage(one).label.worded(words.worded) for one in (event.before, event.stage))
    _write_down(scene, f"stage.{event.stage}")
    group.line(case.id, wording.moved(words, scene.act.name, before, after), kind="case_moved")
    cards.rename(group, case)
    if event.stage == DIED:
        silence(scene)
    elif event.before == DIED:
        chats.update(scene.tx, scene.chat.id, state="open")
    tasking.opened(scene, event.stage)
    if event.stage == "declined":
        paths.offered(scene)
    cards.refresh(group, case)


def closed(scene: DeskScene, event: CaseClosed) -> None:
    """The patient's side is told, unless the patient has died or somebody asked for silence."""
    case, group = scene.own_case, _group(scene)
    words = group.house.desk_words
    reason = next(one.label.worded(words.worded) for one in group.house.definition.close_reasons if one.id == event.reason)
    if DIED in (event.reason, case.previous_stage):
        silence(scene)
    elif scene.may_write:
        outbox.hurry(scene.tx, "patient", scene.chat.telegram_id, KIND)
        scene.say(reply.closed(scene.words, case.number), kind="case_closed")
    drop_follow_ups(scene, case)
    _write_down(scene, "stage.closed", event.reason)
    group.line(case.id, wording.closed(words, scene.act.name, reason), kind="case_closed")
    opening.settle_alert(group, case)
    cards.rename(group, case)
    cards.refresh(group, case)
    cards.shut(group, case)


def _write_down(scene: DeskScene, action: str, detail: str = "") -> None:
    """Where a case went, and to whom, as its timeline shows it; what was only tried stands in the log as a look at the case."""
    actor = str(scene.act.coordinator.telegram_id)
    audit.write(scene.tx, actor=actor, action=action, object=f"case:{scene.own_case.id}", detail=detail)


def silence(scene: DeskScene) -> None:
    """The patient has died: every message that waits or is planned falls, and none is sent from now on."""
    reminders.drop_all(scene.tx, scene.chat.id)
    outbox.drop_for_chat(scene.tx, "patient", scene.chat.telegram_id)
    chats.update(scene.tx, scene.chat.id, state="in_memory", talking=False)


def drop_follow_ups(scene: DeskScene, case: Case) -> None:
    for one in reminders.for_chat(scene.tx, scene.chat.id):
        if one.case_id == case.id and one.author is not None:
            reminders.drop(scene.tx, one.id)


def noted(scene: DeskScene, event: Noted) -> None:
    """Kept with the case; nothing goes anywhere, only the sign that it was kept as a note."""
    author, body = event.coordinator, event.text
    relay.add(scene.tx, scene.own_case.id, direction="note", author=author, body=body, desk_message_id=scene.said_at)
    if scene.said_at is not None:
        _group(scene).sign(scene.said_at, "✍", kind="note_kept")
    else:
        scene.act.tell(counter.noted(scene.act.words))


def follow_up_scheduled(scene: DeskScene, event: FollowUpScheduled) -> None:
    case, act = scene.own_case, scene.act
    made = reminders.add_follow_up(
        scene.tx, scene.chat.id, due_at=event.at, text=event.text, author=event.coordinator, case_id=case.id
    )
    message = wording.follow_up_planned(
        act.words,
        case.id,
        made,
        name=act.name,
        at=event.at,
        zone=scene.chat.zone or scene.house.definition.zone_of_language(scene.chat.language),
        desk_zone=act.zone.key,
        quoted=quoted(event.text)[0],
    )
    act.answer(message)
    if not scene.at_home:
        _group(scene).topic(case.id, message, kind="follow_up_planned")


def acknowledged(scene: DeskScene, event: RedFlagAcknowledged) -> None:
    case, group = scene.own_case, _group(scene)
    name = cards.name_of(scene.tx, event.coordinator) or ""
    group.line(case.id, wording.acknowledged(group.house.desk_words, name), kind="red_flag_acknowledged")
    for row in outbox.unedited(scene.tx, case.id, "red_flag_named"):  # who took care of it stands below
        group.call("editMessageReplyMarkup", {"chat_id": group.chat}, kind="red_flag_settled", target_outbox_id=row)
    opening.settle_alert(group, case, reason="red-flag")
    cards.refresh(group, case)


def day_zero_set(scene: DeskScene, event: DayZeroSet) -> None:
    case, group = scene.own_case, _group(scene)
    words = group.house.desk_words
    programme = group.house.definition.programme_of(event.protocol)
    protocol = event.protocol if programme.name else None
    told = wording.day_zero(words, scene.act.name, values.day(words, event.day), protocol)
    group.line(case.id, told, kind="day_zero_set")  # the card follows when the check-ins are planned: bot/casework


def next_planned(scene: DeskScene, event: NextPlanned) -> None:
    """Kept sealed, shown on the card and told in the topic."""
    case, group = scene.own_case, _group(scene)
    words = group.house.desk_words
    if event.text:
        next_acts.put(scene.tx, case.id, event.text, due=event.due, by=event.coordinator)
        day = values.day(words, event.due) if event.due else ""
        told = wording.next_planned(words, scene.act.name, event.text, day)
    else:
        next_acts.drop(scene.tx, case.id)
        told = wording.next_done(words, scene.act.name)
    group.line(case.id, told, kind="next_planned")
    cards.refresh(group, case)


def evidence_raised(scene: DeskScene, event: EvidenceRaised) -> None:
    """Kept with a digest of the answers that it stands for, and in the audit log by the criterion's id."""
    case, group, response = scene.own_case, _group(scene), scene.intake.response
    stands = standing(scene.tx, scene.house, scene.chat, response)
    finding = stands.of(event.criterion)
    if finding is None or stands.response is None:
        return
    evidence.put(
        scene.tx, scene.chat.id, event.criterion, event.grade, by=event.coordinator, basis=rules.basis(finding, stands.response)
    )
    actor, detail = str(event.coordinator), f"{event.criterion} {event.grade}"
    audit.write(scene.tx, actor=actor, action="evidence.raised", object=f"case:{case.id}", detail=detail)
    told = grades.raised(group.house.desk_words, scene.act.name, finding.criterion, cast("Grade", event.grade))
    group.line(case.id, plain(told), kind="evidence_raised")
    cards.refresh(group, case)


def _group(scene: DeskScene) -> Group:
    return Group(tx=scene.tx, house=scene.house)


EFFECTS: dict[type, Effect] = {
    CaseClaimed: at_desk(claimed),
    ClaimLost: nothing,  # answered where it was asked: bot/casework
    CaseReleased: at_desk(released),
    CaseMoved: at_desk(moved),
    CaseClosed: at_desk(closed),
    MoveRefused: nothing,  # likewise
    Replied: at_desk(replied),
    Noted: at_desk(noted),
    FollowUpScheduled: at_desk(follow_up_scheduled),
    RedFlagAcknowledged: at_desk(acknowledged),
    DayZeroSet: at_desk(day_zero_set),
    EvidenceRaised: at_desk(evidence_raised),
    NextPlanned: at_desk(next_planned),
}
