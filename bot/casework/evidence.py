"""Raising the evidence of a criterion: /evidence NUMBER checked, or the next grade by a button. Told in the topic, kept, audited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.casework.acts import settle
from bot.effects.rules import as_ruled
from bot.effects.standing import Standing, standing
from bot.wording import counter, grades
from flows.events import EvidenceRaised
from flows.grounds import evidence as rules

if TYPE_CHECKING:
    from bot.effects.act import DeskScene
    from flows.grounds.evidence import Grade


def command(scene: DeskScene, said: str) -> bool:
    """The number of a criterion on the card, then checked or confirmed. False: that was not said."""
    number, _, wanted = said.strip().partition(" ")
    grade = wanted.strip().casefold()
    stands = _standing(scene)
    if number.isdecimal() and 0 < int(number) <= len(stands.findings) and grade in rules.BY_COORDINATOR:
        _raise(scene, stands, int(number) - 1, grade)
        return True
    return False


def raise_next(scene: DeskScene, number: int) -> None:
    """What the button of a criterion does: the next grade that a coordinator may give."""
    stands = _standing(scene)
    current = stands.grades[stands.findings[number].criterion.id]
    wanted = rules.following(current, scene.own_case.stage)
    _raise(scene, stands, number, wanted or "confirmed")


def offered(scene: DeskScene) -> list[tuple[int, str]]:
    """(index of the criterion, what its button says) for each that can be raised now."""
    stands, words = _standing(scene), scene.act.words
    found = []
    for number, one in enumerate(stands.findings):
        wanted = rules.following(stands.grades[one.criterion.id], scene.own_case.stage)
        if wanted and one.evidence:
            found.append((number, grades.button(words, number + 1, one.criterion, wanted)))
    return found


def _standing(scene: DeskScene) -> Standing:
    return standing(scene.tx, scene.house, scene.chat, scene.intake.response)


def _raise(scene: DeskScene, stands: Standing, number: int, wanted: Grade) -> None:
    if scene.own_case.closed_at:
        scene.act.tell(counter.is_closed(scene.act.words))
        return
    finding = stands.findings[number]
    outcome = rules.raise_to(
        finding,
        wanted,
        current=stands.grades[finding.criterion.id],
        coordinator=scene.act.coordinator.telegram_id,
        holder=scene.own_case.holder,
        stage=scene.own_case.stage,
    )
    if isinstance(outcome, EvidenceRaised):
        settle(scene, (as_ruled(scene.own_case), (outcome,)))
    else:
        scene.act.tell(grades.refused(scene.act.words, outcome))
