"""The log of what was submitted to hospitals: one row for each case and hospital, and a line for everything that happened to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from storage.schema.support_tables import SubmissionLines, Submissions
from storage.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from sqlalchemy import Row

    from storage.transaction import Transaction

_submissions, _lines = table(Submissions), table(SubmissionLines)
_INSERT = _submissions.insert().returning(_submissions.c.id)
_INSERT_LINE = _lines.insert()
_STATE = _submissions.update().where(_submissions.c.id == bindparam("id_"))
_OF_CASE = select(_submissions).where(_submissions.c.case_id == bindparam("case_id_")).order_by(_submissions.c.id)
_LINES = (
    select(_lines, _submissions.c.case_id)
    .join(_submissions, _submissions.c.id == _lines.c.submission_id)
    .where(_submissions.c.case_id == bindparam("case_id_"))
    .order_by(_lines.c.id)
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One thing that happened. `day`: when it was so at the hospital; `documents`: ids of records; `by`: a coordinator."""

    state: str
    day: date
    reason: str | None
    body: str | None = field(repr=False)
    documents: tuple[str, ...]
    by: int
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    id: int
    case_id: int
    centre: str
    protocols: tuple[str, ...]
    state: str
    opened_at: datetime
    changed_at: datetime
    lines: tuple[Line, ...]


def add(tx: Transaction, case_id: int, *, centre: str, protocols: Iterable[str], state: str) -> int:
    """A new submission; its first line is written with `note`. Returns its id."""
    values = {"case_id": case_id, "centre": centre, "protocols": " ".join(protocols), "state": state}
    return int(tx.execute(_INSERT, {**values, "opened_at": tx.now, "changed_at": tx.now}).scalar_one())


def note(
    tx: Transaction,
    submission_id: int,
    *,
    state: str,
    day: date,
    by: int,
    reason: str | None = None,
    body: str | None = None,
    documents: Iterable[str] = (),
) -> None:
    """Write down what happened to a submission, and where it stands since."""
    values = {"submission_id": submission_id, "state": state, "day": day, "reason": reason, "documents": " ".join(documents)}
    sealed = tx.maybe_seal(body, _context(submission_id))
    tx.execute(_INSERT_LINE, {**values, "body": sealed, "by": by, "at": tx.now})
    tx.execute(_STATE, {"id_": submission_id, "state": state, "changed_at": tx.now})


def of_case(tx: Transaction, case_id: int) -> list[Submission]:
    """Every submission of a case with its lines, oldest first. The caller has checked who asks (`storage.cases.access`)."""
    lines: defaultdict[int, list[Line]] = defaultdict(list)
    for row in tx.rows(_LINES, {"case_id_": case_id}):
        lines[row.submission_id].append(_line(tx, row))
    return [_submission(row, tuple(lines[row.id])) for row in tx.rows(_OF_CASE, {"case_id_": case_id})]


def _submission(row: Row[tuple[object, ...]], lines: tuple[Line, ...]) -> Submission:
    values = row._asdict()
    return Submission(**{**values, "protocols": tuple(values["protocols"].split()), "lines": lines})


def _line(tx: Transaction, row: Row[tuple[object, ...]]) -> Line:
    return Line(
        state=row.state,
        day=row.day,
        reason=row.reason,
        body=tx.maybe_unseal(row.body, _context(row.submission_id)),
        documents=tuple(row.documents.split()),
        by=row.by,
        at=row.at,
    )


def _context(submission_id: int) -> str:
    return f"submission_lines.body:{submission_id}"
