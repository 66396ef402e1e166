"""Least burden: what decides is asked first, nothing is added or left out, and nobody is thrown from one topic to another."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows import engine, screening
from flows.dialogue.place import Place
from flows.dialogue.prompt import Expects
from flows.dialogue.recording import close_group, record
from flows.dialogue.scene import Scene
from flows.events import Asked
from flows.items import Item
from flows.questionnaire import Questionnaire
from flows.response import QuestionnaireResponse
from flows.values import Absent, Attachment, Coding, PartialDate, Quantity, Values
from flows.words.tongue import Tongue
from tests.examples import examples
from tests.flows.answering import definition

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SUITED = definition().questionnaire
AS_IT_STANDS = replace(SUITED, burden=None)


@dataclass
class Run:
    """One whole intake. `decided`: criterion -> after how many questions it was decided."""

    asked: list[str] = field(default_factory=list)
    decided: dict[str, int] = field(default_factory=dict)
    response: QuestionnaireResponse | None = None


def answer(item: Item, key: str, seed: int, told: dict[str, Any]) -> Values:
    """What this person says to this question, whenever it is asked."""
    if item.link_id in told:
        return (told[item.link_id],)
    chance = random.Random(f"{seed}/{key}")
    if item.link_id == "keep":
        return (True,)
    if item.type != "display" and chance.random() < 0.2:
        return (Absent(reason="asked-unknown"),)
    if item.options:
        return (chance.choice(item.options).value,)
    unit = chance.choice(item.units) if item.units else None
    made: dict[str, Any] = {
        "display": True,
        "boolean": chance.random() < 0.7,
        "integer": chance.randint(0, 90),
        "date": PartialDate(text="2026-10"),
        "attachment": Attachment(document_id=key, content_type="image/jpeg"),
    }
    if unit is not None:
        return (Quantity(value=Decimal(chance.randint(1, 200)), unit=unit.display, code=unit.code, system=unit.system),)
    return (made.get(item.type, "words"),)


def run(questionnaire: Questionnaire, seed: int, told: dict[str, Any] | None = None) -> Run:
    made = Run()
    turn = engine.start(questionnaire, id="r", now=NOW)
    while isinstance(shown := engine.present(questionnaire, turn.response), Asked):
        response = QuestionnaireResponse.loads(turn.response.dumps())
        scene = Scene(questionnaire=questionnaire, response=response, tongue=Tongue(), now=NOW, today=NOW.date())
        place = scene.place
        assert isinstance(place, Place)
        if shown.prompt.expects is Expects.MORE:
            turn = close_group(scene, place)
            continue
        made.asked.append(shown.prompt.key)
        turn = record(scene, place, answer(place.item, place.key, seed, told or {}))
        for one in screening.screen(definition(), turn.response, today=NOW.date()):
            if one.status != "unknown":
                made.decided.setdefault(one.criterion.id, len(made.asked))
    made.response = turn.response
    return made


@given(seed=st.integers(0, 10**9))
@examples(12)
def test_the_same_questions_the_same_verdicts_and_no_criterion_decided_later(seed: int) -> None:
    least, whole = run(SUITED, seed), run(AS_IT_STANDS, seed)
    assert sorted(least.asked) == sorted(whole.asked)
    assert len(least.asked) <= len(whole.asked)
    assert least.response is not None and whole.response is not None
    assert dict(least.response.answers) == dict(whole.response.answers)
    verdicts = [screening.screen(definition(), one, today=NOW.date()) for one in (least.response, whole.response)]
    assert verdicts[0] == verdicts[1]
    assert least.decided.keys() == whole.decided.keys()
    assert all(least.decided[id_] <= whole.decided[id_] for id_ in whole.decided)
    assert sum(least.decided.values()) <= sum(whole.decided.values())


@given(seed=st.integers(0, 10**9))
@examples(8)
def test_a_topic_is_finished_before_the_next_begins(seed: int) -> None:
    parts = [
        SUITED.standing[key.rpartition("/")[2].partition("#")[0]].part for key in run(SUITED, seed).asked if "/" not in key
    ]
    assert parts == sorted(parts)


def coded(link_id: str, code: str) -> Coding:
    values = (option.value for option in SUITED.by_link_id[link_id].options)
    return next(value for value in values if isinstance(value, Coding) and value.code == code)


def order(*link_ids: str, **told: Any) -> list[str]:
    """In which order these questions come."""
    asked = run(SUITED, 7, {link_id.replace("_", "-"): value for link_id, value in told.items()}).asked
    return [key for key in asked if key in link_ids]


def test_what_decides_comes_before_what_is_only_told() -> None:
    treated = {"cancer_now": coded("cancer-now", "relapse"), "lines": 3, "therapy_how": coded("therapy-how", "write")}
    assert order("cancer-now", "lines", "therapy-how", "own-cart", **treated)[:2] == ["cancer-now", "lines"]
    few = treated | {"lines": 1}
    assert order("lines", "own-cart", "therapy-how", **few) == ["lines", "own-cart", "therapy-how"]
    numbers = {"results": coded("results", "numbers")}
    asked = order("blood-date", "creatinine", "lvef", "oxygen", "heart-date", **numbers)
    assert asked[0] == "creatinine"


def test_what_cannot_change_anything_any_more_waits() -> None:
    """Two lines of treatment and a relapse have met the criterion: the form's own order goes on."""
    met = {"cancer_now": coded("cancer-now", "relapse"), "lines": 3}
    assert order("lines", "therapy-how", "own-cart", **met) == ["lines", "therapy-how", "own-cart"]


def test_a_question_that_another_opened_follows_it() -> None:
    lymphoma = {"diagnosis": coded("diagnosis", "9591/3"), "biopsy": True}
    assert order("diagnosis", "lymphoma-type", "biopsy", **lymphoma) == ["diagnosis", "lymphoma-type", "biopsy"]


def test_the_opening_of_the_talk_keeps_its_order() -> None:
    asked = order("writer", "call-you", "city", "age", "sex", "urgent-signs", "diagnosis")
    assert asked == ["writer", "call-you", "city", "age", "sex", "urgent-signs", "diagnosis"]


def test_other_forms_are_asked_as_they_stand() -> None:
    assert AS_IT_STANDS.burden is None
    keys = [key for key in run(AS_IT_STANDS, 3).asked if "/" not in key]
    positions = [list(SUITED.by_link_id).index(key) for key in keys]
    assert positions == sorted(positions)
