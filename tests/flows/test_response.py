"""The response: its text form, its FHIR form, and what the rules read from it."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from flows.fhir.responses import ABSENT, dumps, from_fhir, to_fhir
from flows.inputs import Control as C
from flows.questionnaire import Invalid, Questionnaire
from flows.response import QuestionnaireResponse
from flows.values import Coding, Quantity, same
from tests.flows.forms import EVERYTHING, ext, form, item, options, when
from tests.flows.talking import NOW, Talk


def exported(talk: Talk) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(dumps(to_fhir(talk.questionnaire, talk.response, language="en")))
    return found


def items_of(resource: dict[str, Any]) -> list[tuple[str, Any]]:
    """linkIds with their answers, in order."""
    found = []
    for one in resource.get("item", ()):
        if "answer" in one:
            found.append((one["linkId"], [next(iter(answer.values())) for answer in one["answer"]]))
            found += [inner for answer in one["answer"] for inner in items_of(answer)]
        found += items_of(one)
    return found


def test_times_are_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        QuestionnaireResponse(id="1", questionnaire="q", authored=datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_export_has_the_order_of_the_form_and_no_more_than_counts() -> None:
    talk = Talk(
        item("ill", "boolean"),
        item("since", enableWhen=[when("ill", answerBoolean=True)]),
        item("g", "group", items=[item("note", "display"), item("a"), item("b")]),
    )
    talk.taps(C.YES).says("May", "1").taps(C.SKIP)
    assert items_of(exported(talk)) == [("ill", [True]), ("since", ["May"]), ("a", ["1"])]
    talk.taps(C.CHANGE, 0).taps(C.NO)
    assert items_of(exported(talk)) == [("ill", [False]), ("a", ["1"])]
    assert exported(talk)["status"] == "in-progress"
    assert exported(talk)["questionnaire"] == "https://careline.example/fhir/Questionnaire/test|1"


def test_repeating_groups_and_questions_under_answers() -> None:
    lines = item("lines", "group", repeats=True, items=[item("drug")])
    parent = item("ill", "choice", answerOption=options("Yes", "No"), items=[item("since")])
    talk = (
        Talk(lines, parent)
        .says("one")
        .taps(C.ADD)
        .taps(C.SKIP)
        .taps(C.ADD)
        .says("three")
        .taps(C.DONE)
        .chooses("Yes")
        .says("May")
    )
    resource = exported(talk)
    assert [one["linkId"] for one in resource["item"]] == ["lines", "lines", "ill"]
    assert resource["item"][2]["answer"][0]["item"][0]["answer"][0]["valueString"] == "May"
    assert talk.response.occurrences("lines") == 2


def test_not_known_is_exported_with_its_reason_and_skipped_is_not() -> None:
    unknown = ext("https://careline.example/fhir/StructureDefinition/absent", valueCode="asked-unknown")
    talk = Talk(item("a", "boolean", unknown), item("b")).taps(C.UNKNOWN).taps(C.SKIP)
    assert exported(talk)["item"] == [
        {"linkId": "a", "text": "a?", "extension": [{"url": ABSENT, "valueCode": "asked-unknown"}]},
    ]


def test_decimals_keep_their_digits_in_json() -> None:
    talk = Talk(item("n", "decimal"), item("s")).says("1,50", '"quoted" \\u0000 1.5')
    text = dumps(to_fhir(talk.questionnaire, talk.response))
    assert '"valueDecimal": 1.50' in text
    assert json.loads(text)["item"][1]["answer"][0]["valueString"] == '"quoted" \\u0000 1.5'


def test_what_is_exported_can_be_read_back() -> None:
    talk = Talk(whole=EVERYTHING).taps(C.OK).says("Ann").taps(C.YES).says("because").says("myeloma")
    talk.chooses("I work").taps(C.YES).says("3", "1.5", "May 2024", "9 am", "120 g/L").sends().says("done")
    talk.says("CD19 and CD20").says("done").says("City K").says("R-CHOP").taps(C.YES).says("2023").says("add").says("R-ICE")
    talk.taps(C.NO).says("no").chooses("Yes").says("child").taps(C.NO).says("a note").taps(C.DONE).taps(C.CONFIRM)
    resource = json.loads(dumps(to_fhir(talk.questionnaire, talk.response)), parse_float=Decimal)
    again = from_fhir(talk.questionnaire, resource, now=NOW)
    assert dumps(to_fhir(talk.questionnaire, again)) == dumps(to_fhir(talk.questionnaire, talk.response))
    assert again.status == "completed"
    assert again.values("drug") == ("R-CHOP", "R-ICE")


@pytest.mark.parametrize(
    "wrong",
    [{}, {"resourceType": "Patient"}, {"resourceType": "QuestionnaireResponse", "item": [{"linkId": "zzz"}]}],
)
def test_a_response_to_another_form_is_invalid(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        from_fhir(Questionnaire.from_json(form(item("a"))), wrong, now=NOW)


def test_link_ids_with_strange_characters() -> None:
    group = item("/g#1", "group", repeats=True, items=[item("a/b%"), item("b%")])
    talk = Talk(group).says("x", "y").taps(C.ADD).says("z")
    assert talk.response.values("a/b%") == ("x", "z")
    assert talk.response.values("b%") == ("y",)
    assert talk.response.occurrences("/g#1") == 2
    assert items_of(exported(talk)) == [("a/b%", ["x"]), ("b%", ["y"]), ("a/b%", ["z"])]


def test_nested_repeating_groups() -> None:
    inner = item("inner", "group", repeats=True, items=[item("x")])
    talk = Talk(item("outer", "group", repeats=True, items=[inner]), item("end"))
    talk.says("1").taps(C.ADD).says("2").taps(C.DONE).taps(C.ADD).says("3").taps(C.DONE).taps(C.DONE).is_asked("end")
    assert sorted(talk.response.answers) == ["outer#0/inner#0/x", "outer#0/inner#1/x", "outer#1/inner#0/x"]
    assert (talk.response.occurrences("outer"), talk.response.occurrences("inner")) == (2, 3)


def test_the_same_answer_is_the_same_code_whatever_it_is_called() -> None:
    assert same(Coding(system="s", code="a", display="A"), Coding(system="s", code="a", display="Б"))
    assert not same(Coding(system="s", code="a"), Coding(system="t", code="a"))
    assert same(1, Decimal("1.0"))
    assert not same(True, 1)
    assert same(Quantity(value=Decimal(1), code="kg", unit="kg"), Quantity(value=Decimal(1), code="kg", unit="kilos"))


def test_a_reference_goes_out_as_the_form_spells_it() -> None:
    """An evaluator that looks the answer up among the options finds it, whatever the order of its parts; nothing else goes along."""
    ward = {"type": "Location", "display": "Ward 7", "reference": "Location/7", "identifier": {"value": "w-7"}}
    talk = Talk(item("where", "choice", answerOption=[{"valueReference": ward | {"private": "x"}}, *options("Elsewhere")]))
    talk.chooses("Ward 7")
    [(_, [answered])] = items_of(exported(talk))
    assert list(answered.items()) == list(ward.items())
    again = QuestionnaireResponse.loads(talk.response.dumps())
    assert (
        json.loads(dumps(to_fhir(talk.questionnaire, again, language="en")))["item"][0]["answer"][0]["valueReference"] == ward
    )
