"""How far people come through a questionnaire: for each question how many answered it, and how many stand there now. Counts only."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows.engine import present
from flows.events import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse


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


def funnel(questionnaire: Questionnaire, responses: Iterable[QuestionnaireResponse]) -> Funnel:
    """Responses to the version in use; see `flows.versions.carried`."""
    answered: Counter[str] = Counter()
    stand: Counter[str] = Counter()
    begun = finished = 0
    for response in responses:
        begun += 1
        answered.update({key.rpartition("/")[2] for key in response.answers})
        now = present(questionnaire, response) if response.status == "in-progress" else None
        finished += now is None
        stand.update([now.prompt.item.link_id] if isinstance(now, Asked) else ())
    places = (
        Place(item=item, answered=answered[item.link_id], stand=stand[item.link_id])
        for item in questionnaire.by_link_id.values()
        if answered[item.link_id] or stand[item.link_id]
    )
    return Funnel(begun=begun, finished=finished, places=tuple(places))
