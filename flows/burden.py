"""Least burden: which of the open questions comes next, so that a tired person who stops early has said what decides most.

The rule, in this order:
1. Topics (the groups at the top of the form) keep their order, and one is finished before the next: nobody is thrown from one to another.
2. In a topic, questions that can still change a criterion come before those that cannot, each kind in the form's order. A question
   that opens one of those counts with them.
3. A question that one other question of its topic has opened follows it directly ("When was that?").
4. A card is never passed over, an occurrence of a repeating group that was begun is finished, and the topics that open the talk
   (`asked_in_order` in criteria.json) are asked as they stand.
No question is added and none is left out, so the verdicts are those of the form as it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flows import screening
from flows.dialogue.places import is_open

if TYPE_CHECKING:
    from flows.criteria import Criteria
    from flows.dialogue.listing import Places
    from flows.dialogue.place import Place
    from flows.items import Item
    from flows.questionnaire import Questionnaire
    from flows.response import QuestionnaireResponse


@dataclass(frozen=True, kw_only=True)
class Burden:
    """`sources`: linkId -> the questions that its conditions, and those of what it stands in, ask about; `followers`: rule 3;
    `behind`: criterion -> all questions that it rests on, and those that have to be answered before them.
    """

    criteria: Criteria
    sources: Mapping[str, frozenset[str]]
    followers: frozenset[str]
    behind: Mapping[str, frozenset[str]]
    in_order: frozenset[int]

    @staticmethod
    def of(questionnaire: Questionnaire, criteria: Criteria) -> Burden:
        known, standing = questionnaire.by_link_id, questionnaire.standing
        sources = {id_: frozenset(one.question for gate in item.gates for one in gate.when) for id_, item in known.items()}
        tops = [item.link_id for item in questionnaire.items]
        return Burden(
            criteria=criteria,
            sources=sources,
            behind={one.id: frozenset(_behind(sources, one.rests_on)) for one in criteria.criteria},
            followers=frozenset(id_ for id_, item in known.items() if _follows(id_, item, standing)),
            in_order=frozenset(tops.index(one) for one in criteria.asked_in_order),
        )

    def next(self, places: Places, response: QuestionnaireResponse, first: int) -> int:
        """The index of the place to be asked. `first`: that of the first one that is open."""
        if places[first].part in self.in_order or not _movable(places[first]):
            return first
        topic = {index: places[index].item.link_id for index in _topic(places, response, first)}
        if len(topic) == 1:
            return first
        wanted = self._deciding(places, response, set(topic.values())) | self.followers
        return next((index for index, link_id in topic.items() if link_id in wanted), first)

    def _deciding(self, places: Places, response: QuestionnaireResponse, candidates: set[str]) -> set[str]:
        """Those candidates that can still change a criterion, or open a question that can."""
        wanted = [one for one in self.criteria.criteria if not candidates.isdisjoint(self.behind[one.id])]
        lacking = screening.lacking(self.criteria, wanted, response, places.link_ids)
        closed = _behind(self.sources, (link_id for link_id in lacking if link_id not in places.link_ids))
        return candidates & (lacking | closed)


def _topic(places: Places, response: QuestionnaireResponse, first: int) -> Iterator[int]:
    """The open places of the first one's topic, up to the first card."""
    part = places[first].part
    for index in range(first, len(places)):
        place = places[index]
        if place.part != part:
            return
        if is_open(place, response):
            if not _movable(place):
                return
            yield index


def _behind(sources: Mapping[str, frozenset[str]], link_ids: Iterable[str]) -> set[str]:
    """These questions, and all that have to be answered before they are asked."""
    found: set[str] = set()
    waiting = list(link_ids)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += sources[one]
    return found


def _follows(link_id: str, item: Item, standing: Mapping[str, Place]) -> bool:
    """Whether exactly one question of its own topic opens this one."""
    asked_about = {one.question for one in item.enable_when}
    if len(asked_about) != 1 or link_id not in standing:
        return False
    source = standing.get(next(iter(asked_about)))
    return source is not None and source.part == standing[link_id].part


def _movable(place: Place) -> bool:
    return place.kind == "asked" and place.item.type != "display" and not place.path
