"""What a coordinator can do with a case: one function each, as plain as the rules that decide it (flows.case)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.casework.acts import settle
from bot.casework.when import When, day, moment
from bot.effects import undoing
from bot.effects.group import Group
from bot.effects.rules import as_ruled
from bot.wording import counter, desk, reply, trials
from bot.wording.keys import DELAYS
from flows import case as rules
from flows.staff import roles
from storage import consents, coordinators, reminders
from storage.desk import submissions

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from bot.exports import Format

PROTOCOL = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
DIED = "died"
DONE = ("done", "-")  # after /next: what was planned is done


def claim(scene: DeskScene) -> None:
    events = settle(scene, rules.claim(as_ruled(scene.own_case), _me(scene), now=scene.tx.now))
    if not events:
        scene.act.tell(counter.yours_already(scene.act.words))


def take_over(scene: DeskScene, reason: str) -> None:
    """`reason`: the id of one in the desk's definition."""
    events = settle(scene, rules.take_over(as_ruled(scene.own_case), _me(scene), now=scene.tx.now, reason=reason))
    if not events:
        scene.act.tell(counter.yours_already(scene.act.words))


def release(scene: DeskScene) -> None:
    events = settle(scene, rules.release(as_ruled(scene.own_case), _me(scene)), ends_talk=scene.own_case.holder == _me(scene))
    if not events:
        scene.act.tell(counter.nobody_holds(scene.act.words))


def give(scene: DeskScene, to: int, reason: str = "") -> None:
    """To a colleague who can work on it, by their number. `reason`: words for them."""
    colleague = coordinators.get(scene.tx, to)
    if colleague is None or not colleague.active or not roles.may(colleague.role, "act"):
        scene.act.tell(counter.bad_button(scene.act.words))
    else:
        hand_over(scene, to, reason)


def hand_over(scene: DeskScene, to: int, reason: str = "") -> None:
    """`reason`: words for the colleague."""
    lead, case, now = roles.may(scene.act.coordinator.role, "reassign"), as_ruled(scene.own_case), scene.tx.now
    settle(scene, rules.hand_over(case, _me(scene), to, now=now, reassigns=lead, reason=reason))


def move(scene: DeskScene, stage: str) -> None:
    """A hospital sees a case only after the yes to that, which the patient's side can give and take back in /answers."""
    legal = stage in rules.MOVES[scene.own_case.stage]
    if legal and stage in rules.SHARES and not consents.shares(scene.tx, scene.chat.id):
        scene.act.tell(counter.not_shared(scene.act.words))
        return
    settle(scene, rules.move(as_ruled(scene.own_case), _me(scene), stage, now=scene.tx.now))


def close(scene: DeskScene, reason: str) -> None:
    outcome = rules.close(as_ruled(scene.own_case), _me(scene), reason, now=scene.tx.now)
    settle(scene, outcome, ends_talk=not outcome[0].open and DIED not in {reason, scene.own_case.stage})


def export(scene: DeskScene, format_: Format) -> None:
    """The case as a file in its topic. It is made to be given to a hospital, so it waits for the same yes."""
    if not scene.shared:
        scene.act.tell(counter.not_shared(scene.act.words))
    elif scene.intake.response is None:
        scene.act.tell(counter.nothing_to_export(scene.act.words))
    else:
        Group(tx=scene.tx, house=scene.house).export(scene.own_case, format_)


def acknowledge(scene: DeskScene) -> None:
    if not settle(scene, rules.acknowledge(as_ruled(scene.own_case), _me(scene), now=scene.tx.now)):
        scene.act.tell(counter.acknowledged_before(scene.act.words))


