"""What a coordinator writes in the topic of a case: a reply to a relayed message, or /r, goes to the patient's side; all else is a note."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.casework.acts import scene_of, settle
from bot.casework.where import case_at
from bot.channel import FETCHABLE
from bot.effects import cards, reach, replying
from bot.effects.rules import as_ruled
from bot.messages import Message
from bot.wording import counter, desk, staff
from bot.wording.markup import plain
from flows import case as rules
from flows.events import ClaimLost
from flows.staff import roles
from storage import documents, relay

if TYPE_CHECKING:
    from bot.arrivals import Upload
    from bot.effects.act import Act, DeskScene

REPLY = "r"


def heard(act: Act) -> None:
    """A message in the topic of a case. Outside such a topic coordinators talk among themselves, and nothing is kept."""
    allowed = roles.may(act.coordinator.role, "act")
    scene = _scene(act, "write") if allowed else None
    if scene is None:
        _elsewhere(act, allowed=allowed)
    elif not _joins(scene):
        said = _for_patient(scene)
        if said is not None:
            reply(scene, said)
        elif act.arrival.text or act.arrival.upload:
            note(scene, act.arrival.text)


def _elsewhere(act: Act, *, allowed: bool) -> None:
    if not allowed and case_at(act.tx, act.arrival):
        act.tell(staff.not_allowed(act.words))
    elif not act.arrival.private and (act.arrival.command == REPLY or act.arrival.answers_bot) and reach.lacks_topics(act.tx):
        act.tell(counter.reply_to_family(act.words))
    elif act.arrival.command == REPLY:
        act.tell(counter.only_in_topic(act.words))
    elif act.arrival.private:
        act.tell(counter.unknown_command(act.words))


def reply(scene: DeskScene, text: str) -> None:
    """To the patient's side, if the coordinator holds the case or nobody does, and if they want messages."""
    act = scene.act
    fault = _fault(scene, text)
    if fault is not None:
        note(scene, text, quiet=True)
        act.answer(fault)
        return
    outcome = rules.reply(as_ruled(scene.own_case), act.coordinator.telegram_id, text, now=scene.tx.now)
    lost = next((event for event in outcome[1] if isinstance(event, ClaimLost)), None)
    if lost is None:
        settle(scene, outcome)
        return
    note(scene, text, quiet=True)
    act.answer(counter.not_sent_held(act.words, scene.own_case.id, cards.name_of(scene.tx, lost.holder) or ""))


def tell(scene: DeskScene, text: str) -> bool:
    """Words that the desk has ready, under the rules of a reply. False: they were not sent, and why was said."""
    if scene.own_case.closed_at or not scene.may_write:
        words = scene.act.words
        scene.act.tell(
            counter.is_closed(words) if scene.own_case.closed_at else counter.not_sent_silent(words, scene.chat.state)
        )
        return False
    outcome = rules.reply(as_ruled(scene.own_case), scene.act.coordinator.telegram_id, text, now=scene.tx.now)
    settle(scene, outcome)
    return not any(isinstance(event, ClaimLost) for event in outcome[1])


def note(scene: DeskScene, text: str, *, quiet: bool = False) -> None:
    """Kept with the case and never sent. `quiet`: without the sign, where words say what happened."""
    if quiet:
        author = scene.act.coordinator.telegram_id
        relay.add(scene.tx, scene.own_case.id, direction="note", author=author, body=text, desk_message_id=scene.said_at)
    else:
        settle(scene, rules.note(as_ruled(scene.own_case), scene.act.coordinator.telegram_id, text))


def edited(act: Act) -> None:
    """A coordinator changed a message: a reply changes at the patient's side too; a note is kept anew. Nothing becomes a reply."""
    arrival = act.arrival
    scene = _scene(act, "correct", own=True) if roles.may(act.coordinator.role, "act") else None
    if scene is None or arrival.message_id is None:
        return
    line = relay.by_desk_message(scene.tx, scene.own_case.id, arrival.message_id)
    text = arrival.argument if arrival.command == REPLY else arrival.text
    if line is None or line.direction == "in" or line.body == text:
        return
    me = act.coordinator.telegram_id
    if line.direction == "note":
        relay.add(scene.tx, scene.own_case.id, direction="note", author=me, body=text)
    elif scene.own_case.holder != me:
        holder = cards.name_of(scene.tx, scene.own_case.holder) or ""
        act.answer(Message(text=plain(counter.held_by(act.words, holder) if holder else counter.nobody_holds(act.words))))
    elif text and scene.may_write and replying.correct(scene, line, text):
        relay.add(scene.tx, scene.own_case.id, direction="out", author=me, body=text)
    else:
        act.answer(Message(text=plain(counter.cannot_correct(act.words))))


def _scene(act: Act, action: str, *, own: bool = False) -> DeskScene | None:
    """The case of the place where this was said."""
    case = case_at(act.tx, act.arrival, own=own)
    return scene_of(act, case.id, action=action) if case else None


def _for_patient(scene: DeskScene) -> str | None:
    """The words that are meant for the patient's side ("" under a file), None for a note. A forwarded message never is."""
    arrival = scene.act.arrival
    if arrival.forwarded:
        return None
    if arrival.command == REPLY:
        return arrival.argument
    line = relay.by_desk_message(scene.tx, scene.own_case.id, arrival.reply_to) if arrival.reply_to else None
    return arrival.text if line is not None and line.direction == "in" else None


def _fault(scene: DeskScene, text: str) -> Message | None:
    """Why this cannot be sent to anybody."""
    words, upload = scene.act.words, scene.act.arrival.upload
    if scene.own_case.closed_at:
        return Message(text=plain(counter.is_closed(words)))
    if not scene.may_write:
        return Message(text=plain(counter.not_sent_silent(words, scene.chat.state)))
    if upload and upload.declared_size > FETCHABLE:
        return Message(text=desk.file_refused(words, "too-large"))
    if upload is None and not text.strip():
        by_command = scene.act.arrival.command == REPLY
        return Message(text=plain(counter.nothing_written(words) if by_command else counter.unsendable(words)))
    return None


def _joins(scene: DeskScene) -> bool:
    """A further file of an album that is on its way to the patient's side: the caption, and with it /r, is on the first only."""
    upload = scene.act.arrival.upload
    if upload is None or not upload.album or not _open_album(scene, upload):
        return False
    if scene.own_case.holder != scene.act.coordinator.telegram_id or upload.declared_size > FETCHABLE:
        return False
    replying.announce_part(scene, replace(upload, caption=""), caption="")
    return True


def _open_album(scene: DeskScene, upload: Upload) -> bool:
    album = replying.album_of(upload)
    return any(one.album == album and one.state == "open" for one in documents.for_chat(scene.tx, scene.chat.id))
