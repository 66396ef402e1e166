"""/path: why a way closed, whether the family may be written to again, and a new case when a closed way is worth another look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.casework.acts import settle
from bot.casework.named import named
from bot.effects import opening
from bot.effects.paths import RECONTACT, log
from bot.effects.rules import as_ruled
from bot.effects.scene import Scene
from bot.wording import paths as wording
from flows import case as cases
from flows.support_events import PathClosed, RecontactAsked
from storage import audit, consents
from storage import cases as case_rows

if TYPE_CHECKING:
    from bot.effects.act import DeskScene


def command(scene: DeskScene, said: str) -> None:
    """The log with its buttons, or a reason in words."""
    worded, reasons = scene.act.words.worded, scene.house.definition.support.reasons
    chosen = named(said, [(one.id, (one.label.worded(worded), one.label.english)) for one in reasons])
    if chosen is not None:
        _close(scene, chosen)
        return
    scene.act.answer(log(scene))


def close(scene: DeskScene, number: int) -> None:
    """The button of a reason."""
    _close(scene, scene.house.definition.support.reasons[number].id)


def ask_again(scene: DeskScene) -> None:
    settle(scene, cases.act(as_ruled(scene.own_case), _me(scene), RecontactAsked(coordinator=_me(scene)), now=scene.tx.now))


def anew(scene: DeskScene) -> None:
    """A new case for a family that agreed to it; whoever opens it claims it there."""
    agreed = consents.current(scene.tx, scene.chat.id).get(RECONTACT) and scene.may_write
    if not agreed or case_rows.open_for(scene.tx, scene.chat.id) is not None:
        scene.act.tell(wording.no_consent(scene.act.words))
        return
    chat = Scene(tx=scene.tx, house=scene.house, chat=scene.chat, intake=scene.intake)
    opened = opening.open_case(chat, "again")
    audit.write(scene.tx, actor=str(_me(scene)), action="case.opened-again", object=f"case:{opened.id}")


def _close(scene: DeskScene, reason: str) -> None:
    event = PathClosed(coordinator=_me(scene), reason=reason)
    settle(scene, cases.act(as_ruled(scene.own_case), _me(scene), event, now=scene.tx.now))


def _me(scene: DeskScene) -> int:
    return scene.act.coordinator.telegram_id
