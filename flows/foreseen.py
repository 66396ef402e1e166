"""What a file most likely is, from what is known before its first byte: what was asked for last, and what its sender calls it.

Whatever may be a record that is kept apart, such as a passport, is kept apart from its first byte on, until somebody says that it is not.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows import moment as at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flows.intake import Intake, Moment
    from flows.records import Record


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """`record`: what it is filed under without asking; `apart`: it may be something that is kept apart."""

    record: str | None = None
    apart: bool = False


def foreseen(moment: Moment, intake: Intake, requests: Sequence[str | None], called: str) -> Foreseen:
    """`requests`: the record that each open request of the desk to the family wants, oldest first; `called`: caption and file name."""
    records = moment.definition.records
    named = named_apart(records, called)
    if _asked(moment, intake):
        return Foreseen(apart=named)  # it answers what is being asked, unless its sender calls it something else
    wanted = [moment.definition.record(one) for one in requests]
    may_be = named or any(one.guarded for one in wanted if one)
    last = wanted[-1] if wanted and intake.aside == "asked" else None
    return Foreseen(record=last.id if last and (last.guarded or not named) else None, apart=may_be)


def _asked(moment: Moment, intake: Intake) -> bool:
    """Whether a question or the checklist takes the next file."""
    question = at.open_question(moment, intake)
    if intake.talking or question is None:
        return not intake.talking and any(one.asked for one in at.checklist(moment, intake))
    return at.wants_file(question)


def named_apart(records: Iterable[Record], called: str) -> bool:
    """Whether these words name a record that is kept apart, in whatever language."""
    words = unicodedata.normalize("NFKC", called).casefold()
    return any(name in words for record in records if record.guarded for name in record.names)
