"""/protocols: the protocols of trials beside the answers of a case. In its topic, or in private for its holder; never for a patient."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.effects.standing import counted
from bot.wording import counter, trials
from flows.trials.table import NotToBeSent, sendable, table
from storage import consents

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from bot.messages import Message
    from flows.trials.table import Row

NUMBER = re.compile(r"(?:NCT)?(\d{8})", re.IGNORECASE)
ALL, SEND = "all", "send"


def protocols(scene: DeskScene, said: str) -> None:
    """The table of the trials that take patients, `all` of them, one with its reasons, or some `send` to be passed on."""
    if not _may_see(scene):
        scene.act.tell(counter.card_in_topic(scene.act.words))
    elif scene.intake.response is None:
        scene.act.tell(trials.no_answers(scene.act.words))
    else:
        _shown(scene, said)


def _may_see(scene: DeskScene) -> bool:
    """As for the card: the topic of the case, or the holder's own chat."""
    if scene.act.arrival.private:
        return scene.own_case.holder == scene.act.coordinator.telegram_id
    return scene.at_home


def _shown(scene: DeskScene, said: str) -> None:
    wanted = [f"NCT{number}" for number in NUMBER.findall(said)]
    found = rows(scene)
    chosen = tuple(row for row in found if row.protocol.id in wanted)
    if said.split()[:1] == [SEND]:
        _pass_on(scene, chosen)
    elif said.strip() in {"", ALL}:
        scene.act.answer(_table(scene, found, every=said.strip() == ALL))
    elif chosen:
        for row in chosen:
            scene.act.answer(trials.one(scene.act.words, scene.house.definition, row))
    else:
        scene.act.tell(trials.no_such_protocol(scene.act.words))


def rows(scene: DeskScene) -> tuple[Row, ...]:
    """The protocols beside the answers of this case."""
    assert scene.intake.response is not None
    today = scene.tx.now.astimezone(ZoneInfo(scene.chat.zone or "UTC")).date()
    response = counted(scene.tx, scene.house, scene.chat.id, scene.intake.response)
    return table(scene.house.definition, response, today=today)


def _table(scene: DeskScene, found: tuple[Row, ...], *, every: bool) -> Message:
    listed = found if every else tuple(row for row in found if row.protocol.registry.open)
    return trials.table(scene.act.words, scene.own_case.number, listed, hidden=len(found) - len(listed))


def _pass_on(scene: DeskScene, chosen: tuple[Row, ...]) -> None:
    """A text for a hospital: only after the family's yes, and only rows that are fresh and approved."""
    words = scene.act.words
    if not chosen:
        scene.act.tell(trials.no_such_protocol(words))
    elif not consents.shares(scene.tx, scene.chat.id):
        scene.act.tell(counter.not_shared(words))
    else:
        try:
            scene.act.answer(trials.for_hospital(words, scene.own_case.number, sendable(chosen)))
        except NotToBeSent as refused:
            scene.act.tell(trials.not_to_be_sent(words, refused, min(row.protocol.as_of for row in chosen)))
