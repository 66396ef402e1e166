"""Values that a coordinator read in a report, each with its day and how well that shows it. The answers of the family stay as they are.

Of an answer and a value that was read the one from the later day counts; of one day, or where the answer has no day, what was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from flows.grounds.evidence import Grade
from flows.items import name_of
from flows.spans import span
from flows.values import PartialDate, Quantity

if TYPE_CHECKING:
    from flows.criteria import Criteria
    from flows.grounds.variables import Variable
    from flows.response import QuestionnaireResponse


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """`amount`: as it stands in the report; `document`: where it was read, `record`: what that is; `by`: who read it."""

    id: int
    link_id: str
    amount: Quantity
    day: date
    grade: Grade
    by: int
    document: str | None = None
    record: str | None = None


def measurable(criteria: Criteria) -> dict[str, Variable]:
    """The questions whose answer is read in a report: linkId -> the variable that it becomes, with its unit."""
    return {link_id: one for one in criteria.variables.values() if one.kind == "quantity" for link_id in one.link_ids}


def grade_of(*, coordinator: int, holder: int | None, document: str | None) -> Grade | Literal["no-document"]:
    """Who holds the case, or looks at one that nobody holds, has checked it; anybody else has seen it in the document that they name."""
    if holder in (None, coordinator):
        return "checked"
    return "document" if document else "no-document"


def counting(criteria: Criteria, response: QuestionnaireResponse, measured: Iterable[Measured]) -> dict[str, Measured]:
    """LinkId -> the newest value that was read, where no answer of the family is from a later day."""
    newest = {one.link_id: one for one in sorted(measured, key=lambda one: (one.day, one.id))}
    return {link_id: one for link_id, one in newest.items() if not _overtaken(criteria, response, one)}


def counted(response: QuestionnaireResponse, counting: Mapping[str, Measured]) -> QuestionnaireResponse:
    """The answers with these values in their places: for criteria, never to be kept."""
    if not counting:
        return response
    values = {name_of(link_id): (one.amount,) for link_id, one in counting.items()}
    return replace(response, answers={**response.answers, **values}, parked=response.parked - values.keys())


def day_questions(criteria: Criteria, link_id: str) -> Iterator[str]:
    """The questions that ask when this was measured."""
    rules = (rule for one in criteria.criteria for rule in one.lasting)
    return (rule.dated_by for rule in rules if rule.dated_by and link_id in rule.of)


def _overtaken(criteria: Criteria, response: QuestionnaireResponse, one: Measured) -> bool:
    if name_of(one.link_id) not in response.answers:
        return False
    said = (response.value(link_id) for link_id in day_questions(criteria, one.link_id))
    return any(isinstance(day, PartialDate) and span(day.text)[0] > one.day for day in said)
