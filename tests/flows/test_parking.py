"""Parked answers, in random forms: what is switched off counts nowhere, and is offered again when it is switched on again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from flows.dialogue.places import places_of
from flows.dialogue.prompt import Expects
from flows.dialogue.reviewing import reviewable
from flows.events import Asked, Drafted, Reviewed
from flows.fhir.responses import to_fhir
from flows.inputs import Control, Press, Words
from flows.screening import screen
from tests.examples import examples
from tests.flows.answering import NOW, SUITED, answered, definition
from tests.flows.forms import HL7, SDC, Json, ext, form, item, options, when
from tests.flows.talking import Talk, plain

LINK_IDS = [f"q{number}" for number in range(8)]
COUNTED = {"language": "text/fhirpath", "expression": "%resource.descendants().where(linkId.startsWith('q')).answer.count()"}
COUNT = item(
    "count",
    "integer",
    ext(f"{HL7}questionnaire-hidden", valueBoolean=True),
    ext(f"{SDC}calculatedExpression", valueExpression=COUNTED),
)


@st.composite
def switching_forms(draw: st.DrawFn) -> Json:
    """Questions of which most are switched by the answers of earlier ones, some in groups or under a question, and a calculated count."""
    made: list[Json] = []
    for number, link_id in enumerate(LINK_IDS[: draw(st.integers(2, 8))]):
        fields: dict[str, Any] = {"required": draw(st.booleans())}
        if number and draw(st.integers(0, 3)):
            source = draw(st.sampled_from(LINK_IDS[:number]))
            fields["enableWhen"] = [when(source, draw(st.sampled_from(["=", "!="])), answerBoolean=draw(st.booleans()))]
        question = item(link_id, "boolean", **fields)
        shape = draw(st.sampled_from(["plain", "plain", "group", "repeats", "under"]))
        if shape in {"group", "repeats"}:
            question = item(f"g{number}", "group", repeats=shape == "repeats", items=[question])
        if shape == "under":
            question["item"] = [item(f"{link_id}-under", "choice", answerOption=options("Yes", "No"))]
        made.append(question)
    return form(*made, COUNT)


def answering(talk: Talk, draw: Any) -> None:
    """One fitting answer to what is open."""
    prompt = talk.prompt
    if Control.KEEP in prompt.controls and draw(st.booleans()):
        talk.taps(Control.KEEP)
    elif prompt.expects is Expects.MORE:
        talk.taps(draw(st.sampled_from([Control.ADD, Control.DONE, Control.DONE])))
    elif prompt.expects is Expects.OPTION:
        talk.taps(Control.OPTION, draw(st.integers(0, 1)))
    elif Control.SKIP in prompt.controls and not draw(st.integers(0, 4)):
        talk.taps(Control.SKIP)
    else:
        talk.does(draw(st.sampled_from([Press(control=Control.YES), Press(control=Control.NO), Words(text="yes")])))


def to_the_end(talk: Talk, draw: Any) -> None:
    for _ in range(300):
        if isinstance(talk.events[-1], Reviewed):
            return
        before = talk.response
        answering(talk, draw)
        holds(talk, before.parked)
    raise AssertionError("the conversation does not end")


def written(items: list[Json]) -> Iterator[Json]:
    """Everything in an export that was answered."""
    for one in items:
        if one.get("answer"):
            yield one
        yield from written(one.get("item", []))
        for answer in one.get("answer", []):
            yield from written(answer.get("item", []))


def holds(talk: Talk, parked_before: frozenset[str]) -> None:
    """After every turn: what is parked is what has no place; it is in no export and in no calculation; what comes back is offered."""
    response, places = talk.response, places_of(talk.questionnaire, talk.response)
    here = {place.key: place for place in places}
    assert response.parked == response.answers.keys() - here.keys()
    export = to_fhir(talk.questionnaire, response)
    given_ = [one for one in written(export.get("item", [])) if one["linkId"] != "count"]
    counting = [
        key for key, values in response.answers.items() if key in here and key != "count" and plain(values) != ("skipped",)
    ]
    assert sorted(one["linkId"] for one in given_) == sorted(here[key].item.link_id for key in counting)
    counted = sum(len(one["answer"]) for one in given_)
    assert (plain(response.answers["count"]) if "count" in response.answers else (0,)) == (counted,)
    assert all(key in response.offered for key in parked_before - response.parked if key in response.answers)


@examples(60)
@given(switching_forms(), st.data())
def test_what_is_switched_off_counts_nowhere_and_is_offered_again(whole: Json, data: st.DataObject) -> None:
    talk = Talk(whole=whole)
    to_the_end(talk, data.draw)
    for _ in range(data.draw(st.integers(1, 4))):
        asked = [index for index, place in enumerate(reviewable(places_of(talk.questionnaire, talk.response)))]
        talk.taps(Control.CHANGE, data.draw(st.sampled_from(asked)))
        if data.draw(st.booleans()):
            talk.language = data.draw(st.sampled_from(["ru", "ar", "en"]))
        to_the_end(talk, data.draw)
    assert not talk.response.offered
    talk.taps(Control.CONFIRM)
    assert talk.response.status == "completed"


@examples(40)
@given(st.sampled_from([True, False]), st.data())
def test_switched_off_and_on_again_gives_the_same_export(first: bool, data: st.DataObject) -> None:
    inner = [item("q2", "boolean"), item("q3", "boolean", enableWhen=[when("q2", answerBoolean=True)])]
    gate = {"enableWhen": [when("q0", answerBoolean=first)]}
    talk = Talk(whole=form(item("q0", "boolean"), item("g", "group", items=inner, **gate), COUNT))
    talk.taps(Control.YES if first else Control.NO)
    to_the_end(talk, data.draw)
    before = to_fhir(talk.questionnaire, talk.response)["item"]
    talk.taps(Control.CHANGE, 0).taps(Control.NO if first else Control.YES)
    assert {one["linkId"] for one in to_fhir(talk.questionnaire, talk.response)["item"]} <= {"q0", "count"}
    talk.taps(Control.CHANGE, 0).taps(Control.YES if first else Control.NO)
    while isinstance(talk.events[-1], Asked | Drafted):
        assert talk.prompt.kept == talk.response.answers[talk.prompt.key]
        talk.taps(Control.KEEP)
    assert to_fhir(talk.questionnaire, talk.response)["item"] == before


@examples(60)
@given(st.sets(st.sampled_from(sorted(SUITED))))
def test_criteria_see_parked_answers_no_more_than_answers_that_were_never_given(parked: set[str]) -> None:
    """`missing` is left out: which question could decide depends on what is asked, and here nothing but the list says what is parked."""
    left = {link_id: said for link_id, said in SUITED.items() if link_id not in parked}
    both = [answered(SUITED, parked=frozenset(parked)), answered(left)]
    found = [[replace(one, missing=()) for one in screen(definition(), response, today=NOW.date())] for response in both]
    assert found[0] == found[1]