def set_day_zero(scene: DeskScene, said: str) -> None:
    """/dayzero 2026-12-01, and the protocol where the submission that was accepted does not say it."""
    named = [number.upper() for number in PROTOCOL.findall(said)]
    found = day(PROTOCOL.sub("", said), today=scene.act.today, languages=_languages(scene))
    if isinstance(found, str):
        scene.act.tell(counter.no_day(scene.act.words, found) if said.strip() else counter.how_day_zero(scene.act.words))
    elif not {one.id for one in scene.house.definition.protocols}.issuperset(named):
        scene.act.tell(trials.no_such_protocol(scene.act.words))
    else:
        protocol = next(iter(named), None) or _protocol(scene)
        settle(scene, rules.set_day_zero(as_ruled(scene.own_case), _me(scene), found, now=scene.tx.now, protocol=protocol))


def _protocol(scene: DeskScene) -> str | None:
    """The one that was said before, or the only one for which a hospital accepted the case for screening."""
    case = scene.own_case
    accepted = {one for sent in submissions.of_case(scene.tx, case.id) if sent.state == "screening" for one in sent.protocols}
    return case.protocol or (next(iter(accepted)) if len(accepted) == 1 else None)


def plan_next(scene: DeskScene, said: str) -> None:
    """/next 2026-12-05 TEXT, /next TEXT, /next done. A day that has passed is refused: what is late is done today."""
    zone = scene.act.zone.key
    done = said.strip().casefold() in DONE
    found = moment(said, now=scene.tx.now, zone=zone, languages=_languages(scene)) if not done else "no-date"
    if not said.strip():
        scene.act.tell(counter.how_next(scene.act.words))
    elif isinstance(found, When) and found.text:
        due = found.at.astimezone(ZoneInfo(zone)).date()
        settle(scene, rules.plan_next(as_ruled(scene.own_case), _me(scene), found.text, due=due, now=scene.tx.now))
    elif found == "no-date":
        settle(scene, rules.plan_next(as_ruled(scene.own_case), _me(scene), "" if done else said, due=None, now=scene.tx.now))
    else:
        scene.act.tell(counter.how_next(scene.act.words) if isinstance(found, When) else counter.no_day(scene.act.words, found))


def undo(scene: DeskScene, said_at: int) -> None:
    """A reply is taken back by who holds the case, as long as Telegram lets it be deleted."""
    words = scene.act.words
    if scene.own_case.holder != _me(scene):
        scene.act.tell(counter.not_yours(words))
    elif undoing.undo(scene, said_at):
        scene.act.tell(counter.taken_back(words))
    else:
        scene.act.tell(counter.nothing_to_undo(words))


def undo_answered(scene: DeskScene, _said: str) -> None:
    """/undo as a reply to one's own message: at any time."""
    undo(scene, scene.act.arrival.reply_to or 0)


def follow_up(scene: DeskScene, said: str) -> None:
    """Plan a message from a coordinator's words for a moment and what follows them; without words, the usual ones."""
    zone = scene.chat.zone or scene.house.definition.zone_of_language(scene.chat.language)
    found = moment(said, now=scene.tx.now, zone=zone, languages=_languages(scene))
    if not isinstance(found, When):
        scene.act.tell(counter.no_day(scene.act.words, found))
        return
    text = found.text or reply.usual_follow_up(scene.words)
    settle(scene, rules.schedule(as_ruled(scene.own_case), _me(scene), at=found.at, text=text, now=scene.tx.now))


def follow_up_in(scene: DeskScene, delay: int) -> None:
    follow_up(scene, f"in {DELAYS[delay]} days 10:00")


def cancel_follow_up(scene: DeskScene, follow_up_id: int) -> None:
    """Anybody on the roster may: a message that should not go is stopped by whoever sees it first."""
    planned = reminders.get(scene.tx, follow_up_id)
    mine = planned is not None and planned.case_id == scene.own_case.id and planned.author is not None
    if mine and reminders.drop(scene.tx, follow_up_id):
        scene.act.rewrite(desk.follow_up_cancelled(scene.act.words, scene.act.name), kind="follow_up_cancelled")
    else:
        scene.act.tell(desk.follow_up_gone(scene.act.words))


def _me(scene: DeskScene) -> int:
    return scene.act.coordinator.telegram_id


def _languages(scene: DeskScene) -> tuple[str, ...]:
    return tuple(dict.fromkeys((scene.house.desk_language, "en")))
