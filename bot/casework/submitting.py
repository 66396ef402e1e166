"""/submit and /submission: what was sent to which hospital, and what came of it. It is written down here; nothing is sent from here."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.casework import promised
from bot.casework.acts import settle
from bot.casework.named import named, named_first
from bot.casework.trials import NUMBER
from bot.casework.trials import rows as protocol_rows
from bot.effects.rules import as_ruled
from bot.wording import counter, trials
from bot.wording import submissions as wording
from bot.wording.keys import apart
from flows import case as cases
from flows import records
from flows.casework import submissions as rules
from flows.support_events import SubmissionMoved, Submitted
from flows.trials.table import NotToBeSent, sendable
from storage import consents, coordinators
from storage.desk import submissions

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from flows.casework.support import Centre
    from storage.desk.submissions import Submission

DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def offered(scene: DeskScene) -> list[tuple[int, str]]:
    """Every hospital of the list."""
    definition = scene.house.definition
    return [(number, wording.centre(definition, one.id)) for number, one in enumerate(definition.support.centres)]


def send_to(scene: DeskScene, number: int) -> None:
    """What the button of a hospital does: sent today, with the records that are there."""
    _send(scene, scene.house.definition.support.centres[number], "")


def submit(scene: DeskScene, said: str) -> bool:
    """A hospital by id or name, then protocols, a day, words. Whether a hospital was named."""
    centre, rest = _centre(scene, said)
    if centre is None:
        return False
    _send(scene, centre, rest)
    return True


def log(scene: DeskScene) -> None:
    """Everything that was submitted, in the topic of the case."""
    found = submissions.of_case(scene.tx, scene.own_case.id)
    names = {one.telegram_id: one.name for one in coordinators.everybody(scene.tx)}
    scene.act.answer(wording.log(scene.act.words, scene.house.definition, scene.own_case.id, found, names))


def command(scene: DeskScene, said: str) -> None:
    """The log, or what happened to submission N: its state, a reason where it needs one, a day, words."""
    number, _, rest = said.strip().partition(" ")
    if not number:
        return log(scene)
    one = _numbered(scene, int(number)) if number.isdecimal() else None
    if one is None:
        return scene.act.tell(wording.no_such(scene.act.words))
    state, _, more = rest.strip().partition(" ")
    chosen = named(state, [(id_, (text,)) for id_, text in wording.states(scene.act.words).items()])
    if chosen is None:
        return scene.act.answer(
            wording.what_happened(scene.act.words, scene.house.definition, scene.own_case.id, int(number), one)
        )
    reason, text = _reason(scene, more) if chosen in rules.REASONED else (None, more)
    if chosen in rules.REASONED and reason is None and chosen in rules.MOVES[one.state]:
        return scene.act.answer(wording.why(scene.act.words, scene.house.definition, scene.own_case.id, int(number)))
    return _move(scene, one, chosen, reason, text)


def choose(scene: DeskScene, number: int) -> None:
    """The button of a submission: what can happen to it."""
    one = _numbered(scene, number)
    if one is None:
        scene.act.tell(wording.no_such(scene.act.words))
    else:
        scene.act.answer(wording.what_happened(scene.act.words, scene.house.definition, scene.own_case.id, number, one))


def moved(scene: DeskScene, pair: int) -> None:
    """The button of a state; one that needs a reason asks for it."""
    number, index = apart(pair)
    one, state = _numbered(scene, number), rules.STATES[index]
    if one is None:
        scene.act.tell(wording.no_such(scene.act.words))
    elif state in rules.REASONED and state in rules.MOVES[one.state]:
        scene.act.answer(wording.why(scene.act.words, scene.house.definition, scene.own_case.id, number))
    else:
        _move(scene, one, state, None, "")


def declined(scene: DeskScene, pair: int) -> None:
    number, index = apart(pair)
    one, reason = _numbered(scene, number), scene.house.definition.support.reasons[index]
    if one is None:
        scene.act.tell(wording.no_such(scene.act.words))
    else:
        _move(scene, one, "declined", reason.id, "")


def _send(scene: DeskScene, centre: Centre, said: str) -> None:
    wanted = tuple(dict.fromkeys(f"NCT{number}" for number in NUMBER.findall(said)))
    day, text = _day(scene, centre, NUMBER.sub("", said))
    fault = _unsendable(scene, wanted)
    if day is None or fault:
        return scene.act.tell(fault or counter.no_day(scene.act.words, ""))
    sent = Submitted(
        coordinator=_me(scene), centre=centre.id, protocols=wanted, documents=_received(scene), day=day, text=text or None
    )
    asked = scene.house.definition.questionnaire.consents(consents.SHARE)
    before = [_ruled(one) for one in submissions.of_case(scene.tx, scene.own_case.id)]
    decided = rules.send(before, sent, today=_today(scene, centre), shared=scene.shared, stage=scene.own_case.stage)
    if isinstance(decided, Submitted) and asked and not promised.known(scene, centre):
        return promised.ask(scene, centre)
    return _settle(scene, decided)


def _move(scene: DeskScene, one: Submission, state: str, reason: str | None, said: str) -> None:
    centre = scene.house.definition.support.centre(one.centre)
    day, text = _day(scene, centre, said)
    if day is None:
        return scene.act.tell(counter.no_day(scene.act.words, ""))
    event = SubmissionMoved(coordinator=_me(scene), submission=one.id, state=state, day=day, reason=reason, text=text or None)
    return _settle(scene, rules.move(_ruled(one), event, today=_today(scene, centre)))


def _settle(scene: DeskScene, decided: Submitted | SubmissionMoved | rules.Fault) -> None:
    if decided == "not-shared":
        scene.act.tell(counter.not_shared(scene.act.words))
    elif isinstance(decided, str):
        scene.act.tell(wording.refused(scene.act.words, decided))
    else:
        settle(scene, cases.act(as_ruled(scene.own_case), _me(scene), decided, now=scene.tx.now))


def _unsendable(scene: DeskScene, wanted: tuple[str, ...]) -> str:
    """Why these protocols cannot go along: not known, too old, approved by nobody."""
    rows = [row for row in protocol_rows(scene) if row.protocol.id in wanted] if wanted and scene.intake.response else []
    if len(rows) < len(wanted):
        return trials.no_such_protocol(scene.act.words)
    try:
        sendable(rows)
    except NotToBeSent as refused:
        return trials.not_to_be_sent(scene.act.words, refused, min(row.protocol.as_of for row in rows))
    return ""


def _centre(scene: DeskScene, said: str) -> tuple[Centre | None, str]:
    """The hospital that the words begin with, by its id or its name, and the words after it."""
    known = {one.id: one for one in scene.house.definition.support.centres}
    id_, rest = named_first(said, [(one.id, (one.name, f"{one.name}, {one.city}")) for one in known.values()])
    return (known[id_] if id_ else None), rest


def _reason(scene: DeskScene, said: str) -> tuple[str | None, str]:
    first, _, rest = said.partition(" ")
    reason = scene.house.definition.support.reason(first.casefold())
    return (reason.id, rest) if reason else (None, said)


def _day(scene: DeskScene, centre: Centre | None, said: str) -> tuple[date | None, str]:
    """The day that stands in the words, today where none does, None for one that is none; and the other words."""
    found = DAY.search(said)
    if found is None:
        return _today(scene, centre), " ".join(said.split())
    try:
        return date.fromisoformat(found[0]), " ".join(f"{said[: found.start()]} {said[found.end() :]}".split())
    except ValueError:
        return None, said


def _today(scene: DeskScene, centre: Centre | None) -> date:
    """The calendar day at the hospital."""
    return scene.tx.now.astimezone(ZoneInfo(centre.zone)).date() if centre else scene.act.today


def _received(scene: DeskScene) -> tuple[str, ...]:
    if scene.intake.response is None:
        return ()
    states = records.checklist(scene.house.definition, scene.intake.response, scene.intake.marks)
    return tuple(one.record.id for one in states if one.state == "received")


def _numbered(scene: DeskScene, number: int) -> Submission | None:
    """A submission by its place in the log, from 1."""
    found = submissions.of_case(scene.tx, scene.own_case.id)
    return found[number - 1] if 0 < number <= len(found) else None


def _ruled(one: Submission) -> rules.Submission:
    return rules.Submission(id=one.id, centre=one.centre, state=one.state, day=one.lines[-1].day)


def _me(scene: DeskScene) -> int:
    return scene.act.coordinator.telegram_id
