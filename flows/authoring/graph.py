"""Question <-> criterion <-> record <-> reminder: one graph, derived from the definition each time it is looked at; nothing of it is kept.

A gap is an edge that is still open in one case: a question whose answer could decide a criterion, a record that could show it.
What closes a gap ends what asks for it: a record that has come, or is not there, is reminded of no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from flows import records, screening

if TYPE_CHECKING:
    from datetime import date

    from flows.library import Definition
    from flows.records import Mark
    from flows.response import QuestionnaireResponse

Kind = Literal["question", "record"]
OPEN = frozenset({"missing", "later"})  # states of a record that may still come


class Gap(NamedTuple):
    """`id`: the linkId of the question, or the id of the record."""

    criterion: str
    kind: Kind
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """The edges. `answers`: criterion -> linkIds it rests on; `shown_by`: criterion -> records; `files`: attachment question -> record;

    `reminders`: record -> kinds of reminders that ask for it.
    """

    answers: Mapping[str, tuple[str, ...]]
    shown_by: Mapping[str, tuple[str, ...]]
    files: Mapping[str, str]
    reminders: Mapping[str, tuple[str, ...]]


def graph(definition: Definition) -> Graph:
    """All edges of a definition."""
    criteria = definition.criteria.criteria
    asking = tuple(rule.kind for rule in definition.reminders.rules if rule.starts == "record-asked")
    return Graph(
        answers={one.id: one.rests_on for one in criteria},
        shown_by={one.id: one.records for one in criteria},
        files={link_id: record.id for record in definition.records for link_id in sorted(record.answered_by)},
        reminders={record.id: asking if record.required else () for record in definition.records},
    )


def gaps(definition: Definition, response: QuestionnaireResponse, marks: Mapping[str, Mark], *, today: date) -> tuple[Gap, ...]:
    """Every open edge of one case, in the page's order."""
    findings = screening.screen(definition, response, today=today)
    open_ = {one.record.id for one in records.checklist(definition, response, marks) if one.state in OPEN}
    return tuple(gap for one in findings for gap in _gaps(one.criterion.id, one.missing, one.criterion.records, open_))


def _gaps(criterion: str, missing: tuple[str, ...], shown_by: tuple[str, ...], open_: set[str]) -> Iterator[Gap]:
    yield from (Gap(criterion, "question", link_id) for link_id in missing)
    yield from (Gap(criterion, "record", record) for record in shown_by if record in open_)


def lines(definition: Definition) -> Iterator[str]:
    """The graph as text, one criterion after another."""
    whole = graph(definition)
    behind = {record: link_id for link_id, record in whole.files.items()}
    for criterion, answers in whole.answers.items():
        yield criterion
        yield from (f"  question  {link_id}" for link_id in answers)
        for record in whole.shown_by[criterion]:
            asked = f", also the answer to {behind[record]}" if record in behind else ""
            reminded = f", reminder {', '.join(whole.reminders[record])}" if whole.reminders[record] else ""
            yield f"  record    {record}{asked}{reminded}"
    loose = [record.id for record in definition.records if not record.criteria]
    if loose:
        yield f"records of no criterion: {', '.join(loose)}"
