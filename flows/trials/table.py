"""The table protocol x criterion of one case, for coordinators only: met, not met or unknown and why. Never a score, never for a patient.

What nobody verified in a protocol is unknown. A row that is too old, or that no human approved, is never passed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flows import screening
from flows.grounds.findings import Status
from flows.grounds.given import given
from flows.trials.deciding import Decided, Known, decide, together
from flows.trials.protocols import COLUMNS, TrialProtocol
from flows.values import Coding

if TYPE_CHECKING:
    from flows.library import Definition
    from flows.response import QuestionnaireResponse
    from flows.trials.protocols import Requirement


class NotToBeSent(ValueError):
    """These rows of the table may not be passed on: they are older than 90 days, or no human has approved them."""

    def __init__(self, stale: Iterable[str], unapproved: Iterable[str]) -> None:
        self.stale, self.unapproved = tuple(stale), tuple(unapproved)
        super().__init__(f"stale: {', '.join(self.stale) or '–'}; not approved: {', '.join(self.unapproved) or '–'}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """`verified`: the protocol's file says something here. `lacking`: linkIds of questions that could decide; `unsettled`: what else could;

    `texts`: the rules as they were read; `records`: ids of records that could show it.
    """

    criterion: str
    status: Status
    verified: bool
    texts: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    protocol: TrialProtocol
    stale: bool
    cells: tuple[Cell, ...]

    def cell(self, criterion: str) -> Cell:
        return next(cell for cell in self.cells if cell.criterion == criterion)


def table(
    definition: Definition, response: QuestionnaireResponse, *, today: date, ids: Iterable[str] | None = None
) -> tuple[Row, ...]:
    """One row for each protocol (`ids`: only these), those that take patients first, then by number. `today`: the desk's calendar day."""
    wanted = None if ids is None else frozenset(ids)
    chosen = [one for one in definition.protocols if wanted is None or one.id in wanted]
    known = _known(definition, response, today)
    ordered = sorted(chosen, key=lambda one: (not one.registry.open, one.id))
    return tuple(_row(definition, one, known) for one in ordered)


def sendable(rows: Iterable[Row]) -> tuple[Row, ...]:
    """The rows, for an export or a dossier. Raise NotToBeSent when one is stale or approved by nobody."""
    given_ = tuple(rows)
    stale = [row.protocol.id for row in given_ if row.stale]
    unapproved = [row.protocol.id for row in given_ if row.protocol.approved is None]
    if stale or unapproved:
        raise NotToBeSent(stale, unapproved)
    return given_


def _known(definition: Definition, response: QuestionnaireResponse, today: date) -> Known:
    variables = definition.criteria.variables
    answered = (
        {one.link_id for one in given(response)} & set(variables["markers"].link_ids) if "markers" in variables else set()
    )
    items = (definition.questionnaire.by_link_id[link_id] for link_id in answered)
    return Known(
        values=screening.values(definition, response, today=today),
        offered=frozenset(one.value.code for item in items for one in item.options if isinstance(one.value, Coding)),
        factors={name: variable.factors for name, variable in variables.items()},
        laboratory=definition.laboratory,
        today=today,
    )


def _row(definition: Definition, protocol: TrialProtocol, known: Known) -> Row:
    cells = tuple(_cell(definition, criterion, protocol.of(criterion), known) for criterion in COLUMNS)
    return Row(protocol=protocol, stale=protocol.stale(known.today), cells=cells)


def _cell(definition: Definition, criterion: str, asked: tuple[Requirement, ...], known: Known) -> Cell:
    if not asked:
        return Cell(criterion=criterion, status="unknown", verified=False)
    decided = together((_for_cohort(one, known) for one in asked), decisive=False)
    return Cell(
        criterion=criterion,
        status=screening.STATUS[decided.truth],
        verified=True,
        texts=tuple(dict.fromkeys(one.text for one in asked)),
        lacking=_questions(definition, decided.lacking),
        unsettled=tuple(sorted(decided.unsettled)),
        records=tuple(record for one in asked for record in one.records) if decided.truth is None else (),
    )


def _for_cohort(asked: Requirement, known: Known) -> Decided:
    """A rule for some ages holds for everybody else; with the age not known, both could be."""
    if asked.cohort is None:
        return decide(asked.rule, known)
    inside = decide(asked.cohort, known)
    outside = inside._replace(truth=None if inside.truth is None else not inside.truth)
    return together((outside, decide(asked.rule, known)), decisive=True)


def _questions(definition: Definition, names: Iterable[str]) -> tuple[str, ...]:
    """The questions behind names, seen through derived values and scales, in the order of the form."""
    scales = definition.laboratory.scales
    reached = {link_id for name in names for link_id in (definition.criteria.reads(name) if name not in scales else ())}
    return tuple(link_id for link_id in definition.questionnaire.by_link_id if link_id in reached)
