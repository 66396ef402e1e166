"""How far people come through a questionnaire: for each question how many answered it, and how many stand there now. Counts only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flows.engine import present
from flows.events import Asked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse

What = Literal["begun", "finished", "answered", "stand"]
Mark = tuple[str, str]  # What, and the linkId of the question; "" of none


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A question. `stand`: responses that are not finished and wait for its answer."""

    item: Item
    answered: int
    stand: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Funnel:
    """`begun` and `finished` responses, and each question that somebody reached, in the order of the questionnaire."""

    begun: int
    finished: int
    places: tuple[Place, ...]


def marks(questionnaire: Questionnaire, response: QuestionnaireResponse) -> frozenset[Mark]:
    """What one response adds to the counts; a response to the version in use, see `flows.dialogue.versions.carried`."""
    now = present(questionnaire, response) if response.status == "in-progress" else None
    here = ("stand", now.prompt.item.link_id) if isinstance(now, Asked) else ("finished", "")
    answered = {("answered", key.rpartition("/")[2]) for key in response.answers}
    return frozenset({("begun", ""), *answered, *([here] if now is None or isinstance(now, Asked) else [])})


def funnel(questionnaire: Questionnaire, counts: Mapping[Mark, int]) -> Funnel:
    """The counts in the order of the questions."""
    places = (
        Place(item=item, answered=counts.get(("answered", id_), 0), stand=counts.get(("stand", id_), 0))
        for id_, item in questionnaire.by_link_id.items()
    )
    return Funnel(
        begun=counts.get(("begun", ""), 0),
        finished=counts.get(("finished", ""), 0),
        places=tuple(one for one in places if one.answered > 0 or one.stand > 0),
    )
