"""The words for a case's stages and for why it was closed. Which stages there are, and the legal moves, is flows.case's."""

from __future__ import annotations

from dataclasses import dataclass

from flows.case import MAIN, STAGES
from flows.reading import Spot, unique
from flows.texts import Text, text_of


@dataclass(frozen=True, kw_only=True)
class Stage:
    """`label` names it; `patient` says what happens now and next; `desk` says what there is to do."""

    id: str
    main: bool
    label: Text
    patient: Text
    desk: Text


@dataclass(frozen=True, kw_only=True)
class CloseReason:
    id: str
    label: Text


def read(spot: Spot) -> tuple[tuple[Stage, ...], tuple[CloseReason, ...]]:
    """Stages in the order of flows.case.STAGES, every one worded; close reasons in file order."""
    spot.only("version", "stages", "close_reasons")
    stages = {one.text("id"): _stage(one) for one in unique(spot.get("stages").items())}
    if set(stages) != set(STAGES):
        raise spot.get("stages").wrong(f"differs from the stages of a case: {', '.join(sorted(set(stages) ^ set(STAGES)))}")
    reasons = tuple(
        CloseReason(id=one.only("id", "label").text("id"), label=text_of(one, "close-reason", "label"))
        for one in unique(spot.get("close_reasons").items())
    )
    return tuple(stages[id_] for id_ in STAGES), reasons


def _stage(spot: Spot) -> Stage:
    spot.only("id", "kind", "label", "patient", "desk")
    id_, main = spot.text("id"), spot.one_of("kind", ("main", "side")) == "main"
    if main != (id_ in MAIN):
        raise spot.get("kind").wrong("is not what flows.case says")
    label, patient, desk = (text_of(spot, "stage", name) for name in ("label", "patient", "desk"))
    return Stage(id=id_, main=main, label=label, patient=patient, desk=desk)
