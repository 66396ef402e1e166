"""How well a criterion is shown: told by the patient's side < a document came < checked by a coordinator < confirmed by a hospital.

A grade only rises, each only by whom it may, and it stands for the answers it was given to: when those change, it begins anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

from flows import value_json
from flows.events import EvidenceRaised

if TYPE_CHECKING:
    from flows.criteria import Criterion
    from flows.grounds.findings import Finding
    from flows.response import QuestionnaireResponse

Grade = Literal["told", "document", "checked", "confirmed"]
Refusal = Literal["not-higher", "no-answer", "not-at-hospital", "not-yours"]

GRADES: tuple[Grade, ...] = ("told", "document", "checked", "confirmed")
BY_COORDINATOR: frozenset[Grade] = frozenset(
    {"checked", "confirmed"}
)  # a document has come when a record is filed, whether or not anybody opened it: no press says so
AT_HOSPITAL = frozenset({"hospital", "travel", "admission", "follow-up"})  # stages in which a hospital has looked at the case


def grade(criterion: Criterion, *, raised: Grade | None, received: Iterable[str], values: Iterable[Grade] = ()) -> Grade:
    """The grade of a criterion as it is now. `raised`: what somebody raised it to; `received`: ids of the records that have come.

    `values`: how well each of the measurements is shown that it rests on: it is shown as well as the weakest of them.
    """
    seen: Grade = "document" if set(criterion.records) & set(received) else "told"
    weakest: Grade = min(values, key=GRADES.index, default="told")
    return max(seen, weakest, raised or "told", key=GRADES.index)


def following(current: Grade, stage: str) -> Grade | None:
    """What a coordinator can raise it to next; None: nothing."""
    wanted: Grade = "checked" if GRADES.index(current) < GRADES.index("checked") else "confirmed"
    return None if current == "confirmed" or (wanted == "confirmed" and stage not in AT_HOSPITAL) else wanted


def raise_to(
    finding: Finding, wanted: Grade, *, current: Grade, coordinator: int, holder: int | None, stage: str
) -> EvidenceRaised | Refusal:
    """A coordinator raises a grade. What a hospital confirmed is noted once the case is with one, by who holds it."""
    if holder not in (None, coordinator):
        return "not-yours"
    if not finding.evidence:
        return "no-answer"
    if wanted not in BY_COORDINATOR or GRADES.index(wanted) <= GRADES.index(current):
        return "not-higher"
    if wanted == "confirmed" and stage not in AT_HOSPITAL:
        return "not-at-hospital"
    return EvidenceRaised(criterion=finding.criterion.id, grade=wanted, coordinator=coordinator)


def basis(finding: Finding, response: QuestionnaireResponse) -> str:
    """What a grade stands for, as one text: the status and the answers it rests on. Health data: only a keyed digest of it may be kept."""
    answers: Mapping[str, object] = {
        key: [value_json.as_json(one) for one in response.answers[key]] for key in finding.evidence
    }
    return json.dumps([finding.criterion.id, finding.status, answers], sort_keys=True, ensure_ascii=False)
