"""Second thoughts about a reply: it waits a few seconds under a button that takes it back; later it is deleted at the patient's side.

The wait is the outbox row's own due time, so a crash neither sends early nor forgets; the button is shown for as long as it helps.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.effects import cards
from bot.effects.group import Group
from bot.effects.scene import DESK, PATIENT, Lane, call_patient
from bot.messages import Message
from bot.wire import Call
from bot.wording import desk as wording
from bot.wording import keys
from bot.wording.visible import quoted
from storage import outbox, relay

if TYPE_CHECKING:
    from datetime import datetime

    from bot.effects.act import DeskScene
    from storage.rows import CaseMessage

KIND = "reply"  # the kind of the outbox rows that carry replies: see replying.py
SHOWN = "reply_previewed"
SPARE = timedelta(seconds=1)  # a preview that comes later than this before the reply would only be in the way


def preview(scene: DeskScene) -> datetime | None:
    """Shows the way back under what was said in the topic; a page shows its own. Returns when the reply may go out; None: at once."""
    wait, said_at = scene.house.second_thoughts, scene.act.arrival.message_id
    if not wait or said_at is None:
        return None
    due, case = scene.tx.now + wait, scene.own_case
    words = scene.house.desk_words
    if scene.act.on_page:
        scene.act.answer(Message(text=wording.reply_waits(words, scene.words.own_name, wait.total_seconds())))
        return due
    text = wording.reply_waits(words, scene.words.own_name, wait.total_seconds())
    Group(tx=scene.tx, house=scene.house).topic(
        case.id,
        Message(text=text, rows=keys.undo(words, case.id, said_at), silent=True),
        kind=SHOWN,
        lane=Lane.URGENT,
        reply_to=said_at,
        expires_at=due - SPARE,
        unique_key=_shown(case.id, said_at),
    )
    return due


def show(scene: DeskScene, text: str) -> None:
    """What was written on a page stands in the topic too, for the others to see; `clear` takes it away when it is taken back."""
    case, said_at = scene.own_case, scene.act.arrival.message_id or 0
    group, words = Group(tx=scene.tx, house=scene.house), scene.house.desk_words
    for number, piece in enumerate(quoted(text)):
        told = Message(text=wording.told_patient(words, scene.act.name, piece))
        group.topic(case.id, told, kind=SHOWN, unique_key=f"{_shown(case.id, said_at)}/{number}")


def clear(group: Group, case_id: int, said_at: int) -> None:
    """The reply went out: its preview goes. What was shown for a page stays, for it is all that the topic has of it."""
    row = outbox.by_key(group.tx, _shown(case_id, said_at))
    if row is not None:
        group.call("deleteMessage", {}, kind="preview_cleared", target_outbox_id=row)


def _hide(group: Group, case_id: int, said_at: int) -> None:
    """What was shown for a page and taken back."""
    for row in outbox.take_back(group.tx, DESK, f"{_shown(case_id, said_at)}/"):
        group.call("deleteMessage", {}, kind="preview_cleared", target_outbox_id=row)


def undo(scene: DeskScene, said_at: int) -> bool:
    """Takes a reply back, whether it waits or went out. From then on it is a note. False: there is nothing to take back."""
    line = relay.by_desk_message(scene.tx, scene.own_case.id, said_at)
    if line is None or line.direction != "out":
        return False
    sent = outbox.take_back(scene.tx, PATIENT, f"{KIND}/{scene.own_case.id}/{said_at}/")
    for row in sent:
        call_patient(
            scene.tx, scene.chat.telegram_id, Call(method="deleteMessage"), kind="reply_taken_back", target_outbox_id=row
        )
    _become_note(scene, line, said_at)
    return True


def _become_note(scene: DeskScene, line: CaseMessage, said_at: int) -> None:
    relay.become_note(scene.tx, line.id)
    group = Group(tx=scene.tx, house=scene.house)
    group.sign(said_at, "✍", kind="reply_taken_back")
    clear(group, scene.own_case.id, said_at)
    _hide(group, scene.own_case.id, said_at)
    cards.refresh(group, scene.own_case)


def _shown(case_id: int, said_at: int) -> str:
    return f"{SHOWN}/{case_id}/{said_at}"
