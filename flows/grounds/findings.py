"""What screening found, ready to be shown to a coordinator: criterion, status, the answers it rests on, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.grounds.freshness import Aged
from flows.grounds.given import given

if TYPE_CHECKING:
    from flows.criteria import Criterion
    from flows.items import Item
    from flows.library import Definition
    from flows.records import Record
    from flows.response import QuestionnaireResponse
    from flows.values import Values

Status = Literal["met", "not-met", "unknown"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """`evidence`: keys of the answers that it rests on; `missing`: linkIds of the answers that could still decide it.

    `near`: linkIds of the answers near a limit; `aged`: what has grown old, or has no day.
    `broken`: the expression failed on these answers; the status is unknown and staff should report it.
    """

    criterion: Criterion
    status: Status
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    broken: bool = False
    near: tuple[str, ...] = ()
    aged: tuple[Aged, ...] = ()

    @property
    def needs_update(self) -> bool:
        """Whether something that it rests on has grown old: the status was right once and is not to be relied on."""
        return any(one.since is not None for one in self.aged)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One answer as it was given: the place, the question, all its values."""

    key: str
    item: Item
    values: Values


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One line of the desk's card, with nothing worded yet. `records`: those that can prove the criterion."""

    criterion: Criterion
    status: Status
    broken: bool
    rests_on: tuple[Said, ...]
    background: tuple[Said, ...]
    missing: tuple[Item, ...]
    records: tuple[Record, ...]


def lines(definition: Definition, response: QuestionnaireResponse, findings: Iterable[Finding]) -> tuple[Line, ...]:
    """The findings with their questions, answers and records instead of keys and ids."""
    return tuple(_line(definition, response, finding) for finding in findings)


def _line(definition: Definition, response: QuestionnaireResponse, finding: Finding) -> Line:
    criterion = finding.criterion
    known = definition.questionnaire.by_link_id
    beside = dict.fromkeys(one.key for one in given(response) if one.link_id in criterion.background)
    return Line(
        criterion=criterion,
        status=finding.status,
        broken=finding.broken,
        rests_on=_said(definition, response, finding.evidence),
        background=_said(definition, response, beside),
        missing=tuple(known[link_id] for link_id in finding.missing),
        records=tuple(record for record in definition.records if record.id in criterion.records),
    )


def _said(definition: Definition, response: QuestionnaireResponse, keys: Iterable[str]) -> tuple[Said, ...]:
    found = ((key, definition.questionnaire.item_at(key)) for key in keys)
    return tuple(Said(key=key, item=item, values=response.answers[key]) for key, item in found if item is not None)
