"""Expressions of forms: what they calculate, switch, offer and refuse; and that none of them runs for ever."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

from flows import engine
from flows.fhir.launch import Known, Writer, known_before, launch
from flows.fhir.responses import to_fhir
from flows.inputs import Control, Words
from flows.questionnaire import Invalid, Questionnaire
from flows.response import QuestionnaireResponse
from flows.values import Coding, Quantity
from tests.flows.answering import answered, definition
from tests.flows.forms import HL7, SDC, coded, constraint, ext, form, item, options, unit
from tests.flows.talking import NOW, TODAY, Talk, plain

ANN = {"patient": {"resourceType": "Patient", "name": [{"given": ["Ann"]}]}}
HIDDEN = ext(f"{HL7}questionnaire-hidden", valueBoolean=True)


def fhirpath(text: str, **fields: str) -> dict[str, Any]:
    return {"language": "text/fhirpath", "expression": text, **fields}


def rule(name: str, text: str) -> dict[str, Any]:
    return ext(f"{SDC}{name}", valueExpression=fhirpath(text))


def variable(name: str, text: str) -> dict[str, Any]:
    return ext(f"{HL7}variable", valueExpression=fhirpath(text, name=name))


def answer_to(link_id: str) -> str:
    return f"%resource.item.where(linkId='{link_id}').answer.value"


BMI = [
    item("weight", "decimal", required=True),
    item("height", "decimal", required=True),
    item("bmi", "decimal", rule("calculatedExpression", "(%w / (%h / 100).power(2)).round(1)"), readOnly=True, required=True),
]
VARIABLES = {"extension": [variable("w", answer_to("weight")), variable("h", answer_to("height"))]}


def test_a_value_is_calculated_from_variables_and_again_when_an_answer_changes() -> None:
    talk = Talk(whole=form(*BMI, **VARIABLES)).says("80", "200")
    assert talk.answer("bmi") == (Decimal(20),)
    talk.taps(Control.CHANGE, 0).says("40")
    assert talk.answer("bmi") == (Decimal(10),)
    assert to_fhir(talk.questionnaire, talk.response)["item"][2]["answer"] == [{"valueDecimal": Decimal(10)}]


def test_calculated_values_feed_each_other() -> None:
    chain = [
        item(f"c{n}", "integer", rule("calculatedExpression", f"{answer_to(f'c{n - 1}')} + 1"), readOnly=True)
        for n in (3, 2, 1)
    ]
    talk = Talk(item("c0", "integer"), *chain).says("5")
    assert [talk.answer(f"c{n}") for n in (1, 2, 3)] == [(6,), (7,), (8,)]


def test_a_calculated_answer_is_offered_for_change_and_then_stays() -> None:
    double = item("double", "integer", rule("calculatedExpression", f"{answer_to('n')} * 2"))
    talk = Talk(item("n", "integer"), double).says("4")
    assert talk.is_reviewed() == [("n", (4,)), ("double", (8,))]
    talk.taps(Control.CHANGE, 1).says("9")
    talk.taps(Control.CHANGE, 0).says("5")
    assert talk.answer("double") == (9,)


def test_what_goes_round_in_a_circle_is_refused_at_load() -> None:
    one = item("a", "integer", rule("calculatedExpression", f"{answer_to('b')} + 1"))
    other = item("b", "integer", rule("calculatedExpression", f"{answer_to('a')} + 1"))
    with pytest.raises(Invalid, match=r"item\[0\].extension\[0\].valueExpression goes round in a circle"):
        Questionnaire.from_json(form(one, other))
    with pytest.raises(Invalid, match="circle"):
        Questionnaire.from_json(form(item("c"), extension=[variable("x", "%y + 1"), variable("y", "%x + 1")]))


def test_a_condition_switches_a_question_and_its_answer_is_parked() -> None:
    more = item("more", "string", rule("enableWhenExpression", f"{answer_to('age')} >= 18"))
    talk = Talk(item("age", "integer"), more, item("end")).says("17").is_asked("end")
    talk.taps(Control.BACK).says("18").is_asked("more").says("yes", "fin")
    talk.taps(Control.CHANGE, 0).says("3")
    assert talk.response.parked == {"more"}
    assert [one["linkId"] for one in to_fhir(talk.questionnaire, talk.response)["item"]] == ["age", "end"]


def test_a_condition_in_a_repeating_group_is_about_its_own_occurrence() -> None:
    why = item("why", "string", rule("enableWhenExpression", "%here = true"))
    here = variable("here", "%context.item.where(linkId='bad').answer.value")
    group = item("drugs", "group", here, repeats=True, items=[item("bad", "boolean"), why])
    Talk(group).says("no", "add", "yes").is_asked("drugs#1/why")


def test_initial_values_come_from_who_the_form_is_about() -> None:
    name = item("name", "string", rule("initialExpression", "%patient.name.given.first()"))
    born = item("born", "date", HIDDEN, rule("initialExpression", "%patient.birthDate"))
    questionnaire = Questionnaire.from_json(form(name, born))
    patient = {"resourceType": "Patient", "name": [{"given": ["Ann"]}], "birthDate": "1980-02-03"}
    turn = engine.start(questionnaire, id="1", now=NOW, launch={"patient": patient})
    assert turn.events[-1].prompt.kept == ("Ann",)
    assert [str(value) for value in turn.response.answers["born"]] == ["1980-02-03"]
    assert engine.start(questionnaire, id="1", now=NOW).events[-1].prompt.kept == ()


def test_who_the_form_is_about_stays_known_through_the_whole_conversation() -> None:
    hello = item("hello", "string", rule("calculatedExpression", "'Dear ' + %patient.name.given.first()"), readOnly=True)
    turn = engine.start(Questionnaire.from_json(form(item("a"), hello)), id="1", now=NOW, launch=ANN)
    stored = QuestionnaireResponse.loads(turn.response.dumps())
    after = engine.advance(Questionnaire.from_json(form(item("a"), hello)), stored, Words(text="x"), now=NOW, today=TODAY)
    assert after.response.value("hello") == "Dear Ann"


def test_the_review_shows_what_was_calculated_and_offers_no_change_of_it() -> None:
    talk = Talk(whole=form(*BMI, **VARIABLES)).says("80", "200")
    [shown] = [entry for entry in talk.events[-1].page.entries if entry.key == "bmi"]
    assert (shown.index, shown.values[0]) == (None, Decimal(20))
    assert talk.taps(Control.CHANGE, 1).is_asked("height").says("100").events[-1].page.entries[-1].values[0] == Decimal(80)


def test_a_form_is_told_only_about_those_whom_it_asks_about() -> None:
    writer = Writer(given="Ann", family="Lee", language="ar")
    nobody, patient = (
        Questionnaire.from_json(form(item("a"))),
        Questionnaire.from_json(form(item("a", "string", rule("initialExpression", "%patient.name.family")))),
    )
    assert launch(nobody, "1", writer) == {}
    told = launch(patient, "1", writer, Known(patient={"gender": "female"}, writes=True))
    assert told.keys() == {"patient"}
    assert (told["patient"]["gender"], told["patient"]["name"][0]["text"]) == ("female", "Ann Lee")
    assert told["patient"]["communication"][0]["language"]["coding"][0]["code"] == "ar"


@pytest.mark.parametrize("said", ["family", "friend", "clinician", None])
def test_the_name_of_who_writes_is_never_that_of_the_patient(said: str | None) -> None:
    greeting = item("hello", "string", rule("initialExpression", "%patient.name.given | %user.name.given"))
    house = definition().questionnaire
    answers = {"sex": "female", **({"writer": said, "call-you": "Dina"} if said else {})}
    known = known_before(house, answered(answers).value)
    told = launch(Questionnaire.from_json(form(greeting)), "1", Writer(given="Ann", family="Lee", language="ar"), known)
    assert told["patient"].keys() == {"resourceType", "id", "gender"}
    assert told["user"]["name"][0]["given"] == ["Dina" if said else "Ann"]
    assert told["user"]["resourceType"] == "RelatedPerson"
    assert "gender" not in told["user"]


def test_a_patient_who_writes_is_known_by_the_name_that_they_gave() -> None:
    asked = Questionnaire.from_json(form(item("a", "string", rule("initialExpression", "%patient.name.text"))))
    known = known_before(definition().questionnaire, answered({"writer": "patient", "call-you": "Dina"}).value)
    told = launch(asked, "1", Writer(given="Ann", family="Lee"), known)
    assert told["patient"]["name"] == [{"use": "usual", "text": "Dina", "given": ["Dina"]}]


def test_a_constraint_refuses_with_the_words_of_the_form() -> None:
    even = item("even", "integer", constraint("answer.value mod 2 = 0", "Only even numbers, please."))
    refused = Talk(even).says("3").is_refused("constraint")
    assert refused.text == "Only even numbers, please."
    assert Talk(even).says("4").is_reviewed()


def test_a_rule_that_nothing_satisfies_holds_nobody() -> None:
    never = item(
        "never", "integer", constraint("answer.value.exists() and answer.value < 0 and answer.value > 0", "No number is right.")
    )
    talk = Talk(never)
    talk.says("3").is_refused("constraint")
    assert talk.taps(Control.SKIP).is_reviewed()


def test_a_constraint_over_two_answers_waits_for_both() -> None:
    about = f"{answer_to('from')} <= {answer_to('to')}"
    talk = Talk(whole=form(item("from", "integer"), item("to", "integer"), extension=[constraint(about, "The other way.")]))
    talk.says("5", "4").is_refused("constraint")
    assert talk.says("6").is_reviewed()


def test_a_text_is_computed() -> None:
    hello = {
        **item("b", "string"),
        "_text": {"extension": [ext(f"{HL7}cqf-expression", valueExpression=fhirpath(f"'Hello ' + {answer_to('a')}"))]},
    }
    assert Talk(item("a"), hello).says("Ann").prompt.item.text == "Hello Ann"


def test_options_come_from_an_expression() -> None:
    talk = Talk(item("n", "string", repeats=True), item("best", "choice", rule("answerExpression", answer_to("n"))))
    talk.says("red", "blue").taps(Control.DONE).is_asked("best")
    assert [choice.option.display for choice in talk.prompt.choices] == ["red", "blue"]
    assert talk.chooses("blue").answer("best") == ("blue",)


def test_options_are_toggled() -> None:
    toggle = {
        "url": f"{SDC}answerOptionsToggleExpression",
        "extension": [{**coded("B"), "url": "option"}, {"url": "expression", "valueExpression": fhirpath(answer_to("more"))}],
    }
    talk = Talk(item("more", "boolean"), item("k", "choice", toggle, answerOption=options("A", "B", "C")))
    assert [one.option.display for one in talk.says("no").prompt.choices] == ["A", "C"]
    assert talk.chooses("C").answer("k") == ("c",)
    assert [one.option.display for one in Talk(whole=talk.questionnaire).says("yes").prompt.choices] == ["A", "B", "C"]


def test_weights_are_added_up() -> None:
    often = [
        {**coded(name), "extension": [ext(f"{HL7}ordinalValue", valueDecimal=n)]} for n, name in enumerate(("Never", "Often"))
    ]
    for adding in ("%resource.item.answer.value.ordinal().sum()", "%resource.answers().weight().sum()"):
        total = item("total", "decimal", rule("calculatedExpression", adding), readOnly=True)
        talk = Talk(item("a", "choice", answerOption=often), item("b", "choice", answerOption=often), total)
        assert talk.chooses("Often").chooses("Often").answer("total") == (Decimal(2),)


def test_quantities_are_compared_in_one_unit() -> None:
    heavy = item("heavy", "boolean", rule("enableWhenExpression", f"{answer_to('w')} > 100 'kg'"))
    talk = Talk(item("w", "quantity", unit("kg"), unit("g"), unit("[lb_av]")), heavy)
    assert talk.says("101000 g").is_asked("heavy")
    assert Talk(whole=talk.questionnaire).says("99000 g").is_reviewed()
    assert isinstance(talk.response.answers["w"][0], Quantity)


def test_a_limit_is_computed() -> None:
    low = {
        "url": f"{HL7}minValue",
        "_valueDate": {"extension": [ext(f"{HL7}cqf-calculatedValue", valueExpression=fhirpath("today() - 60 days"))]},
    }
    assert Talk(item("d", "date", low)).says("2025-01-01").is_refused("too-small").limit == "2026-09-23"


@pytest.mark.parametrize(
    "endless",
    [
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.matches('^(a' & '+)+$')",
        pytest.param("%resource.descendants().select(" * 9 + "1" + ")" * 9, marks=pytest.mark.slow),
        "(1|2|3|4|5|6|7|8|9|10|11|12).aggregate($total & $total & $total & $total & $total, 'aaaaaaaa')",
        "2.power(1000000000)",
        "(1|2|3|4|5|6|7|8|9).aggregate($total * $total, 99999999999)",
    ],
)
@pytest.mark.timeout(20)
def test_an_expression_that_never_ends_gives_nothing(endless: str) -> None:
    talk = Talk(item("a"), item("b", "string", rule("calculatedExpression", endless), readOnly=True)).says("x")
    assert "b" not in talk.response.answers


@pytest.mark.parametrize(
    "endless",
    [
        "(1).repeat($this + 1)",
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'.matches('^(a+)+$')",
        "('ab').repeat($this & $this)",
    ],
)
def test_an_expression_that_never_ends_is_refused_at_load(endless: str) -> None:
    with pytest.raises(Invalid, match=r"item\[0\].extension\[0\].valueExpression.expression: never ends"):
        Questionnaire.from_json(form(item("b", "string", rule("calculatedExpression", endless), readOnly=True)))


@pytest.mark.parametrize(
    ("text", "why"),
    [("1 +", "cannot be used"), ("memberOf('x')", "there is no function memberOf()"), ("%nobody", "there is no %nobody")],
)
def test_what_cannot_be_evaluated_is_named(text: str, why: str) -> None:
    degraded = Questionnaire.from_json(form(item("a", "string", rule("calculatedExpression", text)))).degraded
    assert why in str(degraded[0])
    assert degraded[0].path.startswith("Questionnaire.item[0].extension[0]")


def test_other_languages_are_named() -> None:
    cql = ext(f"{SDC}initialExpression", valueExpression={"language": "text/cql", "expression": "x"})
    assert "text/cql cannot be evaluated here" in str(Questionnaire.from_json(form(item("a", "string", cql))).degraded)


def test_forms_without_expressions_never_load_the_engine() -> None:
    code = (
        "import sys, json; from flows import engine; from flows.questionnaire import Questionnaire; from tests.flows.forms import EVERYTHING;"
        "from datetime import datetime, UTC; engine.start(Questionnaire.from_json(EVERYTHING), id='1', now=datetime.now(UTC));"
        "assert 'fhirpathpy' not in sys.modules and 'antlr4' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_pinned_value_set_gives_the_options() -> None:
    from flows.library import value_sets

    asked = item("g", "choice", answerValueSet="http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")
    questionnaire = Questionnaire.from_json(form(asked), value_sets())
    assert plain(tuple(one.value for one in questionnaire.by_link_id["g"].options)) == ("male", "female", "other", "unknown")
    assert isinstance(questionnaire.by_link_id["g"].options[0].value, Coding)
    assert questionnaire.degraded == ()
